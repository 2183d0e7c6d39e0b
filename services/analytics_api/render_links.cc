#include "services/analytics_api/render_links.h"

#include <nlohmann/json.hpp>

#include "lib/base/time.h"

namespace gm::analytics_api {

using Json = nlohmann::ordered_json;

std::string render_links(const query::LinkPage& page) {
  Json links = Json::array();
  for (const query::ListedLink& link : page.links) {
    links.push_back({{"id", link.id},
                     {"kind", link.kind},
                     {"member", link.member},
                     {"player", link.player},
                     {"received_at", format_iso8601(link.received_ms)},
                     {"outcome", link.outcome},
                     {"undone_at", link.undone_ms ? Json(format_iso8601(*link.undone_ms)) : Json()}});
  }
  return Json{{"links", links}, {"next", page.next ? Json(*page.next) : Json()}}.dump();
}

std::string render_undo(const std::string& link) { return Json{{"id", link}, {"accepted", true}}.dump(); }

}  // namespace gm::analytics_api
