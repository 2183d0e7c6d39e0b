#pragma once
// Private to this folder: rows of a source as text, one at a time, so that an answer of any length is written as it is
// read.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/store/row_source.h"
#include "services/analytics_api/table_format.h"

namespace gm::analytics_api {

class RowText {
 public:
  // JSON: rows are arrays, for a statement may give two columns one name; in NDJSON's objects the second is "name_2".
  RowText(TableFormat format, const std::vector<store::RowColumn>& columns);

  // What stands before the first row: CSV's line of names. Of JSON it is the list of columns, without a brace.
  std::string head() const;
  void append(const std::vector<store::Value>& row, std::string& out);

 private:
  TableFormat format_;
  std::vector<store::RowColumn> columns_;
  std::vector<std::string> names_;  // each once, as JSON text
  bool first_ = true;
};

}  // namespace gm::analytics_api
