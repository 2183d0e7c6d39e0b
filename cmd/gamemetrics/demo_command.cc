#include <algorithm>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/demo_check.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/live_traffic.h"
#include "cmd/gamemetrics/parallel_sender.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/stop_signal.h"
#include "lib/io/network.h"
#include "lib/simulated_game/history.h"

namespace gm::gamemetrics {
namespace {

constexpr const char* kTruthFile = "demo-truth.json";
constexpr size_t kConnections = 4;
constexpr uint32_t kEventsPerRequest = 500;
constexpr int64_t kProcessedWithinMs = 600'000;
constexpr int64_t kPollMs = 200;
constexpr double kLiveRate = 12;
constexpr double kLivePlayersMore = 1.2;  // some of the live players are new

struct DemoOptions {
  std::string data_dir = "./gamemetrics-demo";
  std::string time_zone = "UTC";
  uint64_t seed = 1;
  uint32_t players = 2500;
  int days = 60;
  int port = 8080;
  int internal_port = 0;
  std::string keys_file;
  bool no_live = false, keep = false, verify_only = false;
};

// The demo's own directory is emptied before a new demo; one that holds anything else is left alone.
Status remove_files_below(io::FileSystem& files, const std::string& directory) {
  const auto entries = files.list(directory);
  if (!entries) return entries.error();
  for (const io::DirectoryEntry& entry : *entries) {
    const std::string path = directory + "/" + entry.name;
    const Status removed = entry.is_directory ? remove_files_below(files, path) : files.remove(path);
    if (!removed) return removed;
  }
  return {};
}

Status make_fresh(io::FileSystem& files, const std::string& directory) {
  const auto entries = files.list(directory);
  if (!entries || entries->empty()) return {};
  const bool ours = std::any_of(entries->begin(), entries->end(), [](const auto& e) { return e.name == kTruthFile; });
  if (!ours)
    return Error{"gm-demo-dir-foreign",
                 fmt::format("'{}' holds something that no demo made; give another --data-dir", directory)};
  if (const auto lock = files.lock(directory + "/lock"); !lock)
    return Error{"gm-data-dir-in-use", fmt::format("a gamemetrics serves from '{}'; stop it first", directory)};
  return remove_files_below(files, directory);
}

class Demo {
 public:
  explicit Demo(const DemoOptions& options) : options_(options) {}

  int run();

 private:
  Status prepare();
  std::string truth_path() const { return options_.data_dir + "/" + kTruthFile; }
  int play();
  // A kept directory shows its keys only once, at its first start; a demo that goes on gets new ones.
  Status make_keys();
  int seed();
  Status send(simulated_game::History& history);
  Status wait_processed(const simulated_game::History& history);
  int stay();

