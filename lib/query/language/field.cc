#include "lib/query/language/field.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gm::query {
namespace {

constexpr std::string_view kProperty = "property.";
constexpr std::string_view kPlayerProperty = "player.property.";

struct Known {
  FieldKind kind;
  std::string_view name;
  FieldType type;
};
constexpr std::array kKnown = {
    Known{FieldKind::event, "event", FieldType::text},
    Known{FieldKind::country, "country", FieldType::text},
    Known{FieldKind::platform, "platform", FieldType::text},
    Known{FieldKind::device, "device", FieldType::text},
    Known{FieldKind::build, "build", FieldType::text},
    Known{FieldKind::source, "source", FieldType::text},
    Known{FieldKind::session, "session", FieldType::text},
    Known{FieldKind::revenue, "revenue", FieldType::number},
    Known{FieldKind::player_id, "player.id", FieldType::text},
    Known{FieldKind::player_country, "player.country", FieldType::text},
    Known{FieldKind::player_platform, "player.platform", FieldType::text},
    Known{FieldKind::player_build, "player.build", FieldType::text},
    Known{FieldKind::player_first_day, "player.first_day", FieldType::date},
    Known{FieldKind::player_events, "player.events", FieldType::number},
    Known{FieldKind::player_sessions, "player.sessions", FieldType::number},
    Known{FieldKind::player_revenue, "player.revenue", FieldType::number},
};

const Known* known(FieldKind kind) {
  const auto* found = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& each) { return each.kind == kind; });
  return found == kKnown.end() ? nullptr : found;
}

std::optional<Field> property_field(FieldKind kind, std::string_view name) {
  if (name.empty() || name.size() > kPropertyNameBytesMax) return std::nullopt;
  return Field{kind, std::string(name)};
}

}  // namespace

FieldType Field::type() const {
  const Known* found = known(kind);
  return found ? found->type : FieldType::json;
}

std::string Field::name() const {
  if (const Known* found = known(kind)) return std::string(found->name);
  return std::string(kind == FieldKind::property ? kProperty : kPlayerProperty) + property;
}

std::optional<Field> parse_field(std::string_view name) {
  if (name.starts_with(kProperty)) return property_field(FieldKind::property, name.substr(kProperty.size()));
  if (name.starts_with(kPlayerProperty)) {
    return property_field(FieldKind::player_property, name.substr(kPlayerProperty.size()));
  }
  const auto* found = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& each) { return each.name == name; });
  if (found == kKnown.end()) return std::nullopt;
  return Field{found->kind, {}};
}

}  // namespace gm::query
