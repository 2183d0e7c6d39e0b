#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_event.h"

#include <limits>

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonText;
using codec::JsonValue;

constexpr int64_t kClientTsMax = 99'999'999'999;  // of the protocol, in seconds
constexpr size_t kAnyLength = std::numeric_limits<size_t>::max();

}  // namespace

void GameAnalyticsEvent::read_fields() {
  JsonCursor& cursor = reader_.cursor();
  uint32_t members = 0;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonValue value = cursor.value();
    members += 1 + value.members;
    reader_.check(key.is_text && value.is_text, 1 + value.depth, members);
    fields_.add(key, value);
  }
}

void GameAnalyticsEvent::take(std::string_view name, Tag tag, std::string_view& out) {
  if (!fields_.text(name, kAnyLength, Presence::optional, out)) reader_.note(tag);
}

// Whole seconds. SDKs leave the member out when it is not plausible.
void GameAnalyticsEvent::time(FoundEvent& found) {
  std::string_view text;
  if (!fields_.number("client_ts", Presence::optional, text)) return reader_.note(Tag::event_time_invalid);
  if (text.empty()) return;
  const auto seconds = parse_time_ms(text, true);
  if (!seconds || *seconds < 0 || *seconds > kClientTsMax) return reader_.note(Tag::event_time_invalid);
  found.event.time_ms = *seconds * 1000;
  found.has_time = true;
}

void GameAnalyticsEvent::annotations(FoundEvent& found) {
  take("event_uuid", Tag::event_id_invalid, found.id_text);
  take("user_id", Tag::player_id_invalid, found.event.player);
  take("session_id", Tag::field_invalid, found.event.session);
  take("platform", Tag::field_invalid, found.event.platform);
  take("device", Tag::field_invalid, found.event.device);
  take("build", Tag::field_invalid, found.event.build);
  time(found);
  fields_.drop("v");  // of the protocol: the path says it
}

std::optional<Tag> GameAnalyticsEvent::read(FoundEvent& found) {
  read_fields();
  std::string_view category;
  // The category is seen among the properties, too: an event of its own name may come from several.
  GameAnalyticsDraft draft{fields_, found.event};
  take("category", Tag::event_name_invalid, category);
  if (!category.empty()) draft.properties.text("category", category);
  annotations(found);
  if (reader_.wrong()) return reader_.wrong();
  if (category.empty()) return Tag::event_name_missing;
  if (!map_gameanalytics(category, draft)) return Tag::field_invalid;
  if (!found.event.currency.empty()) {
    currency_ = draft.currency;
    found.event.currency = std::string_view(currency_.data(), currency_.size());
  }
  fields_.write_rest(draft.properties);
  properties_ = std::move(draft.properties).finish();
  found.event.properties = properties_;
  return std::nullopt;
}

}  // namespace gm::event_ingestion
