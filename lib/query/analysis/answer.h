#pragma once
// Answers as tables of named columns, the same form for every kind of question, so that one renderer, one export and
// one drill-down serve all of them.

#include <string>
#include <utility>
#include <vector>

#include "lib/query/analysis/value_order.h"
#include "lib/query/queries.h"
#include "lib/store/table.h"

namespace gm::query {

enum class ColumnType : uint8_t {
  text,
  date,
  moment,  // Unix ms in an int64
  integer,
  number,
  flag,  // int64 0 or 1
};

struct Column {
  std::string name;
  ColumnType type = ColumnType::text;
  bool coordinate = false;  // names the cell, for drilling down
};

struct AnswerTable {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::vector<store::Value>> rows;
};

struct TableAnswer {
  Explanation explanation;
  std::vector<AnswerTable> tables;                          // the first one is the answer, "rows"
  std::vector<std::pair<std::string, store::Value>> facts;  // single values, such as those of a fitted curve
};

}  // namespace gm::query
