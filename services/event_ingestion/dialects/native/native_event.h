#pragma once
// One event of the native dialect. In a header, for the hottest path there is runs through it.

#include <cstring>

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

// One event of the list. Fields that are not known here are checked and left out.
class NativeEvent {
 public:
  NativeEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts)
      : reader_(limits, cursor, texts) {}

  // Fills `found`; a tag when the event cannot be taken.
  std::optional<Tag> read(FoundEvent& found) {
    codec::JsonCursor& cursor = reader_.cursor();
    for (bool more = cursor.begin_object(); more; more = cursor.next_member()) member(reader_.key(), found);
    return reader_.wrong();
  }

 private:
  // Precondition: they are equally long. The length is known where this is compiled, so that no call is left of it.
  template <size_t kSize>
  static bool is(std::string_view key, const char (&name)[kSize]) {
    return std::memcmp(key.data(), name, kSize - 1) == 0;
  }

  void member(std::string_view key, FoundEvent& found) {
    event::Event& event = found.event;
    // By length first: most keys are told apart by it alone.
    switch (key.size()) {
      case 4:
        if (is(key, "time")) return time(found);
        break;
      case 5:
        if (is(key, "event")) return reader_.text(event.name, Tag::event_name_invalid);
        if (is(key, "build")) return reader_.text(event.build, Tag::field_invalid);
        break;
      case 6:
        if (is(key, "device")) return reader_.text(event.device, Tag::field_invalid);
        break;
      case 7:
        if (is(key, "country")) return reader_.text(event.country, Tag::field_invalid);
        if (is(key, "revenue")) return revenue(event);
        break;
      case 8:
        if (is(key, "event_id")) return reader_.text(found.id_text, Tag::event_id_invalid);
        if (is(key, "platform")) return reader_.text(event.platform, Tag::field_invalid);
        break;
      case 9:
        if (is(key, "player_id")) return reader_.text(event.player, Tag::player_id_invalid);
        break;
      case 10:
        if (is(key, "session_id")) return reader_.text(event.session, Tag::field_invalid);
        if (is(key, "properties")) return properties(event);
        break;
      default:
        break;
    }
    reader_.value();
  }

  void time(FoundEvent& found) { found.has_time = reader_.time(found.event.time_ms); }

  void properties(event::Event& event) {
    const codec::JsonValue value = reader_.value();
    if (value.kind == codec::JsonKind::object) {
      event.properties = value.raw;
    } else if (value.kind != codec::JsonKind::null) {
      reader_.note(Tag::properties_invalid);
    }
  }

  void revenue(event::Event& event) {
    codec::JsonCursor& cursor = reader_.cursor();
    if (cursor.peek() != '{') {
      if (reader_.value().kind != codec::JsonKind::null) reader_.note(Tag::revenue_invalid);
      return;
    }
    std::optional<int64_t> micros;
    bool has_currency = false;
    for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
      const std::string_view key = reader_.key();
      const codec::JsonValue value = reader_.value();
      const bool is_string = value.kind == codec::JsonKind::string;
      if (key == "amount" && (is_string || value.kind == codec::JsonKind::number))
        micros = parse_micros(reader_.texts().of(value));
      if (key == "currency" && is_string) has_currency = read_currency(reader_.texts().of(value), currency_);
    }
    if (!micros || !has_currency) return reader_.note(Tag::revenue_invalid);
    event.revenue_micros = micros;
    event.currency = std::string_view(currency_.data(), currency_.size());
  }

  EventReader reader_;
  std::array<char, 3> currency_{};
};

// Reads the value that the cursor stands before as an event, and takes or refuses it.
inline void take_native_event(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts,
                              BatchBuilder& builder) {
  const size_t start = cursor.position();
  if (cursor.peek() != '{') {
    cursor.value();
    return builder.refuse(Tag::event_not_an_object, cursor.since(start));
  }
  FoundEvent found;
  NativeEvent event(limits, cursor, texts);
  const auto wrong = event.read(found);
  found.raw = cursor.since(start);
  if (found.raw.size() > limits.event_bytes_max) return builder.refuse(Tag::event_too_large, found.raw);
  if (wrong) return builder.refuse(*wrong, found.raw);
  builder.add(found);
}

}  // namespace gm::event_ingestion
