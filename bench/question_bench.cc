// Questions through the real way: JSON in, parsed, planned, answered. question_bench <directory> [events = 20000000]
//
// Builds a store of generated events once, lets a behaviour index come up to it as a server does at its start, then
// asks each question of both engines, beside one thread over plain columns in memory (the floor). The answers are
// compared before they are timed; a difference ends with 1. Lines that begin with "row" are for growth.py.

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "adapters/duckdb/duckdb_store.h"
#include "bench/behavior_yardstick_bench.h"
#include "bench/measure_bench.h"
#include "bench/query_data_bench.h"
#include "lib/base/clock.h"
#include "lib/behavior/behavior_index.h"
#include "lib/query/analysis/analyst.h"
#include "lib/query/analysis/question_reader.h"

namespace gm::bench {
namespace {

constexpr int64_t kTimeoutMs = 600'000;
constexpr int64_t kRowsMax = 200'000;
constexpr int64_t kWeek = 7 * kMsPerDay;
constexpr int kSqlRuns = 3;
constexpr int kPlayersAsked = 50;
const std::array<std::string, Yardstick::kSteps> kSteps = {"tutorial", "level_complete", "chest_open", "purchase"};

constexpr const char* kRange = R"("from":"2026-08-25","to":"2026-11-22")";
constexpr const char* kFunnel =
    R"({{{},"steps":["tutorial","level_complete","chest_open","purchase"],"breakdown":["country"]{}}})";
constexpr const char* kRetention =
    R"({{{},"start":"tutorial","return":"level_complete","days":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]{}}})";
constexpr const char* kTrend = R"({{{},"series":[{{"event":"chest_open","measure":"players"}}]{}}})";

std::string asked(const char* question, bool by_sql) {
  return fmt::format(fmt::runtime(question), kRange, by_sql ? R"(,"engine":"sql")" : "");
}

struct Bench {
  store::AnalyticsStore& store;
  behavior::BehaviorIndex& index;
  const Yardstick& yardstick;
  query::QuerySettings settings{kTimeoutMs, 7 * kMsPerDay, kRowsMax, int64_t{256} << 20, true};
  query::Queries queries{store, settings};
  query::Analyst analyst{store, settings, &index};
  query::Scope scope{ProjectId::from_stored(kProject), TimeZone::utc(), "USD", (kFirstDay + kDays).days* kMsPerDay, 0};

  query::TableAnswer ask(const char* kind, const std::string& text) const {
    query::Problems problems;
    const auto question = query::read_question(kind, query::Json::parse(text), "", {731}, problems);
    if (!question) stop(problems.empty() ? "no question" : problems.front().pointer + ": " + problems.front().detail);
    return checked(analyst.answer(*question, scope));
  }

  void row(std::string_view question, std::string_view engine, const Measured& measured) const {
    fmt::print("row\t{}\t{}\t{}\t{:.3f}\t{:.3f}\t{:.3f}\n", yardstick.size(), question, engine, measured.median_ms,
               measured.p95_ms, measured.cpu_ms);
  }

  // Both engines and the floor.
  void measure_all(const char* name, const char* kind, const char* question, const std::function<void()>& floor) const {
    const auto by_index = ask(kind, asked(question, false)), by_sql = ask(kind, asked(question, true));
    if (by_index.explanation.engine != query::kIndexEngine)
      stop(fmt::format("{}: SQL answered: {}", name, by_index.explanation.engine_reason));
    if (by_index.tables.front().rows != by_sql.tables.front().rows) stop(fmt::format("{}: the engines differ", name));
    fmt::print("-- {}\n", name);
    row(name, "index", measure("index", [&] { ask(kind, asked(question, false)); }));
    row(name, "floor", measure("floor: one thread over columns in memory", floor));
    row(name, "sql", measure("SQL", [&] { ask(kind, asked(question, true)); }, kSqlRuns));
  }

  void compare_funnel() const {
    Yardstick::Funnel funnel;
    // country, other, step, event, units, ...
    const auto answer = ask("funnel", asked(kFunnel, false));
    for (const auto& row : answer.tables.front().rows)
      funnel[std::get<std::string>(row[0])][static_cast<size_t>(store::as_int(row[2]) - 1)] =
          static_cast<uint64_t>(store::as_int(row[4]));
    if (funnel != yardstick.funnel(kSteps, kWeek)) stop("funnel: the answer differs from the floor's");
  }

