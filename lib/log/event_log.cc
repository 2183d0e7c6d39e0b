#include "lib/log/event_log.h"

namespace gm::log {

std::string_view topic_name(Topic topic) {
  switch (topic) {
    case Topic::events_raw:
      return "events.raw";
    case Topic::events_enriched:
      return "events.enriched";
    case Topic::events_rejected:
      return "events.rejected";
    case Topic::player_updates:
      return "player.updates";
    case Topic::notifications:
      return "notifications";
    case Topic::privacy_requests:
      return "privacy.requests";
  }
  return "unknown";
}

}  // namespace gm::log
