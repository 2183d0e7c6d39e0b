#pragma once
// Private to this folder: the newest events of one project and partition, in memory.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/behavior/dictionary.h"
#include "lib/behavior/held_section.h"
#include "lib/behavior/section_build.h"
#include "lib/store/analytics_store.h"

namespace gm::behavior {

// One thread at a time.
class EventTail {
 public:
  explicit EventTail(SectionOwner owner) : owner_(owner) {}

  void add(const store::EventRow& row);
  // Makes what was added readable. Sections are kept few by merging those of about the same size.
  void fold();

  // All that is held, whether or not it is being written. Precondition: folded.
  void for_each(const std::function<void(const HeldSectionPtr&)>& each) const;
  // From now on these sections are being written; written() or keep() ends that. Precondition: folded, nothing taken.
  const std::vector<HeldSectionPtr>& take();
  void written() { taken_.clear(); }
  void keep();

  uint64_t rows() const { return rows_ + pending_.size(); }  // not counting what is being written
  size_t bytes() const { return bytes_ + pending_.capacity() * sizeof(EventEntry); }

 private:
  uint32_t attributes_of(const store::EventRow& row);
  void push(std::string bytes);
  void merge_last_two();

  SectionOwner owner_;
  Dictionaries dictionaries_;  // of `pending_`
  std::vector<EventEntry> pending_;
  std::vector<HeldSectionPtr> folded_, taken_;
  uint64_t rows_ = 0;  // of folded_
  size_t bytes_ = 0;   // of folded_
  std::array<std::string, kDimensions> last_values_;
  uint32_t last_attributes_ = 0;
};

}  // namespace gm::behavior
