#include "lib/event/correction.h"

#include <algorithm>

#include "lib/codec/json_cursor.h"

namespace gm::event {
namespace {

using codec::JsonCursor;
using codec::JsonIndex;
using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

constexpr size_t kNameBytes = 200;  // of a property's name, and of a platform

Error invalid(std::string message) { return {"gm-privacy-invalid", std::move(message)}; }

std::string text_of(std::string_view raw, bool escaped) {
  return escaped ? codec::json_unescape(raw) : std::string(raw);
}

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Of a member that is a text or null.
Result<std::string> dimension(std::string_view name, const JsonValue& value) {
  if (value.kind == JsonKind::null) return std::string();
  std::string text = value.kind == JsonKind::string ? text_of(value.raw, value.escaped) : std::string();
  const bool fits = name == "country" ? is_country(text) : !text.empty() && text.size() <= kNameBytes;
  if (fits && value.is_text) return text;
  return invalid(name == "country" ? "'country' is two capital letters of ISO 3166, or null"
                                   : "'platform' is a text of 1 to 200 bytes, or null");
}

Status read_properties(JsonCursor& cursor, Correction& correction) {
  if (cursor.peek() != '{') return invalid("'properties' is an object of names and values; null takes one away");
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const size_t start = cursor.position();
    const JsonValue value = cursor.value();
    if (cursor.broken()) break;
    std::string name = text_of(key.raw, key.escaped);
    if (!key.is_text || !value.is_text || name.empty() || name.size() > kNameBytes || name.front() == '$')
      return invalid("a property has a name of 1 to 200 bytes that does not begin with $");
    if (std::ranges::find(correction.properties, name, &std::pair<std::string, std::string>::first) !=
        correction.properties.end())
      return invalid("a property is named twice");
    correction.properties.emplace_back(std::move(name),
                                       value.kind == JsonKind::null ? "" : std::string(cursor.since(start)));
    if (correction.properties.size() > kCorrectedPropertiesMax)
      return invalid("more than 50 properties; send a second request for the rest");
  }
  return {};
}

Status read_member(JsonCursor& cursor, Correction& correction) {
  const JsonText key = cursor.key();
  if (key.raw == "properties") return read_properties(cursor, correction);
  auto* dimensions = key.raw == "country"    ? &correction.country
                     : key.raw == "platform" ? &correction.platform
                                             : nullptr;
  if (dimensions == nullptr)
    return invalid("'set' has no member '" + std::string(key.raw) + "'; there are country, platform and properties");
  auto text = dimension(key.raw, cursor.value());
  if (!text) return text.error();
  *dimensions = std::move(*text);
  return {};
}

const std::string* found_in(const Correction& correction, std::string_view name) {
  const auto found = std::ranges::find(correction.properties, name, &std::pair<std::string, std::string>::first);
  return found == correction.properties.end() ? nullptr : &found->second;
}

// nullopt: nothing of the object changes.
std::optional<std::string> corrected_object(const Correction& correction, std::string_view json, bool outermost) {
  JsonIndex index;
  if (!index.read(json)) return std::nullopt;
  JsonCursor cursor(index);
  std::string out = "{";
  bool changed = false;
  const auto put = [&out](std::string_view key, std::string_view value) {
    if (out.size() > 1) out += ',';
    out += '"';
    out += key;
    out += "\":";
    out += value;
  };
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const size_t start = cursor.position();
    const JsonValue value = cursor.value();
    if (cursor.broken()) return std::nullopt;
    const std::string name = text_of(key.raw, key.escaped);
    const std::string_view sent = cursor.since(start);
    if (const std::string* right = found_in(correction, name)) {
      changed = changed || sent != *right;
      if (!right->empty()) put(key.raw, *right);
      continue;
    }
    const bool nested = outermost && value.kind == JsonKind::object && (name == "$set" || name == "$set_once");
    const auto inner = nested ? corrected_object(correction, sent, false) : std::nullopt;
    changed = changed || inner;
    put(key.raw, inner ? std::string_view(*inner) : sent);
  }
  if (!changed || !cursor.finish()) return std::nullopt;
  return out + '}';
}

bool correct_dimension(const std::optional<std::string>& right, std::string_view& known) {
  if (!right || known.empty() || known == *right) return false;
  known = *right;
  return true;
}

}  // namespace

Result<Correction> parse_correction(std::string_view json) {
  JsonIndex index;
  if (!index.read(json)) return invalid("'set' is no JSON");
  JsonCursor cursor(index);
  Correction correction;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    if (Status read = read_member(cursor, correction); !read) return read.error();
    if (cursor.broken()) break;
  }
  if (!cursor.finish()) return invalid("'set' is an object with country, platform or properties");
  if (!correction.country && !correction.platform && correction.properties.empty())
    return invalid("'set' names nothing; there are country, platform and properties");
  return correction;
}

bool correct(const Correction& correction, Event& event, std::string& properties) {
  const bool country = correct_dimension(correction.country, event.country);
  const bool platform = correct_dimension(correction.platform, event.platform);
  if (correction.properties.empty() || event.properties.empty()) return country || platform;
  auto right = corrected_object(correction, event.properties, true);
  if (!right) return country || platform;
  properties = std::move(*right);
  event.properties = properties;
  return true;
}

}  // namespace gm::event
