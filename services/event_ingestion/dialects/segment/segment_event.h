#pragma once
// One message of the Segment dialect.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/dialects/segment/segment_kinds.h"
#include "services/event_ingestion/dialects/segment/segment_parts.h"

namespace gm::event_ingestion {

class PropertyWriter;

// Reads one message; lives as long as the views it gives out are needed.
class SegmentEvent {
 public:
  // `batch_context`: what the envelope says of all messages.
  SegmentEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts,
               const SegmentContext& batch_context)
      : reader_(limits, cursor, texts), batch_context_(batch_context) {}

  // Reads the message's object. `kind`: when the path says it; the message's own type then says nothing. A tag when the
  // event cannot be taken.
  std::optional<Tag> read(std::optional<SegmentKind> kind, FoundEvent& found);
  // The write key, where the message carries one.
  std::string_view write_key() const { return write_key_; }
  // When the message was sent, in Unix milliseconds; 0: it does not say so.
  int64_t sent_ms() const { return sent_ms_; }

 private:
  void member(std::string_view key, size_t start, FoundEvent& found);
  void time(std::string_view key, FoundEvent& found);
  void id(std::string_view& out, Tag tag);
  void traits();
  void keep_member(size_t start);
  void keep_text(std::string_view key, std::string_view value);
  void dimensions(event::Event& event) const;
  void name_and_player(SegmentKind kind, event::Event& event);
  void money(bool is_order, event::Event& event);
  void write_kind(SegmentKind kind, const event::Event& event, PropertyWriter& out);
  void write_identity(SegmentKind kind, PropertyWriter& out);
  void write_purchase(PropertyWriter& out) const;
  void write_properties(SegmentKind kind, event::Event& event);

  EventReader reader_;
  const SegmentContext& batch_context_;
  std::string_view type_, event_, name_, user_, anonymous_, previous_, group_, traits_, write_key_, original_time_;
  bool has_timestamp_ = false;
  int64_t sent_ms_ = 0;
  SegmentContext context_;
  SegmentProperties properties_;
  std::string kept_;  // members that nothing else here stands for, without braces
  std::string written_;
  std::array<char, 3> currency_{};
};

}  // namespace gm::event_ingestion
