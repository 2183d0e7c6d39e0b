#pragma once
// What the categories of GameAnalytics become in the game model (docs/reference/dialects/gameanalytics.md).

#include <array>
#include <string_view>

#include "lib/event/event.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_fields.h"

namespace gm::event_ingestion {

// An event half-way: the mapping fills in its name, its money and the properties that have canonical names.
struct GameAnalyticsDraft {
  GameAnalyticsFields& fields;
  event::Event& event;
  PropertyWriter properties = {};
  std::array<char, 3> currency = {};  // what event.currency views into
};

// False when the category's own rules are broken. A category that is not known keeps its name and its fields.
bool map_gameanalytics(std::string_view category, GameAnalyticsDraft& draft);

// "Start:world1:level3" cut at its first colon: {"Start", "world1:level3"}; a text without a colon is all head.
struct EventIdParts {
  std::string_view head, rest;
};
EventIdParts split_event_id(std::string_view event_id);
// One to `parts_max` parts, each of 1 to 64 letters, digits, blanks and -_.()!?
bool is_event_id(std::string_view event_id, size_t parts_max);

}  // namespace gm::event_ingestion
