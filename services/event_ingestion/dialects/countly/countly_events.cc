#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/dialects/countly/countly_request.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

bool is_scalar(const JsonValue& value) { return value.kind == JsonKind::string || value.kind == JsonKind::number; }

}  // namespace

void CountlyRequest::add_events(const Field& one) {
  auto cursor = opened(one);
  if (!cursor || cursor->peek() != '[') {
    return builder_.refuse(Tag::body_malformed, kept_.keep(std::string(json_source(one.value))));
  }
  for (bool more = cursor->begin_array(); more; more = cursor->next_element()) one_event(*cursor);
}

void CountlyRequest::one_event(JsonCursor& cursor) {
  const size_t start = cursor.position();
  if (cursor.peek() != '{') {
    cursor.value();
    return builder_.refuse(Tag::event_not_an_object, kept_.keep(std::string(cursor.since(start))));
  }
  FoundEvent found = new_event();
  PropertyWriter properties;
  sum_ = revenue_ = currency_ = view_ = {};
  JsonCursor whole = cursor;
  note_limits(whole.value());
  std::vector<std::pair<JsonText, JsonValue>> others;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    if (key.raw == "segmentation" && cursor.peek() == '{') {
      segmentation(cursor, properties);
      continue;
    }
    const JsonValue value = cursor.value();
    event_member(key.raw, value, found);
    if (key.raw != "key" && key.raw != "timestamp" && value.kind != JsonKind::null) others.emplace_back(key, value);
  }
  if (found.event.name == "[CLY]_view") {
    found.event.name = "$screen";
    properties.json("$screen_name", view_);
  }
  money(found.event);
  for (const auto& [key, value] : others) properties.member(key, value);
  finish("events", cursor.since(start), found, properties);
}

void CountlyRequest::event_member(std::string_view key, const JsonValue& value, FoundEvent& found) {
  if (key == "key") {
    if (value.kind == JsonKind::string) {
      found.event.name = scratch_.texts.of(value);
    } else if (value.kind != JsonKind::null) {
      note(Tag::event_name_invalid);
    }
  } else if (key == "timestamp" && value.kind != JsonKind::null) {
    const auto parsed = is_scalar(value) ? countly_time_ms(scratch_.texts.of(value)) : std::nullopt;
    if (!parsed) return note(Tag::event_time_invalid);
    found.event.time_ms = *parsed;
    found.has_time = true;
  } else if (key == "sum" && is_scalar(value)) {
    sum_ = scratch_.texts.of(value);
  } else if (key == "segmentation" && value.kind != JsonKind::null) {
    note(Tag::properties_invalid);
  }
}

void CountlyRequest::segmentation(JsonCursor& cursor, PropertyWriter& properties) {
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonValue value = cursor.value();
    if (key.raw == "name" && value.kind == JsonKind::string) view_ = json_source(value);
    if (key.raw == "revenue" && is_scalar(value)) revenue_ = scratch_.texts.of(value);
    if (key.raw == "currency" && value.kind == JsonKind::string) currency_ = scratch_.texts.of(value);
    properties.member(key, value);
  }
}

// "sum" is money only of a purchase: elsewhere it may be points or seconds.
void CountlyRequest::money(event::Event& event) {
  const std::string_view amount = revenue_.empty() && event.name == "purchase" ? sum_ : revenue_;
  const auto micros = amount.empty() ? std::nullopt : parse_micros(amount);
  if (!micros || !read_currency(currency_, currency_text_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_text_.data(), currency_text_.size());
}

}  // namespace gm::event_ingestion
