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

// Makes `key` that of the stream's current player.
void PlayerMerge::settle(Stream& stream) {
  if (stream.elsewhere) {
    stream.done = stream.at == stream.remap->elsewhere.size();
    if (!stream.done) stream.key = stream.remap->elsewhere[stream.at].first;
  } else {
    const size_t end = stream.section->players();
    while (stream.remap != nullptr && stream.at < end && stream.remap->hides(stream.at)) ++stream.at;
    stream.done = stream.at == end;
    if (!stream.done) stream.key = stream.section->player(stream.at);
  }
  stream.done = stream.done || stream.key > range_.last;
  any_done_ = any_done_ || stream.done;
}

void PlayerMerge::take(Stream& stream) {
  const size_t player = stream.elsewhere ? stream.remap->elsewhere[stream.at].second : stream.at;
  spans_.push_back({stream.source, static_cast<uint32_t>(player), stream.section->first_row(player),
                    stream.section->first_row(player + 1)});
  ++stream.at;
  settle(stream);
}

bool PlayerMerge::next() {
  spans_.clear();
  if (any_done_) {
    std::erase_if(streams_, [](const Stream& stream) { return stream.done; });
    any_done_ = false;
  }
  if (streams_.empty()) return false;
  key_ = streams_.front().key;
  if (streams_.size() == 1 && !streams_.front().elsewhere) {
    take(streams_.front());
    return true;
  }
  for (const Stream& stream : streams_) key_ = std::min(key_, stream.key);
  for (Stream& stream : streams_) {
    while (!stream.done && stream.key == key_) take(stream);
  }
  return true;
}

}  // namespace gm::behavior
