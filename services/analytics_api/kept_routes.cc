#include "services/analytics_api/kept_routes.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/analytics_api/access.h"
#include "services/analytics_api/render_table.h"

namespace gm::analytics_api {
namespace {

using http::Request;
using http::Response;
using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> kKinds = {"note", "segment", "board"};
constexpr size_t kIdBytesMax = 40;
constexpr int kNothing = 204;

Response answered(const Json& json) {
  Response response;
  response.body = json_text(json);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

int status_of(const Error& error) {
  if (error.code == "gm-kept-unknown") return 404;
  if (error.code == "gm-kept-full") return 422;
  return error.code == "gm-request-invalid" ? 400 : 503;
}

Response refused(const Error& error, const Request& request) {
  const int status = status_of(error);
  Response response = http::problem(status, error.code, error.message, request.trace_id);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

// It stands in addresses and is chosen by the caller, who is told rather than misunderstood.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// What was kept was an object; a file that somebody has changed by hand must not break the whole list.
Json item_json(const store::KeptItem& item) {
  Json body = Json::parse(item.body, nullptr, false);
  if (body.is_discarded()) body = Json();
  return {{"id", item.id},
          {"changed_at", format_iso8601(item.changed_ms)},
          {"changed_by", item.changed_by},
          {"body", std::move(body)}};
}

class KeptRoutes {
 public:
  explicit KeptRoutes(KeptRoutesDependencies dependencies)
      : d_(dependencies), access_(d_.keys, d_.metadata, d_.telemetry, d_.people) {}

  using Handler = Result<Response> (KeptRoutes::*)(const security::Principal&, const Request&) const;

  Response handle(const Request& request, Handler handler) const {
    auto access = access_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    const std::string_view kind = request.path_parameters.front();
    if (std::ranges::find(kKinds, kind) == kKinds.end())
      return refused({"gm-kept-unknown", "the kinds that are kept: note, segment, board"}, request);
    auto response = (this->*handler)(std::get<security::Principal>(access), request);
    return response ? std::move(*response) : refused(response.error(), request);
  }

  Result<Response> list(const security::Principal& principal, const Request& request) const {
    const auto items = d_.kept.kept(principal.project, request.path_parameters[0]);
    if (!items) return items.error();
    Json json = {{"items", Json::array()}};
    for (const store::KeptItem& item : *items) json["items"].push_back(item_json(item));
    return answered(json);
  }

  Result<Response> keep(const security::Principal& principal, const Request& request) const {
    const std::string_view id = request.path_parameters[1];
    if (!is_id(id)) return Error{"gm-request-invalid", "an id has 1 to 40 letters, digits, '-' and '_'"};
    if (request.body.size() > d_.settings.item_bytes_max)
      return Error{"gm-request-invalid", "the body is longer than kept.item_bytes_max allows (" +
                                             std::to_string(d_.settings.item_bytes_max) + " bytes)"};
    const Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_object()) return Error{"gm-request-invalid", "the body is no JSON object"};
    const store::KeptItem item{std::string(id), json_text(body), d_.clock.now_ms(),
                               identity::asker_name(principal.key)};
    const auto done = d_.kept.keep(principal.project, request.path_parameters[0], item, d_.settings.items_max);
    if (!done) return done.error();
    return answered(item_json(item));
  }

  Result<Response> forget(const security::Principal& principal, const Request& request) const {
    const auto done = d_.kept.forget(principal.project, request.path_parameters[0], request.path_parameters[1]);
    if (!done) return done.error();
    Response response;
    response.status = kNothing;
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }

 private:
  const KeptRoutesDependencies d_;
  const Access access_;
};

}  // namespace

KeptSettings KeptSettings::from(const config::Settings& settings) {
  return {settings.integer("kept.items_max"), static_cast<size_t>(settings.bytes("kept.item_bytes_max"))};
}

void register_kept_routes(http::Router& router, KeptRoutesDependencies dependencies) {
  const auto routes = std::make_shared<const KeptRoutes>(dependencies);
  const auto add = [&](http::Method method, const char* pattern, KeptRoutes::Handler handler) {
    router.add(method, pattern, [routes, handler](const Request& request) { return routes->handle(request, handler); });
  };
  add(http::Method::get, "/api/v1/kept/{kind}", &KeptRoutes::list);
  add(http::Method::put, "/api/v1/kept/{kind}/{id}", &KeptRoutes::keep);
  add(http::Method::del, "/api/v1/kept/{kind}/{id}", &KeptRoutes::forget);
}

}  // namespace gm::analytics_api
