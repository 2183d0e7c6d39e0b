#include "services/event_ingestion/dialects/countly/countly_request.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "services/event_ingestion/decoding/form_fields.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

bool is_scalar(const JsonValue& value) { return value.kind == JsonKind::string || value.kind == JsonKind::number; }
// The value is kept whole elsewhere: too long to be a dimension, it is none.
std::string_view dimension(std::string_view text) { return text.size() > kNameBytesMax ? std::string_view() : text; }

}  // namespace

std::optional<int64_t> countly_time_ms(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value < 1e14)) return std::nullopt;
  constexpr double kSecondsMax = 1e11;  // the year 5138; in milliseconds 1973
  return std::llround(value < kSecondsMax ? value * 1000 : value);
}

void CountlyRequest::read() {
  fields();
  if (reader_.cursor().broken()) return;
  dimensions();
  add_parts();
}

void CountlyRequest::fields() {
  JsonCursor& cursor = reader_.cursor();
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonCursor at = cursor;
    const JsonValue value = cursor.value();
    reader_.check(key.is_text && value.is_text, 0, 0);
    if (value.kind != JsonKind::null) fields_.push_back({scratch_.texts.of(key), key, value, at});
  }
}

const CountlyRequest::Field* CountlyRequest::field(std::string_view key) const {
  const auto it = std::find_if(fields_.begin(), fields_.end(), [&](const Field& one) { return one.key == key; });
  return it == fields_.end() ? nullptr : &*it;
}

void CountlyRequest::dimensions() {
  const auto take = [&](std::string_view key, std::string_view& target) {
    const Field* found = field(key);
    if (found && is_scalar(found->value)) target = scratch_.texts.of(found->value);
  };
  std::string_view time;
  take("app_key", app_key_);
  take("ip", address_);
  take("ip_address", address_);
  take("device_id", device_);
  take("country_code", common_.country);
  take("av", common_.build);
  take("timestamp", time);
  common_.country = dimension(common_.country);
  common_.build = dimension(common_.build);
  if (!time.empty()) {
    const auto parsed = countly_time_ms(time);
    if (!parsed) reader_.note(Tag::event_time_invalid);
    common_.time_ms = parsed.value_or(0);
    has_time_ = parsed.has_value();
  }
  metrics();
}

void CountlyRequest::metrics() {
  const Field* sent = field("metrics");
  if (!sent) return;
  metrics_ = json_source(sent->value);
  auto cursor = opened(*sent);
  if (!cursor || cursor->peek() != '{') return;
  JsonCursor whole = *cursor;
  const JsonValue all = whole.value();
  note_limits(all);
  metrics_ = all.raw;
  for (bool more = cursor->begin_object(); more; more = cursor->next_member()) {
    const std::string_view key = cursor->key().raw;
    const JsonValue value = cursor->value();
    if (value.kind != JsonKind::string) continue;
    if (key == "_os") common_.platform = dimension(scratch_.texts.of(value));
    if (key == "_device") common_.device = dimension(scratch_.texts.of(value));
    if (key == "_app_version") common_.build = dimension(scratch_.texts.of(value));
  }
}

// An empty text, or a flag that is not set.
bool CountlyRequest::says_nothing(const Field& one, CountlyShape shape) {
  const std::string_view text = one.value.raw;
  return text.empty() || (shape == CountlyShape::flag && (text == "0" || text == "false"));
}

void CountlyRequest::add_parts() {
  const auto is_part = [](std::string_view key) {
    return std::any_of(kCountlyParts.begin(), kCountlyParts.end(), [&](const auto& part) { return part.field == key; });
  };
  for (const Field& one : fields_) {
    if (is_part(one.key) || one.key == "metrics" || one.value.raw.empty()) continue;
    if (std::find(kCountlyUnkept.begin(), kCountlyUnkept.end(), one.key) == kCountlyUnkept.end()) rest_.push_back(one);
  }
  const uint32_t before = builder_.count();
  bool empty_list = false;
  const bool ends = field("end_session") != nullptr;
  for (const CountlyPart& part : kCountlyParts) {
    const Field* one = field(part.field);
    if (!one || says_nothing(*one, part.shape) || (ends && part.field == "session_duration"))
      continue;  // the end says the seconds itself
    empty_list |= part.shape == CountlyShape::events;
    add(part, *one);
  }
  if (builder_.count() > before || empty_list) return;
  // Nothing happened: the request tells where the device is, or what it is.
  FoundEvent found = new_event();
  PropertyWriter properties;
  found.event.name = field("metrics") || field("location") || field("country_code") ? "$set" : "";
  finish("request", "null", found, properties);
}

