#include "services/event_ingestion/dialects/mixpanel/mixpanel_profile.h"

#include "services/event_ingestion/dialects/mixpanel/mixpanel_event.h"

namespace gm::event_ingestion {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

std::string MixpanelProfile::facts(uint32_t& members) {
  JsonCursor& cursor = reader_.cursor();
  PropertyWriter kept;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonValue value = cursor.value();
    members += 1 + value.members;
    reader_.check(key.is_text && value.is_text, 2 + value.depth, members);
    if (!is_address(reader_.texts().of(key))) kept.member(key, value);
  }
  return std::move(kept).finish();
}

void MixpanelProfile::member(const JsonText& key, std::string_view name, FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  if (name.starts_with("$") && cursor.peek() == '{') {
    uint32_t members = 1;
    const std::string object = facts(members);
    // Facts about a group have a name of their own, so that they are not taken for the player's.
    const bool renamed = is_group_ && name == "$set";
    properties_.json(renamed ? std::string_view("$group_set") : key.raw, object);
    return;
  }
  const JsonValue value = reader_.value();
  const bool is_scalar = value.kind == JsonKind::string || value.kind == JsonKind::number;
  const auto text = [&] { return is_scalar ? reader_.texts().of(value) : std::string_view(); };
  if (name == "$token") {
    token_ = text();
  } else if (name == "$distinct_id") {
    distinct_id_ = text();
    if (!is_scalar && value.kind != JsonKind::null) reader_.note(Tag::player_id_invalid);
  } else if (is_group_ && name == "$group_key") {
    group_key_ = text();
  } else if (is_group_ && name == "$group_id") {
    group_id_ = text();
  } else if (name == "$time") {
    const auto time_ms = mixpanel_time_ms(value, reader_.texts());
    if (!time_ms && value.kind != JsonKind::null) reader_.note(Tag::event_time_invalid);
    found.has_time = time_ms.has_value();
    found.event.time_ms = time_ms.value_or(0);
  } else if (name == "$set" || name == "$set_once" || name == "$add" || name == "$append") {
    if (value.kind != JsonKind::null) reader_.note(Tag::properties_invalid);
  } else if (is_address(name)) {
    found.address = text();
  } else {
    properties_.member(key, value);
  }
}

// A group has no player; it stands for itself as it does in the clients of PostHog.
void MixpanelProfile::group(FoundEvent& found) {
  found.event.name = "$groupidentify";
  if (group_key_.empty() || group_id_.empty()) return reader_.note(Tag::field_invalid);
  properties_.text("$group_type", group_key_);
  properties_.text("$group_key", group_id_);
  group_player_ = "$" + std::string(group_key_) + "_" + std::string(group_id_);
  found.event.player = group_player_;
}

std::optional<Tag> MixpanelProfile::read(FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    if (!key.is_text) reader_.note(Tag::text_invalid);
    member(key, reader_.texts().of(key), found);
  }
  found.event.name = "$set";
  found.event.player = distinct_id_;
  if (is_group_) group(found);
  if (is_mixpanel_placeholder(found.event.player)) reader_.note(Tag::player_id_refused);
  text_ = std::move(properties_).finish();
  found.event.properties = text_;
  return reader_.wrong();
}

}  // namespace gm::event_ingestion
