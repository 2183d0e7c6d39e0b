#pragma once
// Rows as JSON objects, for files that are handed to a person.

#include <string>
#include <vector>

#include "lib/store/row_source.h"

namespace gm::data_retention {

// Dates and moments (UTC) as ISO 8601, null for what is not there. A column "properties" holds JSON, which becomes a
// part of the object as it is.
std::string row_json(const std::vector<store::RowColumn>& columns, const std::vector<store::Value>& row);

}  // namespace gm::data_retention
