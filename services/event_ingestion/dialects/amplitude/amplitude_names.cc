#include "services/event_ingestion/dialects/amplitude/amplitude_names.h"

namespace gm::event_ingestion {
namespace {

struct EventName {
  std::string_view amplitude;
  std::string_view ours;
};
constexpr EventName kEvents[] = {
    {"revenue_amount", "purchase"},
    {"[Amplitude] Revenue", "purchase"},
    {"[Amplitude] Application Installed", "first_open"},
    {"[Amplitude] Start Session", "session_start"},
    {"[Amplitude] End Session", "session_end"},
    {"[Amplitude] Page Viewed", "$pageview"},
    {"[Amplitude] Screen Viewed", "$screen"},
};

}  // namespace

std::string_view amplitude_event_name(std::string_view type) {
  for (const EventName& one : kEvents) {
    if (one.amplitude == type) return one.ours;
  }
  return type;
}

}  // namespace gm::event_ingestion
