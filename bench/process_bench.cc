// Log -> store rate of the event processor with everything it does (repeats, times, sessions, all rollups), beside a
// yardstick in the same run: the same event rows into the same store, without any rollup.
//
//   process_bench [events=2000000] [players=500000] [rounds=2] [folder=<temporary>] [batch=processor.batch_events_max]
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "adapters/duckdb/duckdb_store.h"
#include "lib/base/random.h"
#include "lib/config/settings.h"
#include "services/event_processor/fake_event_log.h"
#include "services/event_processor/processor.h"

namespace gm {
namespace {

constexpr int kEventsPerFrame = 100;
constexpr size_t kEventBytes = 252;  // in a frame, about
constexpr int64_t kStartMs = 1'790'000'000'000;
constexpr int64_t kDays = 30;
constexpr int64_t kTimeoutMs = 3'600'000;
const ProjectId kProject = ProjectId::from_stored(1);

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// "VmRSS" or "VmHWM", in MiB.
double memory_mib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::atof(line.c_str() + field.size() + 1) / 1024.0;
  }
  return 0;
}
void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

struct Occurrence {
  int64_t arrival_ms;
  int64_t time_ms;
  uint32_t player;
  uint32_t session;
  uint32_t number;  // identity: a repeat has the number of its first
  bool begins;      // its session
};

