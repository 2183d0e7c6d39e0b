#include "services/event_ingestion/dialects/segment/segment_kinds.h"

namespace gm::event_ingestion {
namespace {

struct KindName {
  std::string_view name;
  SegmentKind kind;
};
constexpr KindName kKinds[] = {
    {"track", SegmentKind::track},   {"t", SegmentKind::track},     {"identify", SegmentKind::identify},
    {"i", SegmentKind::identify},    {"page", SegmentKind::page},   {"p", SegmentKind::page},
    {"screen", SegmentKind::screen}, {"s", SegmentKind::screen},    {"group", SegmentKind::group},
    {"g", SegmentKind::group},       {"alias", SegmentKind::alias}, {"a", SegmentKind::alias},
};

// The specification's own events (mobile, e-commerce) and the game model's in its "object, then action" style.
struct EventName {
  std::string_view segment;
  std::string_view ours;
};
constexpr EventName kEvents[] = {
    {"Application Installed", "first_open"}, {"Application Crashed", "crash"},
    {"Order Completed", "purchase"},         {"Completed Order", "purchase"},
    {"Level Started", "level_start"},        {"Level Completed", "level_complete"},
    {"Level Failed", "level_fail"},          {"Tutorial Completed", "tutorial_complete"},
};

}  // namespace

SegmentKind segment_kind(std::string_view type) {
  for (const KindName& one : kKinds) {
    if (one.name == type) return one.kind;
  }
  return SegmentKind::unknown;
}

std::string_view segment_event_name(std::string_view event) {
  for (const EventName& one : kEvents) {
    if (one.segment == event) return one.ours;
  }
  return event;
}

}  // namespace gm::event_ingestion
