#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/targets.h"
#include "lib/behavior/index_check.h"
#include "lib/io/network.h"

namespace gm::gamemetrics {
namespace {

enum class Verdict : uint8_t { ok, warning, problem };

struct Finding {
  std::string check;
  Verdict verdict = Verdict::ok;
  std::string text;
  std::string fix;
};

constexpr int64_t kFreeBytesComfortable = int64_t{2} << 30;
constexpr uint64_t kDescriptorsPerConnection = 1;
constexpr uint64_t kDescriptorsBeside = 512;       // segments, database, workers
constexpr int64_t kNotBefore = 1'735'689'600'000;  // 2025-01-01: this program did not exist then
constexpr int64_t kNotAfter = kNotBefore + 25 * 365 * kMsPerDay;

std::string bytes_text(int64_t bytes) { return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30)); }

class Doctor {
 public:
  explicit Doctor(const config::Settings& settings) : settings_(settings), data_dir_(settings.text("data_dir")) {}

  std::vector<Finding> examine();

 private:
  void add(std::string check, Verdict verdict, std::string text, std::string fix = "");
  void check_data_dir();
  void check_free_space();
  void check_address(const std::string& setting);
  void check_time_zones();
  void check_descriptors();
  void check_clock();
  void check_stores();
  void check_log();
  void check_behavior();
  void add_opened(std::string check, const Status& status);

  const config::Settings& settings_;
  std::string data_dir_;
  io::PosixFileSystem files_;
  bool exists_ = false;  // the data directory
  std::vector<Finding> findings_;
};

std::vector<Finding> Doctor::examine() {
  check_data_dir();
  check_free_space();
  check_address("http.address");
  check_address("internal.address");
  check_time_zones();
  check_descriptors();
  check_clock();
  check_stores();
  return std::move(findings_);
}

void Doctor::add(std::string check, Verdict verdict, std::string text, std::string fix) {
  findings_.push_back({std::move(check), verdict, std::move(text), std::move(fix)});
}

// A look only: nothing is made, so that a doctor run as root leaves no file behind that the server may not write.
void Doctor::check_data_dir() {
  std::error_code failure;
  auto place = std::filesystem::absolute(data_dir_, failure);
  exists_ = std::filesystem::exists(place, failure);
  while (!std::filesystem::exists(place, failure) && place.has_relative_path()) place = place.parent_path();
  if (access(place.c_str(), W_OK | X_OK) == 0 && std::filesystem::is_directory(place, failure)) {
    return add("data directory", Verdict::ok,
               fmt::format("{} {}", data_dir_, exists_ ? "can be written" : "can be made by the first start"));
  }
  add("data directory", Verdict::problem, fmt::format("{} is no directory that this user may write", place.string()),
      "make it writable for this user, or set data_dir");
}

void Doctor::check_free_space() {
  const auto free = files_.free_bytes(exists_ ? data_dir_ : ".");
  if (!free) return add("free space", Verdict::problem, free.error().message, "set data_dir to a disk that answers");
  const auto bytes = static_cast<int64_t>(*free);
  const int64_t least = settings_.bytes("log.disk_free_min");
  if (bytes <= least) {
    return add(
        "free space", Verdict::problem,
        fmt::format("{} free, but the log stops at log.disk_free_min = {}", bytes_text(bytes), bytes_text(least)),
        "free some space, or use another disk");
  }
  if (bytes < kFreeBytesComfortable)
    return add("free space", Verdict::warning, fmt::format("only {} free", bytes_text(bytes)),
               "a million events need about 200 MiB");
  add("free space", Verdict::ok, fmt::format("{} free", bytes_text(bytes)));
}

void Doctor::check_address(const std::string& setting) {
  const auto endpoint = io::parse_endpoint(settings_.text(setting));
  if (!endpoint) return add(setting, Verdict::problem, endpoint.error().message, "write it as 127.0.0.1:8080");
  io::PosixNetwork network;
  const auto listener = network.listen(endpoint->host, endpoint->port, {});
  if (listener) return add(setting, Verdict::ok, fmt::format("{} is free", settings_.text(setting)));
  add(setting, Verdict::problem, listener.error().message,
      fmt::format("stop what listens there (a running gamemetrics?), or set {} to another port", setting));
}

void Doctor::check_time_zones() {
  for (const std::string& name : {std::string("Europe/Berlin"), settings_.text("project.time_zone")}) {
    if (const auto zone = TimeZone::find(name); !zone)
      return add("time zones", Verdict::problem, zone.error().message,
                 "install the package tzdata, or correct project.time_zone");
  }
  add("time zones", Verdict::ok, "the time zone database is there");
}