  void compare_retention() const {
    Yardstick::Retention retention(kDays);
    // cohort_date, day, last_day, size, players, ...
    const auto answer = ask("retention", asked(kRetention, false));
    for (const auto& row : answer.tables.front().rows)
      retention[static_cast<size_t>(std::get<Date>(row[0]) - kFirstDay)][static_cast<size_t>(store::as_int(row[1]))] =
          static_cast<uint64_t>(store::as_int(row[4]));
    if (retention != yardstick.retention(kSteps[0], kSteps[1])) stop("retention: the answer differs from the floor's");
  }

  void compare_trend() const {
    std::vector<uint64_t> daily;
    const auto answer = ask("trend", asked(kTrend, false));
    for (const auto& row : answer.tables.front().rows) daily.push_back(static_cast<uint64_t>(store::as_double(row[2])));
    if (daily != yardstick.daily_players(kSteps[2])) stop("daily players: the answer differs from the floor's");
  }

  void run() const {
    compare_funnel();
    compare_retention();
    compare_trend();
    measure_all("funnel of 4 steps by country", "funnel", kFunnel, [&] { yardstick.funnel(kSteps, kWeek); });
    measure_all("retention on a pair of events", "retention", kRetention,
                [&] { yardstick.retention(kSteps[0], kSteps[1]); });
    measure_all("daily players of one event", "trend", kTrend, [&] { yardstick.daily_players(kSteps[2]); });
    fmt::print("-- others\n");
    int player = 0;
    const auto timeline = [&](const query::Analyst& by) {
      player = (player + 7919) % static_cast<int>(yardstick.players());
      checked(by.timeline(scope, fmt::format("player-{}", player), std::nullopt, 100));
    };
    row("one player's timeline", "index", measure("timeline", [&] { timeline(analyst); }, kPlayersAsked));
    const query::Analyst without_index(store, settings);
    row("one player's timeline", "sql",
        measure("timeline, days by SQL", [&] { timeline(without_index); }, kPlayersAsked));
    const query::DateRange all{kFirstDay, kFirstDay + (kDays - 1)};
    const auto daily = [&] {
      for (const query::Metric& each : query::metrics()) {
        if (query::has_daily_sums(each) && !query::needs_rolling(each)) checked(queries.metric(each, scope, all));
      }
    };
    row("all daily metrics", "sums", measure("all daily metrics, one after another, 90 days", daily));
  }
};

int run(const std::string& directory, int64_t events) {
  const std::string path = store_path(directory, events);
  const std::string index_path = fmt::format("{}/index-{}", directory, events);
  build_store(path, events);
  Yardstick yardstick;
  for_each_batch(path, 50'000, [&](std::span<const store::EventRow> rows) { yardstick.add(rows); });
  yardstick.finish();
  auto store = checked(duckdb::DuckDbStore::open({path, int64_t{2} << 30, 0, kRowsMax}));
  io::PosixFileSystem files;
  telemetry::Registry metrics;
  const SystemClock clock;
  behavior::IndexSettings settings;
  settings.directory = index_path;
  settings.read_max = 50'000;
  settings.timeout_ms = kTimeoutMs;
  behavior::BehaviorIndex index({files, *store, metrics, clock, {}}, settings);
  const double cpu_before = cpu_ms();
  const int64_t before = clock.monotonic_ns();
  index.start();
  if (!index.catch_up(int64_t{3'600'000})) stop("the index did not come up to the store");
  fmt::print("{} events, {} players, {} days; the index came up to the store in {:.1f} s, {:.1f} CPU-s\n",
             yardstick.size(), yardstick.players(), kDays, static_cast<double>(clock.monotonic_ns() - before) / 1e9,
             (cpu_ms() - cpu_before) / 1e3);
  Bench{*store, index, yardstick}.run();
  fmt::print("peak RSS with yardstick and store {:.0f} MiB\n", memory_mib("VmHWM"));
  return 0;
}

}  // namespace
}  // namespace gm::bench

int main(int count, char** arguments) {
  return gm::bench::run_on_directory("question_bench", count, arguments, gm::bench::run);
}
