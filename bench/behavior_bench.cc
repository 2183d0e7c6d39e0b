// The behaviour index on a large history: behavior_bench <directory> [events = 20000000]
//
// Builds the store of query_bench once and keeps it in <directory>; feeds its events to an index in micro-batches, then
// asks. Every line is the warm median and 95th percentile of 9 runs with the process's CPU time, beside one thread over
// plain columns in memory (the floor) and SQL on the raw events. The answers are compared; a difference ends with 1.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "adapters/duckdb/duckdb_store.h"
#include "bench/behavior_yardstick_bench.h"
#include "bench/measure_bench.h"
#include "bench/query_data_bench.h"
#include "lib/base/clock.h"
#include "lib/behavior/counts.h"
#include "lib/behavior/funnel.h"
#include "lib/behavior/partition_index.h"
#include "lib/behavior/paths.h"
#include "lib/behavior/retention.h"
#include "lib/behavior/timeline.h"

namespace gm::bench {
namespace {

constexpr int64_t kTimeoutMs = 300'000;
constexpr size_t kBatch = 10'000;
constexpr int64_t kWeek = 7 * kMsPerDay;
const std::array<std::string, Yardstick::kSteps> kSteps = {"tutorial", "level_complete", "chest_open", "purchase"};

template <typename T>
void compare(std::string_view what, const T& product, const T& other) {
  if (product != other) stop(fmt::format("{}: the answers differ", what));
}

// --- the product ---

behavior::EventSelector named(const std::string& name) { return {{name}, false, {}}; }

behavior::FunnelQuery funnel_query(int64_t window_ms, unsigned threads = 0) {
  behavior::FunnelQuery query;
  for (const std::string& step : kSteps) query.steps.push_back(named(step));
  query.window_ms = window_ms;
  query.breakdown = behavior::Dimension::country;
  query.threads = threads;
  return query;
}

Yardstick::Funnel funnel_of(const behavior::Snapshot& snapshot, const behavior::FunnelQuery& query) {
  Yardstick::Funnel result;
  for (const auto& group : checked(behavior::funnel(snapshot, query)).groups)
    std::copy(group.units.begin(), group.units.end(), result[group.value].begin());
  return result;
}

behavior::RetentionQuery retention_query(const std::string& start, behavior::EventSelector comeback) {
  behavior::RetentionQuery query;
  query.start = named(start);
  query.comeback = std::move(comeback);
  for (int day = 0; day <= 30; ++day) query.spans.push_back({day, day});
  return query;
}

Yardstick::Retention retention_of(const behavior::Snapshot& snapshot, const behavior::RetentionQuery& query) {
  Yardstick::Retention result(kDays);
  for (const auto& cohort : checked(behavior::retention(snapshot, query)).total.cohorts)
    std::copy(cohort.players.begin(), cohort.players.end(),
              result[static_cast<size_t>(cohort.date - kFirstDay)].begin());
  return result;
}

std::vector<uint64_t> daily_of(const behavior::Snapshot& snapshot, const behavior::CountsQuery& query) {
  std::vector<uint64_t> result(kDays);
  for (const auto& day : checked(behavior::counts(snapshot, query)).total.days)
    result[static_cast<size_t>(day.date - kFirstDay)] = day.players;
  return result;
}

// --- SQL on the raw events ---

std::string funnel_sql(int days) {
  std::string sql =
      "WITH e AS (SELECT player, country, event, ts FROM events WHERE project = 1 AND event IN ('tutorial', "
      "'level_complete', 'chest_open', 'purchase')), s1 AS (SELECT player, any_value(country) AS country, min(ts) AS "
      "t1 "
      "FROM e WHERE event = 'tutorial' GROUP BY player)";
  for (size_t i = 2; i <= Yardstick::kSteps; ++i) {
    sql += fmt::format(
        ", s{0} AS (SELECT s{1}.player, any_value(t1) AS t1, min(e.ts) AS t{0} FROM s{1} JOIN e ON e.player = "
        "s{1}.player AND e.event = '{2}' AND e.ts > t{1} AND e.ts <= t1 + INTERVAL {3} DAY GROUP BY s{1}.player)",
        i, i - 1, kSteps[i - 1], days);
  }
  return sql +
         " SELECT country, count(*)::BIGINT, count(s2.player)::BIGINT, count(s3.player)::BIGINT, "
         "count(s4.player)::BIGINT FROM s1 LEFT JOIN s2 USING (player) LEFT JOIN s3 USING (player) LEFT JOIN s4 USING "
         "(player) GROUP BY country";
}

constexpr const char* kRetentionSql =
    "WITH f AS (SELECT player, min(date) AS cohort FROM events WHERE project = 1 AND event = 'tutorial' GROUP BY "
    "player), d AS (SELECT DISTINCT player, date FROM events WHERE project = 1 AND event = 'level_complete') SELECT "
    "(cohort - DATE '2026-08-25')::BIGINT, (date - cohort)::BIGINT AS age, count(*)::BIGINT FROM f JOIN d USING "
    "(player) "
    "WHERE date - cohort BETWEEN 0 AND 30 GROUP BY ALL";
constexpr const char* kDailySql =
    "SELECT (date - DATE '2026-08-25')::BIGINT, count(DISTINCT player)::BIGINT FROM events WHERE project = 1 AND event "
    "= "
    "'chest_open' GROUP BY date";

struct Bench {
  store::AnalyticsStore& store;
  const Yardstick& yardstick;

