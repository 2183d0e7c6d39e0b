#pragma once
// Walks the players of several sections in the order of their keys, each with all of his rows wherever they lie.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "lib/behavior/identity.h"
#include "lib/behavior/section.h"

namespace gm::behavior {

// One section of a snapshot and what the identities mean for it.
struct Source {
  SectionPtr section;
  RemapPtr remap;  // null: nothing is remapped
};

struct KeyRange {  // [first, last]
  PlayerKey first = 0;
  PlayerKey last = std::numeric_limits<PlayerKey>::max();
};

// Rows of one source, in the order of time.
struct Span {
  uint32_t source = 0;
  uint32_t player = 0;  // index in the source's section
  Row begin = 0;
  Row end = 0;
};

class PlayerMerge {
 public:
  // `sources` outlive this; their player columns are verified.
  PlayerMerge(std::span<const Source> sources, KeyRange range);

  bool next() {
    spans_.clear();
    if (any_done_) drop_done();
    if (streams_.empty()) return false;
    key_ = streams_.front().key;
    for (const Stream& stream : streams_) key_ = std::min(key_, stream.key);
    for (Stream& stream : streams_) {
      while (stream.key == key_ && !stream.done) take(stream);
    }
    return true;
  }
  // Of the current player; valid until next().
  PlayerKey key() const { return key_; }
  std::span<const Span> spans() const { return spans_; }

 private:
  // A section's own players, or those of its players whose rows count elsewhere.
  struct Stream {
    const Section* section;
    const Remap* remap;
    uint32_t source;
    bool elsewhere;
    size_t at;
    PlayerKey key;
    bool done;
  };
  void add_streams(const Source& source, uint32_t number);
  void drop_done();

  // Makes `key` that of the stream's current player.
  void settle(Stream& stream) {
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

  void take(Stream& stream) {
    const size_t player = stream.elsewhere ? stream.remap->elsewhere[stream.at].second : stream.at;
    spans_.push_back({stream.source, static_cast<uint32_t>(player), stream.section->first_row(player),
                      stream.section->first_row(player + 1)});
    ++stream.at;
    settle(stream);
  }

  KeyRange range_;
  std::vector<Stream> streams_;
  std::vector<Span> spans_;
  PlayerKey key_ = 0;
  bool any_done_ = false;
};

}  // namespace gm::behavior
