#include "lib/behavior/held_section.h"

namespace gm::behavior {

Result<Source> HeldSection::source(const IdentityPtr& identity) const {
  if (!identity || identity->empty()) {
    // Nobody is anybody else, but an earlier merge may have been taken back.
    if (section_->moved().empty()) return Source{section_, nullptr};
  }
  if (Status verified = section_->verify({ColumnId::player_keys, ColumnId::player_rows}); !verified)
    return verified.error();
  const std::lock_guard lock(mutex_);
  if (!remap_ || identity_ != identity) {
    remap_ = remap(*section_, identity ? *identity : Identity());
    identity_ = identity;
  }
  return Source{section_, remap_};
}

}  // namespace gm::behavior
