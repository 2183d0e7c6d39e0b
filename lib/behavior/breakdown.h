#pragma once
// The values of one dimension over all sections of a snapshot, numbered.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/behavior/scan.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

// By what an answer is divided.
struct Division {
  Dimension dimension = Dimension::country;
  // Values that stand by themselves, the others being one group; none: every value does.
  std::optional<std::vector<std::string>> shown;

  Division(Dimension by) : dimension(by) {}  // NOLINT(google-explicit-constructor)
  Division(Dimension by, std::vector<std::string> values) : dimension(by), shown(std::move(values)) {}
};

class Breakdown {
 public:
  // Without a division there is one value, "", for all. `snapshot` outlives this; its attributes are verified before
  // of() is called.
  Breakdown(const Snapshot& snapshot, const std::optional<Division>& division);

  uint32_t of(const Hit& hit) const {
    if (codes_.empty()) return 0;
    return codes_[hit.source][snapshot_->sources[hit.source].section->attributes(hit.row)];
  }
  // Rising; behind them the others' "" when only some are shown.
  const std::vector<std::string>& values() const { return values_; }
  bool is_other(size_t code) const { return code == other_; }
  std::optional<uint32_t> find(const std::string& value) const;

  // What a cell of an answer names: one value, the others, or neither, which means all.
  struct Chosen {
    bool nothing = false;  // no event is of it
    std::optional<uint32_t> code;
    bool has(uint32_t other) const { return !code || *code == other; }
  };
  Chosen choose(const std::optional<std::string>& value, bool other) const;
  static ColumnSet columns(const std::optional<Division>& division) {
    return division ? ColumnSet{ColumnId::attributes} : ColumnSet{};
  }

 private:
  static constexpr size_t kNoOther = SIZE_MAX;
  const Snapshot* snapshot_;
  std::vector<std::vector<uint32_t>> codes_;  // per source and attribute code
  std::vector<std::string> values_;
  size_t other_ = kNoOther;  // the code of the others
};

}  // namespace gm::behavior