void CountlyRequest::add(const CountlyPart& part, const Field& one) {
  if (part.shape == CountlyShape::events) return add_events(one);
  FoundEvent found = new_event();
  PropertyWriter properties;
  found.event.name = part.event;
  switch (part.shape) {
    case CountlyShape::text:
      properties.json(part.property, json_source(one.value));
      break;
    case CountlyShape::seconds:
      properties.json(part.property, number_of(one));
      break;
    case CountlyShape::flag:
      if (const Field* seconds = field("session_duration"); seconds && part.field == "end_session")
        properties.json("seconds", number_of(*seconds));
      break;
    default:
      object(part, one, found, properties);
  }
  finish(part.field, json_source(one.value), found, properties);
}

// A form has numbers as texts. What is no number stays as it was written.
std::string_view CountlyRequest::number_of(const Field& one) {
  auto cursor = opened(one);
  const JsonValue value = cursor ? cursor->value() : JsonValue();
  return value.kind == JsonKind::number ? value.raw : json_source(one.value);
}

void CountlyRequest::object(const CountlyPart& part, const Field& one, FoundEvent& found, PropertyWriter& properties) {
  auto cursor = opened(one);
  if (!cursor || cursor->peek() != '{') return note(Tag::properties_invalid);
  JsonCursor whole = *cursor;
  note_limits(whole.value());
  if (part.shape == CountlyShape::facts) return facts(*cursor, properties);
  for (bool more = cursor->begin_object(); more; more = cursor->next_member()) {
    const JsonText key = cursor->key();
    const JsonValue value = cursor->value();
    if (part.shape == CountlyShape::crash) {
      if (key.raw == "_error") properties.json("message", json_source(value));
      // Without the word the game ended.
      if (key.raw == "_nonfatal" && value.raw == "true") found.event.name = "error";
    }
    if (key.raw != "_error" || part.shape != CountlyShape::crash) properties.member(key, value);
  }
  if (part.shape == CountlyShape::crash) properties.text("kind", found.event.name == "error" ? "nonfatal" : "fatal");
}

// The standard facts and the game's own ("custom") side by side; what changes a fact, {"coins":{"$inc":5}}, is apart.
void CountlyRequest::facts(JsonCursor& cursor, PropertyWriter& properties) {
  PropertyWriter set, changes;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    if (key.raw != "custom" || cursor.peek() != '{') {
      set.member(key, cursor.value());
      continue;
    }
    for (bool inner = cursor.begin_object(); inner; inner = cursor.next_member()) {
      const JsonText name = cursor.key();
      const JsonValue value = cursor.value();
      (value.kind == JsonKind::object ? changes : set).member(name, value);
    }
  }
  if (!set.empty()) properties.json("$set", scratch_.texts.keep(std::move(set).finish()));
  if (!changes.empty()) properties.json("changes", scratch_.texts.keep(std::move(changes).finish()));
}

FoundEvent CountlyRequest::new_event() {
  wrong_ = reader_.wrong();
  FoundEvent found;
  found.event = common_;
  found.event.player = device_;
  found.has_time = has_time_;
  found.address = address_;
  return found;
}

// Countly's events carry no id. What makes one a repeat is the device, the time and the content, so that is what the
// id is derived from, and what is kept of an event that is refused.
void CountlyRequest::finish(std::string_view part, std::string_view source, FoundEvent& found,
                            PropertyWriter& properties) {
  std::string raw = R"({"device_id":)" + json_quoted(device_);
  if (found.has_time) raw += R"(,"timestamp":)" + std::to_string(found.event.time_ms);
  raw.append(",\"").append(part).append("\":").append(source).append("}");
  properties.json("metrics", std::exchange(metrics_, {}));
  for (const Field& one : rest_) properties.member(one.key_text, one.value);
  found.event.properties = scratch_.texts.keep(std::move(properties).finish());
  if (raw.size() > limits_.event_bytes_max) note(Tag::event_too_large);
  if (wrong_) return builder_.refuse(*wrong_, kept_.keep(std::move(raw)));
  found.raw = kept_.keep(std::move(raw));
  builder_.add(found);
}

// JSON inside a string, or (in a list of requests) as it stands; checked to its end.
std::optional<JsonCursor> CountlyRequest::opened(const Field& one) {
  if (one.value.kind != JsonKind::string) return one.at;
  if (!scratch_.nested.read(keep_padded(scratch_.texts, std::string(scratch_.texts.of(one.value)))))
    return std::nullopt;
  JsonCursor cursor(scratch_.nested);
  JsonCursor whole = cursor;
  whole.value();
  if (!whole.finish()) return std::nullopt;
  return cursor;
}

void CountlyRequest::note_limits(const JsonValue& value) {
  if (!value.is_text) note(Tag::text_invalid);
  if (value.depth > limits_.depth_max) note(Tag::event_too_deep);
  if (value.members > limits_.properties_max) note(Tag::event_properties_too_many);
}

}  // namespace gm::event_ingestion
