#pragma once
// Private to this folder: the table of an answer as rows to be written.

#include <utility>

#include "lib/query/analysis/answer.h"
#include "lib/store/row_source.h"

namespace gm::analytics_api {

class TableRows final : public store::RowSource {
 public:
  explicit TableRows(query::AnswerTable table);

  const std::vector<store::RowColumn>& columns() const override { return columns_; }
  Result<store::RowBlock> next() override { return std::exchange(rows_, {}); }

 private:
  std::vector<store::RowColumn> columns_;
  store::RowBlock rows_;
};

// The points of a metric by day.
query::AnswerTable points_table(const query::MetricAnswer& answer);

}  // namespace gm::analytics_api
