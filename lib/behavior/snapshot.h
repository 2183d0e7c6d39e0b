#pragma once
// What one question sees of the index: a project's sections as they were at one moment.

#include <cstdint>
#include <limits>
#include <vector>

#include "lib/base/time.h"
#include "lib/behavior/player_merge.h"
#include "lib/log/event_log.h"

namespace gm::behavior {

struct Position {  // events of `partition` with offsets below `next` are included
  log::Partition partition = 0;
  log::Offset next = 0;
};

struct DateRange {  // both ends belong to it
  Date from{std::numeric_limits<int32_t>::min()};
  Date to{std::numeric_limits<int32_t>::max()};
  bool has(Date date) const { return from <= date && date <= to; }
};

struct Snapshot {
  std::vector<Source> sources;
  std::vector<Position> positions;

  uint64_t rows() const {
    uint64_t sum = 0;
    for (const Source& source : sources) sum += source.section->rows();
    return sum;
  }
  // The days that have events; from > to when there are none.
  DateRange dates() const {
    DateRange range{{std::numeric_limits<int32_t>::max()}, {std::numeric_limits<int32_t>::min()}};
    for (const Source& source : sources) {
      range.from = std::min(range.from, Date{source.section->header().date_base});
      range.to = std::max(range.to, Date{source.section->header().date_last});
    }
    return range;
  }
};

}  // namespace gm::behavior
