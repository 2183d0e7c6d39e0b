#pragma once
// For `gamemetrics doctor`: looks at every byte of a stopped index and changes nothing.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"

namespace gm::behavior {

struct IndexFinding {
  log::Partition partition = 0;
  log::Offset next = 0;  // events below it are there
  uint64_t events = 0;
  std::string problem;  // empty: none; otherwise the next start drops the partition's index and makes it again
};

// By partition; none when there is no index. Errors are lib/io's.
Result<std::vector<IndexFinding>> check_index(io::FileSystem& files, const std::string& directory);

}  // namespace gm::behavior
