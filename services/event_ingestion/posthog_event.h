#pragma once
// One event of the PostHog dialect.

#include <simdjson.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "services/event_ingestion/batch_builder.h"
#include "services/event_ingestion/event_fields.h"

namespace gm::event_ingestion {

// Reads one event; lives as long as the views it gives out are needed.
class PosthogEvent {
 public:
  PosthogEvent(const IngestSettings& limits, int64_t received_ms) : limits_(limits), received_ms_(received_ms) {}

  // Fills `found`; a tag when the event cannot be taken. Throws JsonBroken.
  std::optional<Tag> read(simdjson::ondemand::object object, FoundEvent& found);
  // The key, wherever the event carried it; empty: nowhere.
  std::string_view token() const { return token_; }

 private:
  std::optional<Tag> field_value(std::string_view key, simdjson::ondemand::value value, FoundEvent& found);
  std::optional<Tag> player(simdjson::ondemand::value value);
  std::optional<Tag> time(const Scalar& scalar, FoundEvent& found);
  std::optional<Tag> properties(simdjson::ondemand::value value, FoundEvent& found);
  void property(const Property& property);
  std::optional<Tag> complete(FoundEvent& found);

  const IngestSettings& limits_;
  const int64_t received_ms_;
  std::string_view token_;
  std::string_view player_;           // top level
  std::string_view property_player_;  // properties.distinct_id
  std::string_view revenue_, currency_;
  std::string_view session_, country_, platform_, device_, device_type_, build_, app_build_;
  std::array<char, 3> currency_text_{};
};

}  // namespace gm::event_ingestion
