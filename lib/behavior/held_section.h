#pragma once
// A section together with what the newest identity means for it, worked out once.

#include <memory>
#include <mutex>

#include "lib/behavior/identity.h"
#include "lib/behavior/player_merge.h"

namespace gm::behavior {

// Safe to use from several threads.
class HeldSection {
 public:
  explicit HeldSection(SectionPtr section) : section_(std::move(section)) {}

  const Section& section() const { return *section_; }
  // `identity` may be null: everybody is who he is. Error kCorrupt.
  Result<Source> source(const IdentityPtr& identity) const;

 private:
  const SectionPtr section_;
  mutable std::mutex mutex_;
  mutable IdentityPtr identity_;  // the one `remap_` was made for
  mutable RemapPtr remap_;
};
using HeldSectionPtr = std::shared_ptr<const HeldSection>;

}  // namespace gm::behavior
