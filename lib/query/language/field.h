#pragma once
// What a filter may look at and a breakdown may divide by.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gm::query {

enum class FieldKind : uint8_t {
  event,
  country,
  platform,
  device,
  build,
  source,
  session,
  revenue,
  property,
  player_id,
  player_country,
  player_platform,
  player_build,
  player_first_day,
  player_events,
  player_sessions,
  player_revenue,
  player_property,
};

// Decides how a value is compared: text, numbers, calendar dates; `json` values are compared as what the rule's value
// is.
enum class FieldType : uint8_t { text, number, date, json };

struct Field {
  FieldKind kind = FieldKind::event;
  std::string property;  // the member's name, of property and player_property

  bool operator==(const Field&) const = default;
  bool of_player() const { return kind >= FieldKind::player_id; }
  FieldType type() const;
  // As in a request: "country", "property.level", "player.first_day", "player.property.vip".
  std::string name() const;
};

inline constexpr size_t kPropertyNameBytesMax = 200;

std::optional<Field> parse_field(std::string_view name);

}  // namespace gm::query