void Doctor::check_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const uint64_t wanted =
      static_cast<uint64_t>(settings_.integer("http.connections_max")) * kDescriptorsPerConnection + kDescriptorsBeside;
  if (limit.rlim_max >= wanted)
    return add("file descriptors", Verdict::ok, fmt::format("{} allowed, {} wanted", limit.rlim_max, wanted));
  add("file descriptors", Verdict::warning,
      fmt::format("{} allowed, but http.connections_max wants {}", limit.rlim_max, wanted),
      fmt::format("ulimit -n {}, LimitNOFILE={} in the systemd unit, or a smaller http.connections_max", wanted,
                  wanted));
}

void Doctor::check_clock() {
  const SystemClock clock;
  const int64_t now = clock.now_ms();
  if (now < kNotBefore || now > kNotAfter) {
    return add("clock", Verdict::problem, fmt::format("it says {}", format_iso8601(now)),
               "set the system clock; events without a time would get this one");
  }
  add("clock", Verdict::ok, format_iso8601(now));
}

void Doctor::check_stores() {
  const std::string lock_file = data_path(settings_, "lock");
  if (!files_.open(lock_file, io::OpenMode::read)) return;  // no server was ever here
  const auto lock = files_.lock(lock_file);
  if (!lock)
    return add("stores", Verdict::warning, "not examined: a running process has this data directory",
               "stop it to have them checked");
  check_log();
  if (files_.open(analytics_store_file(settings_), io::OpenMode::read))
    add_opened("analytics store", check_analytics_store(settings_));
  if (files_.open(data_path(settings_, kMetadataFile), io::OpenMode::read))
    add_opened("metadata", check_metadata_store(settings_));
  check_behavior();
}

// Never a problem: what is wrong with it the next start mends by itself.
void Doctor::check_behavior() {
  if (!settings_.boolean("behavior.enabled")) return;
  const auto found = behavior::check_index(files_, behavior::IndexSettings::from(settings_).directory);
  if (!found)
    return add("behaviour index", Verdict::warning, found.error().message,
               "check the disk; until it can be read, SQL answers");
  uint64_t events = 0;
  for (const behavior::IndexFinding& partition : *found) {
    if (!partition.problem.empty())
      return add("behaviour index", Verdict::warning, partition.problem,
                 "nothing: the next start makes it again from the store, and SQL answers meanwhile");
    events += partition.events;
  }
  add("behaviour index", Verdict::ok,
      found->empty() ? "is made by the next start" : fmt::format("opens; {} events", events));
}

void Doctor::check_log() {
  if (!files_.list(data_path(settings_, "log"))) return;
  const auto segments = check_event_log(settings_, files_, false);
  if (!segments) return add_opened("event log", segments.error());
  for (const SegmentFinding& segment : *segments) {
    if (segment.state == "corrupt")
      return add("event log", Verdict::problem, fmt::format("{}: {}", segment.path, segment.problem),
                 "restore the file; without it: gamemetrics log repair");
    if (segment.state == "torn")
      return add("event log", Verdict::ok,
                 fmt::format("opens; the start cuts off what a crash left unfinished at the end of {}", segment.path));
  }
  add_opened("event log", {});
}

void Doctor::add_opened(std::string check, const Status& status) {
  if (status) return add(std::move(check), Verdict::ok, "opens");
  add(std::move(check), Verdict::problem, status.error().message,
      fmt::format("see {} in gamemetrics errors-catalog", status.error().code));
}

std::string_view verdict_name(Verdict verdict) {
  return verdict == Verdict::ok ? "ok" : verdict == Verdict::warning ? "warning" : "problem";
}

void print_findings(const std::vector<Finding>& findings, const std::string& output) {
  auto json = nlohmann::ordered_json::array();
  std::string text;
  for (const Finding& finding : findings) {
    json.push_back({{"check", finding.check},
                    {"verdict", verdict_name(finding.verdict)},
                    {"text", finding.text},
                    {"fix", finding.fix}});
    text += fmt::format("[{:^7}] {}: {}\n", verdict_name(finding.verdict), finding.check, finding.text);
    if (!finding.fix.empty()) text += fmt::format("          fix: {}\n", finding.fix);
  }
  print(output == "json" ? json.dump(2) + "\n" : text);
}

int doctor(const SettingsOptions& options, const std::string& output) {
  const auto settings = load_settings(options);
  if (!settings) return fail(settings.error());
  const auto findings = Doctor(*settings).examine();
  print_findings(findings, output);
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::problem) return kExitFailure;
  }
  return kExitOk;
}

}  // namespace

void add_doctor_command(Cli& cli) {
  CLI::App* command = cli.app.add_subcommand(
      "doctor", "Find what would keep a server from running, and say how to fix it; changes nothing");
  const auto options = add_settings_options(*command);
  const auto output = std::make_shared<std::string>();
  add_output_option(*command, *output, {"text", "json"});
  add_examples(*command,
               {"gamemetrics doctor --config gamemetrics.yaml", "gamemetrics doctor --data_dir=/srv/gm -o json"});
  command->callback([&cli, options, output] { cli.chosen = [options, output] { return doctor(*options, *output); }; });
}

}  // namespace gm::gamemetrics
