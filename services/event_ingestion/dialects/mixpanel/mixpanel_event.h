#pragma once
// One event of /track and /import.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {

// Reads one event; lives as long as the views it gives out are needed.
class MixpanelEvent {
 public:
  MixpanelEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts)
      : reader_(limits, cursor, texts) {}

  // The cursor stands before the event's object. A tag when the event cannot be taken.
  std::optional<Tag> read(FoundEvent& found);
  // The key that the event carried; empty: none.
  std::string_view token() const { return token_; }

 private:
  void properties(FoundEvent& found);
  // True when the canonical event says the property already.
  bool property(std::string_view key, const codec::JsonValue& value, FoundEvent& found);
  bool identity(std::string_view key, const codec::JsonValue& value, FoundEvent& found);
  void dimension(std::string_view key, const codec::JsonValue& value, FoundEvent& found);
  void player(FoundEvent& found);
  void id(FoundEvent& found);
  void money(event::Event& event);
  void rename(FoundEvent& found);
  void put(std::string_view name, std::string_view text);

  EventReader reader_;
  PropertyWriter properties_;
  std::string text_;  // of the properties
  std::string_view token_, insert_id_, time_;
  std::string_view distinct_id_, user_id_, device_id_, identified_id_, anon_id_, merged_first_, merged_second_;
  std::string_view revenue_, currency_, length_, reason_, product_, quantity_;
  std::array<char, 3> currency_text_{};
};

// A time as Mixpanel takes it: whole or broken Unix seconds, Unix milliseconds, or ISO 8601 text.
std::optional<int64_t> mixpanel_time_ms(const codec::JsonValue& value, TextStore& texts);
// Ids that Mixpanel refuses beside those that no dialect takes.
bool is_mixpanel_placeholder(std::string_view player);
// The player's address, which is stored as the setting ingest.ip says.
bool is_address(std::string_view property);

}  // namespace gm::event_ingestion
