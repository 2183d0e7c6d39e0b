#include "services/analytics_api/query_routes.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/analytics_api/access.h"
#include "services/analytics_api/parameters.h"
#include "services/analytics_api/query_refusals.h"
#include "services/analytics_api/render.h"
#include "services/analytics_api/render_table.h"

namespace gm::analytics_api {
namespace {

using http::Request;
using http::Response;
using Json = nlohmann::ordered_json;

constexpr int kAccepted = 202;

Response answered(const Json& json) {
  Response response;
  response.body = json_text(json);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

class QueryRoutes {
 public:
  explicit QueryRoutes(QueryRoutesDependencies dependencies)
      : d_(dependencies), access_(d_.keys, d_.metadata, d_.telemetry, d_.people) {}

  Response list(const Request& request) const {
    auto access = access_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    if (const auto problems = Parameters(request.query).problems(); !problems.empty()) {
      return invalid_query(problems, request.trace_id);
    }
    const int64_t now_ms = d_.clock.now_ms();
    Json json = {{"queries", Json::array()}};
    for (const RunningNote& note : d_.running.list(std::get<security::Principal>(access).project)) {
      json["queries"].push_back({{"id", note.id},
                                 {"kind", note.kind},
                                 {"text", note.text},
                                 {"key", note.key > 0 ? Json(note.key) : Json()},
                                 {"asker", identity::asker_name(note.key)},
                                 {"started_at", format_iso8601(note.started_ms)},
                                 {"running_ms", now_ms - note.started_ms},
                                 {"rows", note.rows},
                                 {"bytes", note.bytes},
                                 {"cancelled", note.cancelled}});
    }
    return answered(json);
  }

  Response cancel(const Request& request) const {
    auto access = access_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    if (const auto problems = Parameters(request.query).problems(); !problems.empty()) {
      return invalid_query(problems, request.trace_id);
    }
    const std::string id(request.path_parameters.empty() ? std::string_view() : request.path_parameters.front());
    const Status cancelled = d_.running.cancel(std::get<security::Principal>(access).project, id);
    if (!cancelled) {
      return http::problem(refusal_status(cancelled.error()).value(), cancelled.error().code, cancelled.error().message,
                           request.trace_id);
    }
    Response response = answered({{"id", id}, {"cancelled", true}});
    response.status = kAccepted;  // it ends soon
    return response;
  }

 private:
  const QueryRoutesDependencies d_;
  const Access access_;
};

}  // namespace

void register_query_routes(http::Router& router, QueryRoutesDependencies dependencies) {
  const auto routes = std::make_shared<const QueryRoutes>(dependencies);
  router.add(http::Method::get, "/api/v1/queries", [routes](const Request& request) { return routes->list(request); });
  router.add(http::Method::del, "/api/v1/queries/{id}",
             [routes](const Request& request) { return routes->cancel(request); });
}

}  // namespace gm::analytics_api
