#pragma once
// The tables that a caller's own SQL sees: a public contract (docs/reference/sql.md). This is the one place that says
// how they are made from the store's tables, which may change; names, types and meanings here may only be added to. A
// change that breaks a statement raises kSqlContractVersion.

#include <string>
#include <vector>

#include "lib/base/ids.h"
#include "lib/store/sql_question.h"

namespace gm::query {

inline constexpr int kSqlContractVersion = 1;

// `currency`: the project's reporting currency.
std::vector<store::SqlTable> sql_tables(ProjectId project, const std::string& currency);

}  // namespace gm::query
