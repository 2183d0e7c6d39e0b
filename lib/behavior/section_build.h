#pragma once
// Makes sections: out of entries in memory, and out of other sections.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/behavior/dictionary.h"
#include "lib/behavior/identity.h"
#include "lib/behavior/player_merge.h"
#include "lib/behavior/section_writer.h"

namespace gm::behavior {

struct SectionOwner {
  uint32_t project = 0;
  uint32_t partition = 0;
};

// Sorts `entries`, which are not empty, and encodes them with only those texts that they use.
std::string encode_section(std::vector<EventEntry>& entries, const Dictionaries& dictionaries, SectionOwner owner);

struct MergedSection {
  uint64_t rows = 0;  // 0: nothing was left; the sink's bytes mean nothing
  uint64_t bytes = 0;
  // Events that belong to other players again, in a section of their own; empty when there are none.
  std::string displaced;
};

// Writes all events of `sources` (of one project and partition, fully verified) as one section: under the players that
// `identity` gives them, without the erased ones. Errors are the sink's, and kInvalid for more than kRowsMax rows.
// Stops with kInvalid when `stopped` says so.
Result<MergedSection> merge_sections(std::span<const Source> sources, const Identity& identity, ByteSink& sink,
                                     const std::function<bool()>& stopped);

}  // namespace gm::behavior
