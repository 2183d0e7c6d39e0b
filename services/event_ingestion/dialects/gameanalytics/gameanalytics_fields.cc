#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_fields.h"

#include <algorithm>

namespace gm::event_ingestion {
namespace {

using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void GameAnalyticsFields::add(const JsonText& key, const JsonValue& value) {
  fields_.push_back({key, texts_.of(key), value});
}

GameAnalyticsFields::Field* GameAnalyticsFields::find(std::string_view name) {
  const auto it = std::find_if(fields_.begin(), fields_.end(),
                               [&](const Field& field) { return !field.taken && field.name == name; });
  return it == fields_.end() ? nullptr : &*it;
}

const JsonValue* GameAnalyticsFields::peek(std::string_view name) const {
  const auto it = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
  return it == fields_.end() ? nullptr : &it->value;
}

void GameAnalyticsFields::drop(std::string_view name) {
  if (Field* field = find(name)) field->taken = true;
}

bool GameAnalyticsFields::text(std::string_view name, size_t chars_max, Presence presence, std::string_view& out) {
  Field* field = find(name);
  if (field == nullptr || field->value.kind == JsonKind::null) return presence == Presence::optional;
  if (field->value.kind != JsonKind::string) return false;
  field->taken = true;
  out = texts_.of(field->value);
  if (out.empty()) return presence == Presence::optional;
  return code_points(out) <= chars_max;
}

bool GameAnalyticsFields::number(std::string_view name, Presence presence, std::string_view& out) {
  Field* field = find(name);
  if (field == nullptr || field->value.kind == JsonKind::null) return presence == Presence::optional;
  if (field->value.kind != JsonKind::number) return false;
  field->taken = true;
  out = field->value.raw;
  return true;
}

void GameAnalyticsFields::write_rest(PropertyWriter& properties) const {
  for (const Field& field : fields_) {
    if (!field.taken) properties.member(field.key, field.value);
  }
}

}  // namespace gm::event_ingestion
