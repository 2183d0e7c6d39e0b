#pragma once
// What a statement finds; private to adapters/sqlite.

#include <optional>
#include <vector>

#include "adapters/sqlite/statement.h"
#include "lib/base/result.h"

namespace gm::sqlite {

// All rows of a statement, each read by `read`.
template <typename Row, typename Read>
Result<std::vector<Row>> all_rows(Statement& select, const Read& read) {
  std::vector<Row> found;
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back(read(select));
  }
}

template <typename Row, typename Read>
Result<std::optional<Row>> one_row(Statement& select, const Read& read) {
  const auto row = select.step();
  if (!row) return row.error();
  if (!*row) return std::optional<Row>();
  return std::optional<Row>(read(select));
}

// Of a statement that has no rows.
inline Status run(Statement& statement) {
  if (const auto done = statement.step(); !done) return done.error();
  return {};
}

}  // namespace gm::sqlite
