#include "services/event_ingestion/decoding/event_reader.h"

#include <charconv>

#include "lib/base/calendar_range.h"
#include "lib/base/time.h"
#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

using codec::JsonKind;
using codec::JsonValue;

Error malformed_json(std::string_view wanted, const codec::JsonCursor* cursor) {
  std::string message = "the body is not " + std::string(wanted) + ": ";
  if (cursor == nullptr) {
    message += "it is empty, not UTF-8, or a string in it is left open or holds a control character";
  } else if (cursor->broken()) {
    message += "not valid JSON at byte " + std::to_string(cursor->broken_at());
  } else {
    message += "something follows its end at byte " + std::to_string(cursor->position());
  }
  return {"gm-body-malformed", std::move(message)};
}

std::string_view TextStore::keep(std::string text) { return unescaped_.emplace_front(std::move(text)); }

std::string_view TextStore::unescape(std::string_view raw) { return keep(codec::json_unescape(raw)); }

DecodeScratch& thread_scratch() {
  thread_local DecodeScratch scratch;
  return scratch;
}

void EventReader::check(bool is_text, uint32_t depth, uint32_t members) {
  if (!is_text) note(Tag::text_invalid);
  if (depth > limits_.depth_max) note(Tag::event_too_deep);
  if (members > limits_.properties_max) note(Tag::event_properties_too_many);
}

void EventReader::text_or_null(std::string_view& out, Tag tag) {
  const JsonValue found = value();
  if (found.kind == JsonKind::null) return;
  if (found.kind != JsonKind::string) return note(tag);
  out = texts_.of(found);
}

bool EventReader::time(int64_t& out) {
  const JsonValue found = value();
  if (found.kind == JsonKind::null) return false;
  const bool is_number = found.kind == JsonKind::number;
  const auto parsed =
      is_number || found.kind == JsonKind::string ? parse_time_ms(texts_.of(found), is_number) : std::nullopt;
  if (parsed) {
    out = *parsed;
  } else {
    note(Tag::event_time_invalid);
  }
  return parsed.has_value();
}

namespace {

// "1764000000000.0" is a whole number, too: Python writes one so when it comes from a division.
std::string_view without_zero_fraction(std::string_view number) {
  const size_t point = number.find('.');
  if (point == std::string_view::npos || point + 1 == number.size()) return number;
  return number.find_first_not_of('0', point + 1) == std::string_view::npos ? number.substr(0, point) : number;
}

}  // namespace

std::optional<int64_t> parse_time_ms(std::string_view text, bool is_number) {
  if (!is_number) return parse_iso8601_ms(text);
  text = without_zero_fraction(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!has_calendar_date(value)) return std::nullopt;  // as for text
  return value;
}

}  // namespace gm::event_ingestion