  store::Table sql(const std::string& text) const { return checked(store.run({text, {}}, kTimeoutMs)); }

  void compare_with_sql(const behavior::Snapshot& snapshot) const {
    // The SQL knows each player's first attempt only; with a window longer than the history that is the best one.
    Yardstick::Funnel funnel;
    for (const auto& row : sql(funnel_sql(1000)).rows) {
      for (size_t i = 0; i < Yardstick::kSteps; ++i)
        funnel[std::get<std::string>(row[0])][i] = static_cast<uint64_t>(store::as_int(row[1 + i]));
    }
    compare("funnel, SQL", funnel_of(snapshot, funnel_query(1000 * kMsPerDay)), funnel);
    Yardstick::Retention retention(kDays);
    for (const auto& row : sql(kRetentionSql).rows)
      retention[static_cast<size_t>(store::as_int(row[0]))][static_cast<size_t>(store::as_int(row[1]))] =
          static_cast<uint64_t>(store::as_int(row[2]));
    compare("retention, SQL", retention_of(snapshot, retention_query("tutorial", named("level_complete"))), retention);
    std::vector<uint64_t> daily(kDays);
    for (const auto& row : sql(kDailySql).rows)
      daily[static_cast<size_t>(store::as_int(row[0]))] = static_cast<uint64_t>(store::as_int(row[1]));
    compare("daily players, SQL", daily_of(snapshot, {named("chest_open")}), daily);
  }

  void compare_with_yardstick(const behavior::Snapshot& snapshot) const {
    compare("funnel", funnel_of(snapshot, funnel_query(kWeek)), yardstick.funnel(kSteps, kWeek));
    compare("retention", retention_of(snapshot, retention_query("tutorial", named("level_complete"))),
            yardstick.retention("tutorial", "level_complete"));
    compare("daily players", daily_of(snapshot, {named("chest_open")}), yardstick.daily_players("chest_open"));
  }

  void main_questions(const behavior::Snapshot& snapshot, std::string_view state) const {
    fmt::print("-- {}\n", state);
    measure("funnel of 4 steps in 7 days by country", [&] { funnel_of(snapshot, funnel_query(kWeek)); });
    const auto pair = retention_query("tutorial", named("level_complete"));
    measure("retention tutorial -> level_complete, days 0..30", [&] { retention_of(snapshot, pair); });
    measure("daily players of chest_open", [&] { daily_of(snapshot, {named("chest_open")}); });
  }

  void more_questions(const behavior::Snapshot& snapshot) const {
    measure("funnel, one thread", [&] { funnel_of(snapshot, funnel_query(kWeek, 1)); });
    auto any = funnel_query(kWeek);
    any.order = behavior::StepOrder::any;
    measure("funnel in any order", [&] { funnel_of(snapshot, any); });
    auto strict = funnel_query(kWeek);
    strict.order = behavior::StepOrder::strict;
    measure("strict funnel", [&] { funnel_of(snapshot, strict); });
    auto sessions = funnel_query(kWeek);
    sessions.unit = behavior::Unit::session;
    measure("funnel by session", [&] { funnel_of(snapshot, sessions); });
    const behavior::FunnelCell cell{3, true, "DE"};
    measure("players of one funnel cell",
            [&] { checked(behavior::funnel_players(snapshot, funnel_query(kWeek), cell, 1000)); });
    const auto everything = retention_query("tutorial", {{}, true, {}});
    measure("retention tutorial -> any event", [&] { retention_of(snapshot, everything); });
    measure("daily players of any event", [&] { daily_of(snapshot, {{{}, true, {}}}); });
    measure("daily players of chest_open by country",
            [&] { daily_of(snapshot, {named("chest_open"), {}, behavior::Dimension::country}); });
    behavior::PathsQuery path;
    path.anchor = named("purchase");
    path.others.any_name = true;
    measure("paths of 5 after purchase, by session", [&] { checked(behavior::paths(snapshot, path)); });
    measure("one player's timeline, 200 events", [&] { checked(behavior::timeline(snapshot, 4711, 0, 200)); });
  }

