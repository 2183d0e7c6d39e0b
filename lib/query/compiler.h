#pragma once
// From questions to statements on the rollups. Every statement names the project first and binds every value; no text
// of a request ever becomes part of a statement. Rollups are signed deltas, so every read adds them up.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/ids.h"
#include "lib/query/calendar.h"
#include "lib/query/metric.h"
#include "lib/store/table.h"

namespace gm::query {

// What differs between the stores' SQL. One row per engine; DuckDB is the only one so far.
struct Dialect {
  // Wraps an expression so that it arrives as a 64-bit integer (DuckDB sums into 128 bits).
  std::string (*as_int64)(const std::string& expression);
  // The sum of an expression as a 64-bit integer that stops at its bounds: no amounts that players send may make a
  // number unreadable (lib/base/saturating.h).
  std::string (*bounded_sum)(const std::string& expression);
  // Integer division, and 2 to the power of an expression.
  std::string (*divided)(const std::string& expression, int by);
  std::string (*power_of_2)(const std::string& exponent);
  // Days from `earlier` to `later` as an integer expression.
  std::string (*days_between)(const std::string& earlier, const std::string& later);
};
const Dialect& duckdb_dialect();

class Compiler {
 public:
  explicit Compiler(const Dialect& dialect = duckdb_dialect()) : dialect_(dialect) {}

  // (date, one column per measure in `measures`), days without rows left out. All measures are daily ones.
  store::Statement day_totals(ProjectId project, DateRange range, const std::vector<Measure>& measures) const;
  // (lowest, highest key) of the players of the range.
  store::Statement player_bounds(ProjectId project, DateRange range) const;
  // (date, block, bits): the active players among those keys, see rolling.h. By date and block.
  store::Statement active_players(ProjectId project, DateRange range, int64_t from_player, int64_t to_player) const;
  // (cohort_date, days since, players) for the cohorts of `range` and the days asked for.
  store::Statement cohort_days(ProjectId project, DateRange range, const std::vector<int>& days) const;
  // (event, events), most frequent first.
  store::Statement top_events(ProjectId project, DateRange range, int limit) const;
  // (currency, events, micros) of money in other currencies than this, most frequent first.
  store::Statement unconverted(ProjectId project, DateRange range, const std::string& currency) const;

  // (events, first date, last date) over all time.
  store::Statement project_bounds(ProjectId project) const;
  // (first moment, last moment) of the events of one day.
  store::Statement event_times(ProjectId project, Date date) const;
  // (reason, events), most frequent first.
  store::Statement rejected_reasons(ProjectId project) const;
  // (log_offset, received_at, reason, detail, source, raw), newest first, of those with an offset below `before`.
  store::Statement rejected(ProjectId project, std::optional<int64_t> before, const std::optional<std::string>& reason,
                            int limit) const;

 private:
  std::string sum(const std::string& column) const { return dialect_.bounded_sum(column); }

  const Dialect& dialect_;
};

}  // namespace gm::query
