#pragma once
// The values of one dimension over all sections of a snapshot, numbered.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/behavior/scan.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

class Breakdown {
 public:
  // Without a dimension there is one value, "", for all. `snapshot` outlives this; its attributes are verified before
  // of() is called.
  Breakdown(const Snapshot& snapshot, std::optional<Dimension> dimension);

  uint32_t of(const Hit& hit) const {
    if (codes_.empty()) return 0;
    return codes_[hit.source][snapshot_->sources[hit.source].section->attributes(hit.row)];
  }
  const std::vector<std::string>& values() const { return values_; }
  std::optional<uint32_t> find(const std::string& value) const;
  static ColumnSet columns(std::optional<Dimension> dimension) {
    return dimension ? ColumnSet{ColumnId::attributes} : ColumnSet{};
  }

 private:
  const Snapshot* snapshot_;
  std::vector<std::vector<uint32_t>> codes_;  // per source and attribute code
  std::vector<std::string> values_;           // rising
};

}  // namespace gm::behavior