  void others() const {
    fmt::print("-- floor: one thread over columns in memory\n");
    measure("funnel of 4 steps in 7 days by country", [&] { yardstick.funnel(kSteps, kWeek); });
    measure("retention tutorial -> level_complete, days 0..30",
            [&] { yardstick.retention("tutorial", "level_complete"); });
    measure("daily players of chest_open", [&] { yardstick.daily_players("chest_open"); });
    fmt::print("-- SQL on raw events (the funnel knows first attempts only)\n");
    measure("funnel of 4 steps in 7 days by country", [&] { sql(funnel_sql(7)); }, 3);
    measure("retention tutorial -> level_complete, days 0..30", [&] { sql(kRetentionSql); }, 3);
    measure("daily players of chest_open", [&] { sql(kDailySql); }, 3);
  }
};

struct Feeding {
  double apply_cpu_ms = 0, maintain_cpu_ms = 0, wall_ms = 0;
  uint64_t bytes_in_memory_max = 0;
};

// As the processor would: one micro-batch after the other; what runs beside it in the product runs between them here.
Feeding feed(behavior::PartitionIndex& index, const std::string& path, Yardstick* yardstick) {
  const SystemClock clock;
  Feeding feeding;
  for_each_batch(path, kBatch, [&](std::span<const store::EventRow> rows) {
    if (rows.empty()) return;
    const int64_t begun = clock.monotonic_ns();
    const double before = cpu_ms(CLOCK_THREAD_CPUTIME_ID);
    index.apply(rows.front().log_offset, rows.back().log_offset + 1, rows);
    const double applied = cpu_ms(CLOCK_THREAD_CPUTIME_ID);
    while (checked(index.maintain())) continue;
    feeding.maintain_cpu_ms += cpu_ms(CLOCK_THREAD_CPUTIME_ID) - applied;
    feeding.apply_cpu_ms += applied - before;
    feeding.wall_ms += static_cast<double>(clock.monotonic_ns() - begun) / 1e6;
    feeding.bytes_in_memory_max = std::max(feeding.bytes_in_memory_max, index.facts().bytes_in_memory);
    if (yardstick != nullptr) yardstick->add(rows);
  });
  return feeding;
}

behavior::Snapshot snapshot_of(const behavior::PartitionIndex& index) {
  behavior::Snapshot snapshot;
  check(index.collect(ProjectId::from_stored(kProject), nullptr, snapshot));
  return snapshot;
}

int run(const std::string& directory, int64_t events) {
  const std::string path = store_path(directory, events);
  const std::string index_path = fmt::format("{}/behavior-{}", directory, events);
  build_store(path, events);
  std::filesystem::remove_all(index_path);
  io::PosixFileSystem files;
  const behavior::Identities identities;
  auto index = checked(behavior::PartitionIndex::open(files, identities, {index_path, 0, 1}, {}));
  Yardstick yardstick;
  const Feeding feeding = feed(*index, path, &yardstick);
  yardstick.finish();
  const auto rows = static_cast<double>(yardstick.size());
  fmt::print("{} events, {} players, {} days\n", yardstick.size(), yardstick.players(), kDays);
  fmt::print(
      "micro-batches of {}: in the processor {:.3f} us/event, beside it {:.3f} us/event (CPU); {:.0f} events/s; "
      "at most {:.1f} MiB of events in memory\n",
      kBatch, feeding.apply_cpu_ms * 1e3 / rows, feeding.maintain_cpu_ms * 1e3 / rows, rows / feeding.wall_ms * 1e3,
      static_cast<double>(feeding.bytes_in_memory_max) / (1 << 20));
  auto store = checked(duckdb::DuckDbStore::open({path, int64_t{2} << 30, 0, 100'000}));
  const Bench bench{*store, yardstick};
  const auto facts = index->facts();
  const auto state =
      fmt::format("as micro-batches left it: {} runs, {} events in memory", facts.runs, facts.rows_in_memory);
  {
    const behavior::Snapshot snapshot = snapshot_of(*index);
    bench.compare_with_yardstick(snapshot);
    bench.main_questions(snapshot, state);
  }
  const double before = cpu_ms();
  check(index->compact());
  const auto compacted = index->facts();
  fmt::print("one run of it all: {:.1f} CPU-s; {:.2f} bytes/event on disk; store {:.2f} bytes/event\n",
             (cpu_ms() - before) / 1e3, static_cast<double>(compacted.bytes_on_disk) / rows,
             static_cast<double>(std::filesystem::file_size(path)) / rows);
  index.reset();
  const SystemClock clock;
  const int64_t opening = clock.monotonic_ns();
  index = checked(behavior::PartitionIndex::open(files, identities, {index_path, 0, 1}, {}));
  const int64_t opened = clock.monotonic_ns();
  const behavior::Snapshot snapshot = snapshot_of(*index);
  funnel_of(snapshot, funnel_query(kWeek));
  fmt::print("open {:.2f} ms, first funnel with its checksums {:.0f} ms\n", static_cast<double>(opened - opening) / 1e6,
             static_cast<double>(clock.monotonic_ns() - opened) / 1e6);
  bench.compare_with_yardstick(snapshot);
  bench.compare_with_sql(snapshot);
  bench.main_questions(snapshot, "one run");
  bench.more_questions(snapshot);
  bench.others();
  fmt::print("peak RSS with yardstick and store {:.0f} MiB\n", memory_mib("VmHWM"));
  return 0;
}

}  // namespace
}  // namespace gm::bench

int main(int count, char** arguments) {
  return gm::bench::run_on_directory("behavior_bench", count, arguments, gm::bench::run);
}
