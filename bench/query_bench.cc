// Latency of the API's questions on a large store: query_bench <directory> [events = 20000000]
//
// Builds the store once and keeps it in <directory>. Every line is the warm median and 95th percentile of 9 runs with
// the process's CPU time, through the same code as the API, beside a scan of the same columns in memory by one thread
// (the floor) and SQL on raw events. The answers are compared; a difference ends the program with 1.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "adapters/duckdb/duckdb_store.h"
#include "bench/measure_bench.h"
#include "bench/query_data_bench.h"
#include "lib/base/clock.h"
#include "lib/query/queries.h"

namespace gm::bench {
namespace {

constexpr int kRetentionDays = 30;
constexpr int64_t kTimeoutMs = 120'000;

using Series = std::vector<int64_t>;

void compare(std::string_view what, const Series& product, const Series& yardstick) {
  if (product != yardstick) stop(fmt::format("{}: the product's numbers differ from the yardstick's", what));
}

Series series_of(const query::MetricAnswer& answer) {
  Series series;
  for (const auto& point : answer.points) series.push_back(static_cast<int64_t>(point.value.value_or(0)));
  return series;
}

// --- the floor: one thread, columns in memory ---

// Marks the players of a day, then counts; events come day by day.
Series scan_dau(const Columns& columns) {
  Series players(kDays);
  std::vector<uint8_t> last(columns.players, 255);
  for (size_t i = 0; i < columns.day.size(); ++i) {
    uint8_t& seen = last[columns.player[i]];
    players[columns.day[i]] += seen != columns.day[i];
    seen = columns.day[i];
  }
  return players;
}

Series scan_revenue(const Columns& columns) {
  Series revenue(kDays);
  for (size_t i = 0; i < columns.day.size(); ++i) revenue[columns.day[i]] += columns.revenue_micros[i];
  return revenue;
}

Series scan_window(const Columns& columns, int window) {
  Series players(kDays);
  std::vector<int16_t> until(columns.players, -1);  // counted up to and with this day
  for (size_t i = 0; i < columns.day.size(); ++i) {
    const int day = columns.day[i];
    int16_t& counted = until[columns.player[i]];
    const int last = std::min(day + window - 1, kDays - 1);
    for (int d = std::max(day, counted + 1); d <= last; ++d) ++players[static_cast<size_t>(d)];
    counted = static_cast<int16_t>(std::max<int>(counted, last));
  }
  return players;
}

// players[cohort * 31 + age]
Series scan_retention(const Columns& columns) {
  Series players(static_cast<size_t>(kDays) * (kRetentionDays + 1));
  std::vector<uint8_t> first(columns.players, 255), last(columns.players, 255);
  for (size_t i = 0; i < columns.day.size(); ++i) {
    const uint32_t player = columns.player[i];
    const uint8_t day = columns.day[i];
    if (first[player] == 255) first[player] = day;
    if (last[player] == day) continue;
    last[player] = day;
    const int age = day - first[player];
    if (age <= kRetentionDays)
      ++players[static_cast<size_t>(first[player]) * (kRetentionDays + 1) + static_cast<size_t>(age)];
  }
  return players;
}

// --- the product ---

struct Bench {
  store::AnalyticsStore& store;
  const Columns& columns;
  query::Queries queries{store, {kTimeoutMs, 7 * kMsPerDay, 100'000, int64_t{256} << 20}};
  query::Scope scope{ProjectId::from_stored(kProject), TimeZone::utc(), "USD", (kFirstDay + kDays).days* kMsPerDay, 0};
  query::DateRange all{kFirstDay, kFirstDay + (kDays - 1)};
  query::DateRange month{kFirstDay + (kDays - 30), kFirstDay + (kDays - 1)};

  query::MetricAnswer metric(std::string_view name, query::DateRange range) const {
    return checked(queries.metric(*query::find_metric(name), scope, range));
  }
  void raw(std::string_view name, const std::string& sql) const {
    measure(name, [&] { checked(store.run({sql, {}}, kTimeoutMs)); });
  }

  void daily() const {
    compare("dau", series_of(metric("dau", all)), scan_dau(columns));
    measure("dau, 90 days", [&] { metric("dau", all); });
    measure("nine daily metrics one after another, 90 days", [&] {
      for (const query::Metric& each : query::metrics()) {
        if (query::has_daily_sums(each) && !query::needs_rolling(each)) metric(each.name, all);
      }
    });
    measure("  floor: scan for dau", [&] { scan_dau(columns); });
    measure("  floor: scan for revenue", [&] { scan_revenue(columns); });
    raw("  SQL on events: dau", "SELECT date, count(DISTINCT player) FROM events WHERE project = 1 GROUP BY date");
    raw("  SQL on events: revenue",
        "SELECT date, sum(revenue_micros)::BIGINT FROM events WHERE project = 1 GROUP BY date");
  }

  void retention() const {
    std::vector<int> days(kRetentionDays + 1);
    std::iota(days.begin(), days.end(), 0);
    Series product;
    for (const auto& cohort : checked(queries.retention(scope, all, days)).cohorts) {
      Series ages(days.size());
      for (const auto& cell : cohort.cells) ages[static_cast<size_t>(cell.day)] = cell.players;
      product.insert(product.end(), ages.begin(), ages.end());
    }
    compare("retention", product, scan_retention(columns));
    measure("retention triangle, days 0..30, 90 cohorts", [&] { checked(queries.retention(scope, all, days)); });
    measure("  floor: scan for retention", [&] { scan_retention(columns); });
    raw("  SQL on events: retention",
        "WITH d AS (SELECT DISTINCT player, date FROM events WHERE project = 1), f AS (SELECT player, min(date) AS "
        "cohort FROM d GROUP BY "
        "player) SELECT cohort, (date - cohort)::BIGINT AS age, count(*)::BIGINT FROM d JOIN f USING (player) GROUP BY "
        "ALL");
  }

  void rolling() const {
    const SystemClock clock;
    const double cpu_before = cpu_ms();
    const int64_t before = clock.monotonic_ns();
    compare("wau", series_of(metric("wau", all)), scan_window(columns, 7));
    fmt::print("wau, 90 days, first time after the start: {:.0f} ms, cpu {:.0f} ms, scan included\n",
               static_cast<double>(clock.monotonic_ns() - before) / 1e6, cpu_ms() - cpu_before);
    compare("mau", series_of(metric("mau", all)), scan_window(columns, 30));
    measure("wau, 90 days", [&] { metric("wau", all); });
    measure("mau, 90 days", [&] { metric("mau", all); });
    measure("mau, last 30 days", [&] { metric("mau", month); });
    measure("stickiness, last 30 days", [&] { metric("stickiness", month); });
    measure("  floor: scan for mau", [&] { scan_window(columns, 30); });
    raw("  SQL on events: mau of one day",
        "SELECT count(DISTINCT player) FROM events WHERE project = 1 AND date > DATE '2026-10-23' AND date <= DATE "
        "'2026-11-22'");
  }

  void top_events() const {
    measure("top events, 90 days", [&] { checked(queries.top_events(scope, all, 10)); });
    raw("  SQL on events: top events",
        "SELECT event, count(*) AS n FROM events WHERE project = 1 GROUP BY event ORDER BY n DESC LIMIT 10");
    measure("project facts", [&] { checked(queries.project_facts(scope.project)); });
  }
};

int run(const std::string& directory, int64_t events) {
  const std::string path = store_path(directory, events);
  build_store(path, events);
  const Columns columns = load_columns(path);
  auto store = checked(duckdb::DuckDbStore::open({path, int64_t{2} << 30, 0, 100'000}));
  const auto player_days = checked(store->run({"SELECT count(*) FROM player_days WHERE project = 1", {}}, kTimeoutMs));
  fmt::print("{} events, {} players, {} player days, {} days, {:.2f} GB\n", columns.day.size(), columns.players,
             store::as_int(player_days.rows[0][0]), kDays, static_cast<double>(std::filesystem::file_size(path)) / 1e9);
  const Bench bench{*store, columns};
  bench.daily();
  bench.retention();
  bench.rolling();
  bench.top_events();
  return 0;
}

}  // namespace
}  // namespace gm::bench

int main(int count, char** arguments) {
  return gm::bench::run_on_directory("query_bench", count, arguments, gm::bench::run);
}
