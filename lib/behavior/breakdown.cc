#include "lib/behavior/breakdown.h"

#include <algorithm>

namespace gm::behavior {

Breakdown::Breakdown(const Snapshot& snapshot, std::optional<Dimension> dimension) : snapshot_(&snapshot) {
  if (!dimension) {
    values_ = {""};
    return;
  }
  for (const Source& source : snapshot.sources) {
    const Texts& values = source.section->values(*dimension);
    values_.insert(values_.end(), values.begin(), values.end());
  }
  std::sort(values_.begin(), values_.end());
  values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
  for (const Source& source : snapshot.sources) {
    const Texts& values = source.section->values(*dimension);
    std::vector<uint32_t>& codes = codes_.emplace_back();
    for (const AttributeValues& attribute : source.section->attribute_values())
      codes.push_back(*find(values[attribute[static_cast<size_t>(*dimension)]]));
  }
}

std::optional<uint32_t> Breakdown::find(const std::string& value) const {
  const auto found = std::lower_bound(values_.begin(), values_.end(), value);
  if (found == values_.end() || *found != value) return std::nullopt;
  return static_cast<uint32_t>(found - values_.begin());
}

}  // namespace gm::behavior
