#pragma once
// What the analytics store keeps of the shape of events: which properties came with which event, of which types.
// Like every sum, they are changes that are added up.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/event/property_type.h"

namespace gm::store {

struct EventShapeDelta {
  ProjectId project;
  std::string event;
  int64_t events = 0;
  int64_t first_ms = 0, last_ms = 0;  // of receipt
};

struct PropertyShapeDelta {
  ProjectId project;
  std::string event, property;
  event::PropertyType type = event::PropertyType::string;
  int64_t values = 0;
  int64_t first_ms = 0, last_ms = 0;  // of receipt
  std::string sample;  // the first value of this type, as it came, cut; empty in all changes but the first
};

// What was not learned, because a limit was reached.
struct ShapeOverflowDelta {
  ProjectId project;
  std::string_view reason;  // stable
  int64_t times = 0;
};
inline constexpr std::string_view kTooManyEventNames = "too_many_event_names";
inline constexpr std::string_view kTooManyProperties = "too_many_properties";
inline constexpr std::string_view kPropertyNameTooLong = "property_name_too_long";

// What is known of a project without the sums.
struct KnownShapes {
  struct Property {
    std::string event, name;
    event::PropertyTypes types;  // that were seen
  };
  std::vector<std::string> events;
  std::vector<Property> properties;
};

}  // namespace gm::store
