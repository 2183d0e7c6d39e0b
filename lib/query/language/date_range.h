#pragma once

#include "lib/base/time.h"

namespace gm::query {

struct DateRange {  // both ends belong to it; from <= to
  Date from;
  Date to;
  int days() const { return to - from + 1; }
};

}  // namespace gm::query
