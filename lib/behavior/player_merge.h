#pragma once
// Walks the players of several sections in the order of their keys, each with all of his rows wherever they lie.

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

  bool next();
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
  void settle(Stream& stream);
  void take(Stream& stream);

  KeyRange range_;
  std::vector<Stream> streams_;
  std::vector<Span> spans_;
  PlayerKey key_ = 0;
  bool any_done_ = false;
};

}  // namespace gm::behavior
