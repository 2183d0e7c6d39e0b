#pragma once
// What Amplitude's own event types are called here.

#include <string_view>

namespace gm::event_ingestion {

inline constexpr std::string_view kAmplitudeIdentify = "$identify";
inline constexpr std::string_view kAmplitudeGroupIdentify = "$groupidentify";

// The game model's name for an event type; the type itself where the model has none.
std::string_view amplitude_event_name(std::string_view type);

}  // namespace gm::event_ingestion
