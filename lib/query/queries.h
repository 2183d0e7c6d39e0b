#pragma once
// Answers: runs the compiled statements and puts numbers together with the explanation every answer carries.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/query/activity_index.h"
#include "lib/query/calendar.h"
#include "lib/query/compiler.h"
#include "lib/query/metric.h"
#include "lib/store/analytics_store.h"

namespace gm::query {

struct QuerySettings {
  int64_t timeout_ms = 0;
  int64_t late_window_ms = 0;
  int64_t rows_max = 0;            // of one statement
  int64_t activity_bytes_max = 0;  // what the activity index may hold
  bool use_index = true;           // let the behaviour index answer what it can
  static QuerySettings from(const config::Settings& settings);
};

// Whose numbers, in which days, seen when.
struct Scope {
  ProjectId project;
  TimeZone zone = TimeZone::utc();
  std::string currency;
  int64_t now_ms = 0;
  int64_t as_of_ms = 0;  // events received until then are counted
};

inline constexpr std::string_view kSqlEngine = "sql", kIndexEngine = "index";

// Money of the asked days that is in no number: no rate was known for its day. Of the whole project, whatever the
// question leaves out.
struct UnconvertedMoney {
  std::string currency;          // kOtherCurrencies: those that are not named
  int64_t events = 0;            // that carry it
  std::optional<double> amount;  // in that currency
};
inline constexpr std::string_view kOtherCurrencies = "other";

struct Explanation {
  std::string metric, title, definition, unit, time_zone, window;
  DateRange range;
  bool complete = false;
  double late_share = 0;
  int64_t as_of_ms = 0;
  std::string_view engine = kSqlEngine;  // what answered
  std::string engine_reason = {};        // why SQL did: a reason of analysis/planner.cc; "" where there is no choice
  std::optional<std::vector<UnconvertedMoney>> unconverted = {};  // of answers in money
};

// The currencies with most events first. Whoever sends events may make currencies up, so only the first ones are named.
Result<std::vector<UnconvertedMoney>> unconverted_money(store::AnalyticsStore& store, const Scope& scope,
                                                        DateRange range, int64_t timeout_ms);

struct Point {
  Date date;
  std::optional<double> value;
  bool provisional = false;
};

struct MetricAnswer {
  Explanation explanation;
  std::optional<double> total;
  std::vector<Point> points;  // one a day
};

struct RetentionCell {
  int day = 0;
  int64_t players = 0;
  double share = 0;
  bool complete = false;
};
struct Cohort {
  Date date;
  int64_t size = 0;
  std::vector<RetentionCell> cells;  // days that have not begun are left out; none at all when the cohort is empty
};
struct RetentionAverage {
  int day = 0;
  std::optional<double> share;  // none when no complete cohort has players
  int64_t size = 0;
};
struct RetentionAnswer {
  Explanation explanation;
  std::vector<int> days;
  std::vector<Cohort> cohorts;  // one a day
  std::vector<RetentionAverage> average;
};

struct EventCount {
  std::string event;
  int64_t events = 0;
  double share = 0;
};
struct TopEventsAnswer {
  Explanation explanation;
  std::vector<EventCount> rows;
};

struct ProjectFacts {
  int64_t events = 0;
  std::optional<int64_t> first_event_ms, last_event_ms;
};

struct RejectedRow {
  int64_t offset = 0;
  int64_t received_ms = 0;
  std::string reason, detail, source, raw;
};
struct RejectedPage {
  int64_t total = 0;  // with the reason asked for
  std::vector<std::pair<std::string, int64_t>> reasons;
  std::vector<RejectedRow> rows;
  std::optional<int64_t> next;
};

// Safe to use from several threads. Errors are the store's.
class Queries {
 public:
  // `store` outlives this.
  Queries(store::AnalyticsStore& store, const QuerySettings& settings);

  Result<MetricAnswer> metric(const Metric& metric, const Scope& scope, DateRange range) const;
  // `days` rises and holds no day twice.
  Result<RetentionAnswer> retention(const Scope& scope, DateRange range, const std::vector<int>& days) const;
  Result<TopEventsAnswer> top_events(const Scope& scope, DateRange range, int limit) const;
  Result<ProjectFacts> project_facts(ProjectId project) const;
  Result<RejectedPage> rejected(ProjectId project, std::optional<int64_t> before,
                                const std::optional<std::string>& reason, int limit) const;

 private:
  struct Days;  // measures by day of one range
  Result<store::Table> run(const store::Statement& statement) const {
    return store_.run(statement, settings_.timeout_ms);
  }
  Status read_totals(const Scope& scope, const Metric& metric, Days& days) const;
  Status read_rolling(const Scope& scope, const Metric& metric, Days& days) const;
  Calendar calendar(const Scope& scope) const { return {scope.zone, scope.now_ms, settings_.late_window_ms}; }
  Explanation explain(const Metric& metric, const Scope& scope, const Days& days) const;

  store::AnalyticsStore& store_;
  QuerySettings settings_;
  Compiler compiler_;
  mutable ActivityIndex activity_;  // a cache: answers do not depend on what it holds
};

}  // namespace gm::query
