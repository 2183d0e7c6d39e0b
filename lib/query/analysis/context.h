#pragma once
// Private to this folder: what every kind of question needs to be answered.

#include <string>
#include <string_view>

#include "lib/query/analysis/answer.h"
#include "lib/query/analysis/cells.h"
#include "lib/query/analysis/question.h"
#include "lib/query/analysis/rows.h"
#include "lib/query/calendar.h"
#include "lib/query/compiler.h"
#include "lib/query/queries.h"

namespace gm::query {

// What a kind of question says about itself.
struct KindText {
  std::string name, title, definition, unit, window;
  std::optional<DateRange> money_of = {};  // the days whose money is in the answer
};

class IndexAnswers;

class Context {
 public:
  // `engine_reason`: why `index` is null, that is, why SQL answers.
  Context(store::AnalyticsStore& store, const QuerySettings& settings, const Scope& scope, const Frame& frame,
          const IndexAnswers* index, std::string_view engine_reason)
      : store_(store),
        settings_(settings),
        scope_(scope),
        frame_(frame),
        index_(index),
        engine_reason_(engine_reason),
        calendar_(scope.zone, scope.now_ms, settings.late_window_ms) {}

  // Null: SQL answers.
  const IndexAnswers* index() const { return index_; }
  const Frame& frame() const { return frame_; }
  const Scope& scope() const { return scope_; }
  const Calendar& calendar() const { return calendar_; }
  SqlScope sql() const { return {scope_.project, frame_.range, scope_.currency}; }
  const Dialect& dialect() const { return duckdb_dialect(); }
  int64_t rows_max() const { return settings_.rows_max; }

  Result<store::Table> run(const store::Statement& statement) const {
    return store_.run(statement, settings_.timeout_ms);
  }
  // `last` is the last day whose events the answer depends on.
  Result<Explanation> explain(const KindText& text, Date last) const;
  Result<Explanation> explain(const KindText& text) const { return explain(text, frame_.range.to); }

  // Rows of events as the frame narrows and divides them.
  EventRows rows() const;
  // "b0..." and "other", as shown.
  void add_breakdown(std::vector<Coordinate>& coordinates) const;

 private:
  store::AnalyticsStore& store_;
  const QuerySettings& settings_;
  const Scope& scope_;
  const Frame& frame_;
  const IndexAnswers* index_;
  std::string_view engine_reason_;
  Calendar calendar_;
};

std::vector<Column> columns_of(const std::vector<Coordinate>& coordinates);

inline double share_of(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}
inline store::Value nullable(const std::optional<double>& value) {
  return value ? store::Value(*value) : store::Value();
}

}  // namespace gm::query
