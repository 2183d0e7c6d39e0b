#pragma once
// Port: taking events out of what is durable already, for a person who is to be forgotten. Positions stay what they
// are: where events were, there are none any more.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/log/event_log.h"

namespace gm::log {

// Consecutive events of one record. Without a payload: `count` positions that hold nothing.
struct RecordPart {
  std::string payload;
  uint32_t count = 0;
};

// What becomes of a record: nullopt when it stays as it is, else parts that together have as many events.
using RecordEdit =
    std::function<std::optional<std::vector<RecordPart>>(Topic topic, std::string_view payload, uint32_t count)>;

struct RewriteCounts {
  uint64_t segments = 0;  // that were written anew
  uint64_t events = 0;    // positions that hold nothing now and held something before

  RewriteCounts& operator+=(const RewriteCounts& other) {
    segments += other.segments;
    events += other.events;
    return *this;
  }
};

class RewritableLog {
 public:
  virtual ~RewritableLog() = default;
  // Everything that was durable at the call, of all topics. On return no file of the log holds what was edited out.
  // May be tried again after any error, those of the log: what is done stays done.
  virtual Result<RewriteCounts> rewrite(const RecordEdit& edit) = 0;
};

}  // namespace gm::log