// Sessions of 2..14 events over 30 days, of which half have no id but begin with a session_start; 2 % of the sessions
// arrive hours late, 1 % of the events twice.
std::vector<Occurrence> make_occurrences(size_t events, uint32_t players) {
  SeededRandom random(42);
  std::vector<Occurrence> all;
  all.reserve(events + events / 50);
  uint32_t session = 0;
  uint32_t number = 0;
  while (all.size() < events) {
    // The square makes some players far more active than others.
    const double skewed = random.unit() * random.unit();
    const auto player = static_cast<uint32_t>(skewed * players);
    int64_t time_ms = kStartMs + static_cast<int64_t>(random.below(kDays * kMsPerDay));
    const int64_t delay = random.below(50) == 0 ? static_cast<int64_t>(random.below(20 * kMsPerHour)) : 2000;
    ++session;
    bool begins = true;
    for (uint64_t left = 2 + random.below(13); left > 0 && all.size() < events; --left) {
      time_ms += static_cast<int64_t>(random.below(90 * kMsPerSecond));
      all.push_back({time_ms + delay, time_ms, player, session, number++, begins});
      if (random.below(100) == 0)
        all.push_back({time_ms + delay + 30'000, time_ms, player, session, number - 1, begins});
      begins = false;
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.arrival_ms < b.arrival_ms; });
  return all;
}

class EventMaker {
 public:
  void add(event::BatchEncoder& encoder, const Occurrence& what) {
    static constexpr const char* kNames[] = {"level_up",  "level_start", "level_complete", "level_fail",
                                             "item_used", "ad_watched",  "shop_opened",    "friend_invited"};
    static constexpr const char* kCountries[] = {"DE", "US", "BR", "JP", "IN", "FR"};
    SeededRandom random(what.number);
    const std::string player = fmt::format("player-{:07}", what.player);
    const std::string session = what.player % 2 == 0 ? fmt::format("session-{:09}", what.session) : std::string();
    const std::string properties = fmt::format(R"({{"level":{},"coins":{},"mode":"ranked","fps":{}}})",
                                               random.below(200), random.below(100'000), 30 + random.below(90));
    event::Event event;
    event.id = Uuid{0x0190000000000000ull + what.number, random.next()};
    event.name = kNames[random.below(8)];
    if (what.begins) event.name = "session_start";
    event.player = player;
    event.session = session;
    event.time_ms = what.time_ms;
    event.country = kCountries[what.player % 6];
    event.platform = what.player % 3 == 0 ? "android" : "ios";
    event.device = what.player % 3 == 0 ? "Pixel 9" : "iPhone15,2";
    event.build = "1.4.2";
    event.properties = properties;
    if (random.below(60) == 0) {
      event.name = "purchase";
      event.revenue_micros = 4'990'000;
      event.currency = "USD";
    }
    encoder.add(event);
  }
};

size_t fill_log(log::EventLog& log, const std::vector<Occurrence>& occurrences) {
  EventMaker maker;
  for (size_t first = 0; first < occurrences.size(); first += kEventsPerFrame) {
    const size_t last = std::min(occurrences.size(), first + kEventsPerFrame);
    event::BatchInfo info;
    info.project = kProject;
    info.received_ms = occurrences[last - 1].arrival_ms;
    info.sent_ms = info.received_ms - 50;
    event::BatchEncoder encoder(info);
    for (size_t i = first; i < last; ++i) maker.add(encoder, occurrences[i]);
    log.append(log::Topic::events_raw, 0, std::move(encoder).take(), static_cast<uint32_t>(last - first), nullptr);
  }
  return occurrences.size();
}

class OneProject final : public event_processor::ProjectDirectory {
 public:
  Result<std::optional<event_processor::ProjectProfile>> find(ProjectId) override {
    return std::optional<event_processor::ProjectProfile>({TimeZone::find("Europe/Berlin").value(), "USD"});
  }
};
class NoLive final : public store::LiveState {
 public:
  void publish(ProjectId, const std::vector<store::LiveEvent>&) override {}
  store::LiveSnapshot snapshot(ProjectId, int64_t) override { return {}; }
  uint64_t subscribe(ProjectId, Listener) override { return 0; }
  void unsubscribe(uint64_t) override {}
};

std::unique_ptr<duckdb::DuckDbStore> open_store(const std::filesystem::path& folder) {
  auto settings = duckdb::DuckDbSettings::from(config::Settings::defaults());
  settings.path = (folder / "analytics.duckdb").string();
  auto store = duckdb::DuckDbStore::open(settings);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    std::exit(1);
  }
  return std::move(*store);
}

struct Measured {
  double seconds = 0, cpu = 0, rss_mib = 0;
};

template <typename Work>
Measured measure(const Clock& clock, Work work) {
  reset_peak_memory();
  const double before_mib = memory_mib("VmRSS");
  const double cpu = cpu_seconds();
  const int64_t started = clock.monotonic_ns();
  work();
  return {static_cast<double>(clock.monotonic_ns() - started) / 1e9, cpu_seconds() - cpu,
          memory_mib("VmHWM") - before_mib};
}

void print(const char* name, size_t events, const Measured& m) {
  std::printf("%-10s %8.0f events/s  %6.2f s wall  %5.2f CPU-s per million  +%.0f MiB peak\n", name,
              static_cast<double>(events) / m.seconds, m.seconds, m.cpu / static_cast<double>(events) * 1e6, m.rss_mib);
  std::fflush(stdout);
}

// The same rows, decoded from the same frames, in micro-batches of the same size.
Measured run_yardstick(event_processor::FakeEventLog& log, const std::filesystem::path& folder, const Clock& clock,
                       size_t batch_max) {
  auto store = open_store(folder);
  return measure(clock, [&] {
    for (log::Offset next = 0; next < log.end(log::Topic::events_raw, 0);) {
      const auto frames = log.read(log::Topic::events_raw, 0, next, batch_max * kEventBytes);
      std::vector<event::Batch> batches;
      store::MicroBatch micro;
      for (const log::Frame& frame : frames.value()) {
        if (micro.events.size() >= batch_max) break;
        batches.push_back(event::decode_batch(frame.payload).value());
        for (const event::Event& event : batches.back().events) {
          const Date date = TimeZone::utc().local_date(event.time_ms);
          micro.events.push_back({kProject, 1, date, event.time_ms, batches.back().info.received_ms,
                                  event::Source::native, 0, 0, next, &event});
          ++next;
        }
        // The rows point into the events' own memory, which a growing vector of batches does not move.
      }
      micro.positions = {{log::Topic::events_raw, 0, next}};
      if (!store->apply(micro).ok()) std::exit(1);
    }
  });
}

// Where the processor's time goes, call by call.
class TimedStore final : public store::AnalyticsStore {
  struct Cost {
    int calls = 0;
    double seconds = 0, cpu = 0;
  };
  template <typename Call>
  auto timed(const char* name, Call call) {
    const double cpu = cpu_seconds();
    const int64_t started = clock_.monotonic_ns();
    auto result = call();
    Cost& cost = costs_[name];
    ++cost.calls;
    cost.seconds += static_cast<double>(clock_.monotonic_ns() - started) / 1e9;
    cost.cpu += cpu_seconds() - cpu;
    return result;
  }

 public:
  TimedStore(store::AnalyticsStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  Result<std::vector<store::LogPosition>> positions() override { return store_.positions(); }
  Result<std::vector<store::PlayerState>> load_players(std::span<const store::PlayerWanted> wanted) override {
    return timed("load_players", [&] { return store_.load_players(wanted); });
  }
  Result<std::vector<bool>> find_event_ids(std::span<const store::EventIdWanted> wanted) override {
    return timed("find_event_ids", [&] { return store_.find_event_ids(wanted); });
  }
  Status visit_event_ids(int64_t window_ms, const EventIdVisitor& visit) override {
    return timed("visit_event_ids", [&] { return store_.visit_event_ids(window_ms, visit); });
  }
  Result<std::optional<store::LinkedPlayer>> find_linked(ProjectId project, const Uuid& link) override {
    return timed("find_linked", [&] { return store_.find_linked(project, link); });
  }
  Status visit_events(std::span<const store::EventsWanted> wanted, const EventVisitor& visit) override {
    return timed("visit_events", [&] { return store_.visit_events(wanted, visit); });
  }
  Result<store::KnownShapes> known_shapes(ProjectId project) override {
    return timed("known_shapes", [&] { return store_.known_shapes(project); });
  }
  Status apply(const store::MicroBatch& batch) override {
    return timed("apply", [&] { return store_.apply(batch); });
  }
  Result<store::Table> run(const store::Statement& statement, int64_t timeout_ms) override {
    return store_.run(statement, timeout_ms);
  }
  Status compact() override {
    return timed("compact", [&] { return store_.compact(); });
  }

  void print_calls() const {
    for (const auto& [call, cost] : costs_) {
      std::printf("  %-15s %5d calls  %6.2f s wall  %6.2f s CPU\n", call.c_str(), cost.calls, cost.seconds, cost.cpu);
    }
  }

 private:
  store::AnalyticsStore& store_;
  const Clock& clock_;
  std::map<std::string, Cost> costs_;
};

Measured run_processor(event_processor::FakeEventLog& log, store::AnalyticsStore& store, const Clock& clock,
                       size_t batch_max) {
  OneProject projects;
  NoLive live;
  telemetry::Registry metrics;
  auto settings = event_processor::ProcessorSettings::from(config::Settings::defaults());
  settings.batch_events_max = static_cast<int64_t>(batch_max);
  settings.batch_bytes_max = std::max(settings.batch_bytes_max, static_cast<int64_t>(batch_max * kEventBytes));
  return measure(clock, [&] {
    event_processor::Processor processor({log, store, live, projects, metrics, clock, {}}, settings);
    if (!processor.start().ok() || !processor.catch_up(kTimeoutMs)) std::exit(1);
    processor.stop();
  });
}

void print_tables(store::AnalyticsStore& store, const std::filesystem::path& folder) {
  for (const char* table :
       {"events", "players", "sessions", "player_days", "day_totals", "cohort_days", "event_days"}) {
    const auto count = store.run({fmt::format("SELECT count(*) FROM {}", table), {}}, kTimeoutMs);
    std::printf("  %-12s %10lld rows\n", table, static_cast<long long>(store::as_int(count.value().rows[0][0])));
  }
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
  std::printf("  files        %10.1f MiB\n", static_cast<double>(bytes) / (1 << 20));
}

int run(size_t events, uint32_t players, int rounds, const std::filesystem::path& folder, size_t batch_max) {
  const SystemClock clock;
  event_processor::FakeEventLog log;
  const size_t total = fill_log(log, make_occurrences(events, players));
  std::printf("%zu events in frames of %d, %u players, %lld days\n", total, kEventsPerFrame, players,
              static_cast<long long>(kDays));
  for (int round = 0; round < rounds; ++round) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "yardstick");
    const Measured yardstick = run_yardstick(log, folder / "yardstick", clock, batch_max);
    print("yardstick", total, yardstick);
    auto store = open_store(folder / "processor");
    TimedStore timed(*store, clock);
    const Measured processor = run_processor(log, timed, clock, batch_max);
    print("processor", total, processor);
    timed.print_calls();
    std::printf("ratio      %.2f x the yardstick's time, %.2f x its CPU\n", processor.seconds / yardstick.seconds,
                processor.cpu / yardstick.cpu);
    if (round + 1 < rounds) continue;
    print_tables(*store, folder / "processor");
    const Measured compaction = measure(clock, [&] { (void)store->compact(); });
    std::printf("compaction %.2f s wall, %.2f s CPU\n", compaction.seconds, compaction.cpu);
    print_tables(*store, folder / "processor");
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace gm

int main(int argc, char** argv) {
  const size_t events = argc > 1 ? static_cast<size_t>(std::atoll(argv[1])) : 2'000'000;
  const auto players = static_cast<uint32_t>(argc > 2 ? std::atoll(argv[2]) : 500'000);
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 2;
  const std::filesystem::path folder =
      argc > 4 ? argv[4] : (std::filesystem::temp_directory_path() / "gm_process_bench").string();
  const auto batch_max =
      argc > 5 ? static_cast<size_t>(std::atoll(argv[5]))
               : static_cast<size_t>(gm::config::Settings::defaults().integer("processor.batch_events_max"));
  return gm::run(events, players, rounds, folder, batch_max);
}
