#pragma once
// What the decoders of all dialects share: a cursor over the body, texts, and the first thing that was wrong with an
// event.

#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

#include "lib/codec/json_cursor.h"
#include "services/event_ingestion/decoding/ingest_settings.h"
#include "services/event_ingestion/decoding/verdicts.h"

namespace gm::event_ingestion {

// Gives texts of JSON strings as views: into the body where they are written plainly, else into this store, which lives
// as long as the body is being decoded.
class TextStore {
 public:
  std::string_view of(const codec::JsonText& text) { return view(text.raw, text.escaped); }
  // A string without its escapes, anything else as written.
  std::string_view of(const codec::JsonValue& value) { return view(value.raw, value.escaped); }
  std::string_view keep(std::string text);
  void clear() {
    if (!unescaped_.empty()) unescaped_.clear();
  }

 private:
  std::string_view view(std::string_view raw, bool escaped) { return escaped ? unescape(raw) : raw; }
  std::string_view unescape(std::string_view raw);

  std::forward_list<std::string> unescaped_;  // nearly always empty, and then nothing but a pointer
};

// What one thread uses again from body to body.
struct DecodeScratch {
  codec::JsonIndex index;
  codec::JsonIndex nested;  // of JSON inside a string of the body
  TextStore texts;
};
DecodeScratch& thread_scratch();

// Reads the values of one event, keeping the first thing that is wrong with it. An event is always read to its end: the
// ones behind it are none the worse for its faults.
class EventReader {
 public:
  EventReader(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts)
      : limits_(limits), cursor_(cursor), texts_(texts) {}

  codec::JsonCursor& cursor() { return cursor_; }
  TextStore& texts() { return texts_; }
  const std::optional<Tag>& wrong() const { return wrong_; }
  void note(Tag tag) {
    if (!wrong_) wrong_ = tag;
  }

  std::string_view key();
  // The next value, held against the limits of an event.
  codec::JsonValue value();
  // A string into `out`; null counts as absent, anything else is `tag`.
  void text(std::string_view& out, Tag tag) {
    if (!cursor_.take_plain_string(out)) text_or_null(out, tag);
  }
  // ISO 8601 text or whole milliseconds into `out`; false when it was null or wrong.
  bool time(int64_t& out);
  // Holds what a walk has found so far against the limits.
  void check(bool is_text, uint32_t depth, uint32_t members);

 private:
  void text_or_null(std::string_view& out, Tag tag);

  const IngestSettings& limits_;
  codec::JsonCursor& cursor_;
  TextStore& texts_;
  std::optional<Tag> wrong_;
};

// Inline below: what runs for every member there is.

inline std::string_view EventReader::key() {
  const codec::JsonText name = cursor_.key();
  if (!name.is_text) note(Tag::text_invalid);
  return texts_.of(name);
}

inline codec::JsonValue EventReader::value() {
  const codec::JsonValue found = cursor_.value();
  if (found.depth > 0 || !found.is_text) check(found.is_text, found.depth, found.members);
  return found;
}

// A sent time or an event's time: ISO 8601 text, or whole milliseconds as text. nullopt when it is neither.
std::optional<int64_t> parse_time_ms(std::string_view text, bool is_number);

}  // namespace gm::event_ingestion
