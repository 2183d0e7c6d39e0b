#include "lib/behavior/breakdown.h"

#include <algorithm>

namespace gm::behavior {

Breakdown::Breakdown(const Snapshot& snapshot, const std::optional<Division>& division) : snapshot_(&snapshot) {
  if (!division) {
    values_ = {""};
    return;
  }
  if (division->shown) values_ = *division->shown;
  for (const Source& source : snapshot.sources) {
    if (division->shown) break;
    const Texts& values = source.section->values(division->dimension);
    values_.insert(values_.end(), values.begin(), values.end());
  }
  std::sort(values_.begin(), values_.end());
  values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
  if (division->shown) {
    other_ = values_.size();
    values_.emplace_back();
  }
  for (const Source& source : snapshot.sources) {
    const Texts& values = source.section->values(division->dimension);
    std::vector<uint32_t>& codes = codes_.emplace_back();
    for (const AttributeValues& attribute : source.section->attribute_values()) {
      const auto code = find(values[attribute[static_cast<size_t>(division->dimension)]]);
      codes.push_back(code.value_or(static_cast<uint32_t>(other_)));
    }
  }
}

std::optional<uint32_t> Breakdown::find(const std::string& value) const {
  const auto end = values_.end() - (other_ == kNoOther ? 0 : 1);
  const auto found = std::lower_bound(values_.begin(), end, value);
  if (found == end || *found != value) return std::nullopt;
  return static_cast<uint32_t>(found - values_.begin());
}

Breakdown::Chosen Breakdown::choose(const std::optional<std::string>& value, bool other) const {
  Chosen chosen;
  if (other && other_ != kNoOther) chosen.code = static_cast<uint32_t>(other_);
  if (!other && value) chosen.code = find(*value);
  chosen.nothing = (other || value) && !chosen.code;
  return chosen;
}

}  // namespace gm::behavior
