#pragma once
// What the parts of a Countly request are called in the game model: the one mapping table of the dialect.

#include <array>
#include <string_view>

namespace gm::event_ingestion {

// How the value of a field becomes properties.
enum class CountlyShape : uint8_t {
  flag,     // "1": the event needs nothing of it
  seconds,  // a number: the property `seconds`
  text,     // a property under `property`
  object,   // JSON: its members
  crash,    // JSON: its members, the error as `message`
  facts,    // JSON: facts about the player, into $set
  events,   // JSON list of the game's own events
};

struct CountlyPart {
  std::string_view field;
  std::string_view event;
  CountlyShape shape;
  std::string_view property = {};
};

// A request may carry several; each becomes an event of its own, in this order.
inline constexpr std::array kCountlyParts = {
    CountlyPart{"old_device_id", "$create_alias", CountlyShape::text, "alias"},
    CountlyPart{"begin_session", "session_start", CountlyShape::flag},
    CountlyPart{"consent", "consent", CountlyShape::object},
    CountlyPart{"user_details", "$set", CountlyShape::facts},
    CountlyPart{"events", "", CountlyShape::events},
    CountlyPart{"crash", "crash", CountlyShape::crash},
    CountlyPart{"apm", "apm", CountlyShape::object},
    CountlyPart{"campaign_id", "campaign_conversion", CountlyShape::text, "campaign_id"},
    CountlyPart{"session_duration", "session_update", CountlyShape::seconds, "seconds"},
    CountlyPart{"end_session", "session_end", CountlyShape::flag},
};

// Never kept: the key, what only secures or routes the request, and the player's address, which has a rule of its own.
inline constexpr std::array<std::string_view, 9> kCountlyUnkept = {
    "app_key", "checksum", "checksum256", "device_id", "ip", "ip_address", "rr", "t", "timestamp"};

}  // namespace gm::event_ingestion
