#pragma once
// One update of a profile: of a player (/engage) or of a group (/groups).

#include <optional>
#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {

// Reads one update; lives as long as the views it gives out are needed.
class MixpanelProfile {
 public:
  MixpanelProfile(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts, bool is_group)
      : reader_(limits, cursor, texts), is_group_(is_group) {}

  // The cursor stands before the update's object. A tag when it cannot be taken.
  std::optional<Tag> read(FoundEvent& found);
  std::string_view token() const { return token_; }

 private:
  void member(const codec::JsonText& key, std::string_view name, FoundEvent& found);
  // $set and its like, without addresses.
  std::string facts(uint32_t& members);
  void group(FoundEvent& found);

  EventReader reader_;
  const bool is_group_;
  PropertyWriter properties_;
  std::string text_, group_player_;
  std::string_view token_, distinct_id_, group_key_, group_id_;
};

}  // namespace gm::event_ingestion
