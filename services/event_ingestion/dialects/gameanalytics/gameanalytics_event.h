#pragma once
// One event of the GameAnalytics dialect.

#include <optional>
#include <string>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_mapping.h"

namespace gm::event_ingestion {

// Reads one event; lives as long as the views it gives out are needed.
class GameAnalyticsEvent {
 public:
  GameAnalyticsEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts)
      : reader_(limits, cursor, texts), fields_(texts) {}

  // The cursor stands before the event's object. A tag when the event cannot be taken.
  std::optional<Tag> read(FoundEvent& found);

 private:
  void read_fields();
  // What every category carries.
  void annotations(FoundEvent& found);
  void take(std::string_view name, Tag tag, std::string_view& out);
  void time(FoundEvent& found);

  EventReader reader_;
  GameAnalyticsFields fields_;
  std::array<char, 3> currency_{};
  std::string properties_;
};

}  // namespace gm::event_ingestion
