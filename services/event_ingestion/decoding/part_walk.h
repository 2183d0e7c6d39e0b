#pragma once
// Walks one part of an event (its properties, a context) into the depth, held against the limits of an event.

#include <cstdint>
#include <string_view>

#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

class PartWalk {
 public:
  explicit PartWalk(EventReader& reader) : reader_(reader) {}

  // Calls each(key, start) for each member; it takes the value behind the key, and since(start) is then the member as
  // written. `depth` is the object's own, 1 for the part itself. False when the value was no object; it has been read.
  template <typename Each>
  bool object(uint32_t depth, Each&& each) {
    codec::JsonCursor& cursor = reader_.cursor();
    if (cursor.peek() != '{') {
      value(depth - 1);
      return false;
    }
    bool more = cursor.begin_object();
    reader_.check(true, depth, members_);
    for (; more; more = next()) {
      const size_t start = cursor.position();
      const std::string_view key = reader_.key();
      ++members_;
      each(key, start);
    }
    return true;
  }

  // The next value, inside a container of `depth`.
  codec::JsonValue value(uint32_t depth) {
    const codec::JsonValue found = reader_.cursor().value();
    members_ += found.members;
    reader_.check(found.is_text, depth + found.depth, members_);
    return found;
  }
  // The next value where it is a string or a number, otherwise nothing.
  std::string_view text(uint32_t depth) {
    const codec::JsonValue found = value(depth);
    const bool plain = found.kind == codec::JsonKind::string || found.kind == codec::JsonKind::number;
    return plain ? reader_.texts().of(found) : std::string_view();
  }
  std::string_view since(size_t start) const { return reader_.cursor().since(start); }

 private:
  bool next() { return reader_.cursor().next_member(); }

  EventReader& reader_;
  uint32_t members_ = 0;
};

}  // namespace gm::event_ingestion
