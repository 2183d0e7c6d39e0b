#pragma once
// One event of the PostHog dialect.

#include <array>
#include <optional>
#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

// Reads one event; lives as long as the views it gives out are needed.
class PosthogEvent {
 public:
  PosthogEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts, int64_t received_ms)
      : reader_(limits, cursor, texts), received_ms_(received_ms) {}

  // Reads the value behind `key`, a member of the event's object.
  void member(std::string_view key, FoundEvent& found);
  // After the last member: fills in what several members decide. A tag when the event cannot be taken.
  std::optional<Tag> complete(FoundEvent& found);
  // The key, wherever the event carried it; empty: nowhere.
  std::string_view token() const { return token_; }
  std::string_view key() { return reader_.key(); }

 private:
  void player(const codec::JsonValue& value);
  void offset(const codec::JsonValue& value, FoundEvent& found);
  void properties(FoundEvent& found);
  void property(std::string_view key, const codec::JsonValue& value);
  void money(event::Event& event);
  std::string_view merged_properties(std::string_view properties);
  std::string_view without_key(std::string_view properties);

  EventReader reader_;
  const int64_t received_ms_;
  std::string_view token_;
  std::string_view key_member_;       // the property that is a key, as written
  std::string_view player_;           // top level
  std::string_view property_player_;  // properties.distinct_id
  std::string_view set_, set_once_;   // beside the properties, as old SDKs send them
  std::string_view revenue_, currency_;
  std::string_view session_, country_, os_, os_name_, platform_, device_, device_type_, app_version_, app_build_,
      build_;
  std::array<char, 3> currency_text_{};
};

}  // namespace gm::event_ingestion
