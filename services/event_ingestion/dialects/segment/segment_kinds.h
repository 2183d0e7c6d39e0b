#pragma once
// The kinds of messages of Segment's specification, and what its named events are called here.

#include <cstdint>
#include <string_view>

namespace gm::event_ingestion {

enum class SegmentKind : uint8_t {
  track,
  identify,
  page,
  screen,
  group,
  alias,
  unknown,  // a type of message that the specification does not know, such as RudderStack's "merge"
};

// Of a message's "type", or of a path's last part, where browsers write one letter.
SegmentKind segment_kind(std::string_view type);

// The game model's name for an event of a track call; the event's own name where the model has none.
std::string_view segment_event_name(std::string_view event);

}  // namespace gm::event_ingestion
