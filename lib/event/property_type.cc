#include "lib/event/property_type.h"

namespace gm::event {
namespace {

constexpr std::array<std::string_view, kPropertyTypes.size()> kNames = {"string", "number", "boolean",
                                                                        "list",   "object", "null"};

}  // namespace

std::string_view property_type_name(PropertyType type) { return kNames.at(static_cast<size_t>(type)); }

std::optional<PropertyType> find_property_type(std::string_view name) {
  for (const PropertyType type : kPropertyTypes) {
    if (property_type_name(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace gm::event
