#include "lib/behavior/player_merge.h"

#include <algorithm>

namespace gm::behavior {

PlayerMerge::PlayerMerge(std::span<const Source> sources, KeyRange range) : range_(range) {
  for (size_t i = 0; i < sources.size(); ++i) add_streams(sources[i], static_cast<uint32_t>(i));
}

void PlayerMerge::add_streams(const Source& source, uint32_t number) {
  const Section& section = *source.section;
  const Remap* remap = source.remap.get();
  streams_.push_back({&section, remap, number, false, section.player_at_or_after(range_.first), 0, false});
  settle(streams_.back());
  if (remap == nullptr || remap->elsewhere.empty()) return;
  const auto begin = remap->elsewhere.begin();
  const auto first = std::lower_bound(begin, remap->elsewhere.end(), std::pair{range_.first, uint32_t{0}});
  streams_.push_back({&section, remap, number, true, static_cast<size_t>(first - begin), 0, false});
  settle(streams_.back());
}

void PlayerMerge::drop_done() {
  std::erase_if(streams_, [](const Stream& stream) { return stream.done; });
  any_done_ = false;
}

}  // namespace gm::behavior
