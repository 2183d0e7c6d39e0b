#pragma once
// A log record with what was put right of a player in it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/event/correction.h"
#include "lib/log/log_rewrite.h"

namespace gm::data_retention {

struct PlayerCorrection {
  ProjectId project;
  std::vector<std::string> ids;  // all of his
  event::Correction correction;
  int64_t until_ms = 0;  // events that were received up to then
};

class RecordCorrector {
 public:
  explicit RecordCorrector(const PlayerCorrection& correction) : correction_(correction) {}

  std::optional<std::vector<log::RecordPart>> edit(log::Topic topic, std::string_view payload, uint32_t count);
  // Events that were corrected.
  int64_t corrected() const { return corrected_; }

 private:
  bool is_his(std::string_view id) const;

  const PlayerCorrection& correction_;
  int64_t corrected_ = 0;
};

}  // namespace gm::data_retention
