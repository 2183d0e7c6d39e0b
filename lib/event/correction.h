#pragma once
// What is put right in the stored events of a player, and events with it.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/event/event.h"

namespace gm::event {

inline constexpr size_t kCorrectedPropertiesMax = 50;

struct Correction {
  std::optional<std::string> country, platform;  // empty: not known any more
  // Name, and the JSON that takes the place of its value; empty: the property goes.
  std::vector<std::pair<std::string, std::string>> properties;
};

// Of {"country":"AT","platform":null,"properties":{"age":"adult","email":null}}, with at least one of them; null takes
// away. Error gm-privacy-invalid, with what is wrong.
Result<Correction> parse_correction(std::string_view json);

// Corrects what an event has; what it has not, it does not get: a country where one was given, and a property of that
// name in the event's properties, or in their $set and $set_once. The rest stays as it was sent, but for white space
// between members. True when something changed; the event's texts are then in `correction` and `properties`.
bool correct(const Correction& correction, Event& event, std::string& properties);

}  // namespace gm::event
