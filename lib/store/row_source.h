#pragma once
// Rows that are read as they are wanted, so that an answer of any length needs little memory.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/store/table.h"

namespace gm::store {

enum class ColumnKind : uint8_t {
  text,
  integer,
  number,
  flag,    // int64 0 or 1
  date,    // Date
  moment,  // TimestampMs
};

struct RowColumn {
  std::string name;
  ColumnKind kind = ColumnKind::text;
};

// The columns' names, each once: the second "name" is "name_2".
std::vector<std::string> distinct_names(const std::vector<RowColumn>& columns);

using RowBlock = std::vector<std::vector<Value>>;

// Used by one thread at a time. It is bound to a moment of the store; letting go of it ends the reading.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual const std::vector<RowColumn>& columns() const = 0;
  // The next rows; none: that were all.
  virtual Result<RowBlock> next() = 0;
};

}  // namespace gm::store