  const DemoOptions& options_;
  SystemClock clock_;
  io::PosixFileSystem files_;
  config::Settings settings_ = config::Settings::defaults();
  simulated_game::Options game_;
  std::unique_ptr<Instance> instance_;
  ProjectKeys keys_;
  bool seeding_ = false;
};

int Demo::run() {
  watch_stop_signals();
  if (const Status prepared = prepare(); !prepared) return fail(prepared.error());
  auto started = Instance::start(
      settings_, clock_, telemetry::Logger::to_stderr(telemetry::Level::warn, telemetry::LogFormat::text, clock_));
  if (!started) return fail(started.error());
  instance_ = std::move(*started);
  const int code = play();
  instance_->stop();
  if (instance_->failed()) return kExitIo;
  return code;
}

Status Demo::prepare() {
  const auto zone = TimeZone::find(options_.time_zone);
  if (!zone) return zone.error();
  game_.seed = options_.seed;
  game_.players = options_.players;
  game_.days = options_.days;
  game_.zone = *zone;
  game_.events_per_request = kEventsPerRequest;
  const std::pair<const char*, std::string> own[] = {
      {"data_dir", options_.data_dir},
      {"http.address", fmt::format("127.0.0.1:{}", options_.port)},
      {"internal.address", fmt::format("127.0.0.1:{}", options_.internal_port)},
      {"project.name", "Demo game"},
      {"project.time_zone", options_.time_zone}};
  for (const auto& [name, value] : own) {
    if (const auto set = settings_.set(name, value, "gamemetrics demo"); !set) return set.error();
  }
  if (options_.keep) return {};
  if (const auto fresh = make_fresh(files_, options_.data_dir); !fresh) return fresh;
  // From here on the directory is recognised as a demo's, even if this one does not get far.
  if (const auto made = files_.make_directories(options_.data_dir); !made) return made;
  return io::replace_file(files_, truth_path(), "{}\n");
}

int Demo::play() {
  if (const Status made = make_keys(); !made) return fail(made.error());
  if (seeding_) {
    const int code = seed();
    if (code != kExitOk) return code;
  } else {
    say("kept the data of {}; nothing was sent or compared", options_.data_dir);
  }
  if (options_.verify_only) return kExitOk;
  print("\n" + welcome_text(keys_, instance_->url()));
  if (!options_.keys_file.empty()) {
    if (const auto written = write_keys_file(options_.keys_file, keys_, instance_->url()); !written)
      return fail(written.error());
  }
  return stay();
}

Status Demo::make_keys() {
  seeding_ = instance_->new_keys().has_value();
  if (seeding_) {
    keys_ = *instance_->new_keys();
    return {};
  }
  const auto projects = instance_->metadata().projects();
  if (!projects) return projects.error();
  SystemRandom random;
  auto keys = create_both_keys(instance_->metadata(), projects->front().id, random, clock_.now_ms());
  if (!keys) return keys.error();
  keys_ = std::move(*keys);
  return instance_->reload_keys();
}

int Demo::seed() {
  const int64_t started = clock_.monotonic_ns();
  game_.end_ms = clock_.now_ms();
  simulated_game::History history(game_);
  if (const auto saved = io::replace_file(files_, truth_path(), history.truth().to_json()); !saved)
    return fail(saved.error());
  if (const Status sent = send(history); !sent) return stop_requested() ? 128 + stop_signal() : fail(sent.error());
  const int64_t sent_ns = clock_.monotonic_ns();
  if (const Status done = wait_processed(history); !done)
    return stop_requested() ? 128 + stop_signal() : fail(done.error());
  const int64_t processed_ns = clock_.monotonic_ns();
  const auto seconds = [](int64_t from, int64_t to) { return static_cast<double>(to - from) / 1e9; };
  say("{} events sent and on disk in {}, visible {} later", grouped(history.events_to_send()),
      seconds_text(seconds(started, sent_ns)), seconds_text(seconds(sent_ns, processed_ns)));
  ApiClient api({instance_->url(), keys_.project_key});
  const auto rows = compare_with_truth(api, history.truth());
  if (!rows) return fail(rows.error());
  print(render_comparison(*rows));
  if (differences(*rows) == 0) return kExitOk;
  return fail({"gm-demo-differs", fmt::format("the numbers are not the truth in {}", truth_path())});
}

Status Demo::send(simulated_game::History& history) {
  ParallelSender sender(instance_->url(), keys_.write_key, kConnections, clock_, stop_requested);
  Progress progress("sending the game's past", history.events_to_send(), clock_);
  while (auto delivery = history.next()) {
    const auto shared = std::make_shared<const simulated_game::Delivery>(std::move(*delivery));
    if (!sender.push({[shared](int64_t now_ms) { return shared->request(now_ms); }, shared->events, {}})) break;
    progress.update(sender.counts().sent);
  }
  const Status finished = sender.finish();
  progress.finish("");
  if (!finished) return finished;
  return stop_requested() ? Status(Error{"gm-send-stopped", "stopped"}) : Status();
}

Status Demo::wait_processed(const simulated_game::History& history) {
  Progress progress("processing", history.events_to_send(), clock_);
  const int64_t until = clock_.monotonic_ns() + kProcessedWithinMs * 1'000'000;
  while (!instance_->catch_up(kPollMs)) {
    if (stop_requested()) return Error{"gm-send-stopped", "stopped"};
    if (clock_.monotonic_ns() > until) return Error{"gm-demo-timeout", "the events were not processed in time"};
    progress.update(instance_->processed());
  }
  progress.finish("");
  return {};
}

int Demo::stay() {
  if (options_.no_live) {
    say("Ctrl-C ends.");
    while (!wait_for_stop(3'600'000)) {
    }
    return kExitOk;
  }
  say("\nPlayers are playing now; Ctrl-C ends.");
  LiveTrafficOptions live;
  live.server = {instance_->url(), keys_.write_key};
  live.rate = kLiveRate;
  live.players = static_cast<uint32_t>(std::max(kLivePlayersMore * options_.players, kLiveRate * 60));
  live.seed = options_.seed;
  live.connections = 2;
  const auto result = run_live_traffic(live, clock_, stop_requested, [](const SendCounts&) {});
  return result.status ? kExitOk : fail(result.status.error());
}

}  // namespace

void add_demo_command(Cli& cli) {
  CLI::App* command = cli.app.add_subcommand(
      "demo", "A simulated game: send its past, compare every number with the truth, go on live");
  const auto options = std::make_shared<DemoOptions>();
  command->add_option("--data-dir", options->data_dir, "Where to keep the demo; emptied first when it is an older demo")
      ->capture_default_str();
  command->add_flag("--keep", options->keep, "Go on with the data of an earlier demo");
  command->add_option("--port", options->port, "Port of dashboard and API on 127.0.0.1; 0 takes a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      ->add_option("--internal-port", options->internal_port,
                   "Port of probes and /metrics on 127.0.0.1; 0 takes a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Another seed, another game")->capture_default_str();
  command->add_option("--players", options->players, "Players of the game")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--days", options->days, "Days of the past")->check(CLI::Range(1, 365))->capture_default_str();
  command->add_option("--time-zone", options->time_zone, "Reporting time zone of the game")->capture_default_str();
  command->add_option("--keys-file", options->keys_file, "Also write the keys to this file, as KEY=value lines");
  command->add_flag("--no-live", options->no_live, "No live traffic after the past");
  command->add_flag("--verify-only", options->verify_only,
                    "End after the comparison: 0 when all numbers are equal, else 1");
  add_examples(*command, {"gamemetrics demo", "gamemetrics demo --players 10000 --days 90 --time-zone Europe/Berlin",
                          "gamemetrics demo --verify-only --seed 7"});
  command->callback([&cli, options] { cli.chosen = [options] { return Demo(*options).run(); }; });
}

}  // namespace gm::gamemetrics
