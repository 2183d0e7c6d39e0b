#include "services/data_retention/privacy_routes.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/base/uuid.h"
#include "lib/event/refused_players.h"
#include "lib/identity/project_access.h"
#include "services/data_retention/privacy_files.h"

namespace gm::data_retention {
namespace {

using http::Request;
using http::Response;
using Json = nlohmann::ordered_json;

constexpr int64_t kListed = 50;
constexpr int64_t kListedMax = 500;
constexpr std::string_view kInvalid = "gm-privacy-invalid";

std::string_view state_name(store::PrivacyState state) {
  switch (state) {
    case store::PrivacyState::waiting:
      return "waiting";
    case store::PrivacyState::running:
      return "running";
    case store::PrivacyState::done:
      break;
  }
  return "done";
}

Json moment(int64_t ms) { return ms == 0 ? Json() : Json(format_iso8601(ms)); }

std::string_view kind_name(store::PrivacyKind kind) {
  return kind == store::PrivacyKind::data_export ? "export" : "erase";
}

Json rendered(const std::optional<store::PrivacyFile>& file) {
  if (!file) return nullptr;
  return {{"bytes", file->bytes}, {"sha256", file->sha256}, {"expires_at", format_iso8601(file->expires_ms)}};
}

Json rendered(const store::PrivacyRequest& request) {
  // A file is told of once it may be fetched.
  const bool done = request.state == store::PrivacyState::done;
  return {{"id", request.id},
          {"kind", kind_name(request.kind)},
          {"state", state_name(request.state)},
          {"player", request.player.empty() ? Json() : Json(request.player)},
          {"ids", request.ids_found},
          {"received_at", format_iso8601(request.received_ms)},
          {"due_at", format_iso8601(request.due_ms)},
          {"finished_at", moment(request.finished_ms)},
          {"requested_by", identity::asker_name(request.key)},
          {"trouble", request.trouble.empty() ? Json() : Json(request.trouble)},
          {"file", done ? rendered(request.file) : Json()}};
}

Response answered(const Json& json) {
  Response response;
  // Ids of players are bytes that somebody sent.
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response failed(const Request& request, const Error& error) {
  const bool unknown = error.code == "gm-privacy-unknown" || error.code == "gm-privacy-file-gone";
  const int status = error.code == kInvalid ? 400 : unknown ? 404 : error.code == "gm-privacy-busy" ? 429 : 503;
  Response response = http::problem(status, error.code, error.message, request.trace_id);
  if (status == 429) response.headers.emplace_back("Retry-After", "1");
  return response;
}

// What somebody may ask for, and what the log of changes calls it.
struct Asking {
  store::PrivacyKind kind;
  bool says_kind;  // the body has a member for it
  std::string_view did;
};
constexpr Asking kErasing = {store::PrivacyKind::erase, true, "erasure_asked"};
constexpr Asking kExporting = {store::PrivacyKind::data_export, false, "export_asked"};

// The id of the player whom the body names.
Result<std::string> player_of(const Asking& asking, std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) {
    return Error{std::string(kInvalid), asking.says_kind ? R"(the body is {"kind":"erase","player":"..."})"
                                                         : R"(the body is {"player":"..."})"};
  }
  for (const auto& [name, value] : json.items()) {
    if (name != "player" && (name != "kind" || !asking.says_kind))
      return Error{std::string(kInvalid), fmt::format("there is no member '{}'; there {}", name,
                                                      asking.says_kind ? "are kind and player" : "is player")};
    if (!value.is_string()) return Error{std::string(kInvalid), fmt::format("'{}' is a string", name)};
  }
  if (asking.says_kind && json.value("kind", "") != kind_name(asking.kind))
    return Error{std::string(kInvalid), fmt::format("'kind' is {}", kind_name(asking.kind))};
  std::string player = json.value("player", "");
  if (player.empty() || player.size() > event::kNameBytesMax)
    return Error{std::string(kInvalid), fmt::format("'player' is an id of 1 to {} bytes", event::kNameBytesMax)};
  return player;
}

class PrivacyRoutes {
 public:
  explicit PrivacyRoutes(PrivacyRoutesDependencies dependencies)
      : d_(std::move(dependencies)), files_(d_.objects, d_.settings.downloads_max) {}

  Response add(const Asking& asking, const Request& request) {
    auto access = d_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    const auto& principal = std::get<security::Principal>(access);
    const auto player = player_of(asking, request.body);
    if (!player) return failed(request, player.error());
    // One after the other, so that two that ask for the same player at once get one request.
    const std::lock_guard lock(adding_);
    const auto open = d_.requests.open_requests();
    if (!open) return failed(request, open.error());
    for (const store::PrivacyRequest& known : *open) {
      if (known.project == principal.project && known.player == *player && known.kind == asking.kind)
        return answered(rendered(known));
    }
    store::PrivacyRequest made;
    made.kind = asking.kind;
    made.id = Uuid::v7(d_.clock.now_ms(), d_.random).to_string();
    made.project = principal.project;
    made.player = *player;
    made.received_ms = d_.clock.now_ms();
    made.due_ms = made.received_ms + d_.settings.due_after_ms;
    made.key = principal.key;
    // Before the request: an entry without one does less harm than an erasure that nobody has asked for.
    if (const Status noted = d_.note(request, principal, asking.did, made.id); !noted)
      return failed(request, noted.error());
    if (const Status added = d_.requests.add(made); !added) return failed(request, added.error());
    d_.wake();
    return answered(rendered(made));
  }

  Response list(const Request& request) const {
    auto access = d_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    int64_t limit = kListed;
    bool given = false;
    const std::string text = request.query_parameter("limit", &given);
    if (given) {
      const auto parsed = std::from_chars(text.data(), text.data() + text.size(), limit);
      if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || limit < 1 || limit > kListedMax)
        return failed(request, {std::string(kInvalid), fmt::format("'limit' is 1 to {}", kListedMax)});
    }
    const auto found = d_.requests.requests(std::get<security::Principal>(access).project, limit);
    if (!found) return failed(request, found.error());
    Json json = {{"requests", Json::array()}};
    for (const store::PrivacyRequest& one : *found) json["requests"].push_back(rendered(one));
    return answered(json);
  }

  Response show(const Request& request) const {
    auto access = d_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    const std::string_view id = request.path_parameters.front();
    const auto found = d_.requests.find(std::get<security::Principal>(access).project, id);
    if (!found) return failed(request, found.error());
    if (!*found) return failed(request, unknown());
    const auto places = d_.requests.places(id);
    if (!places) return failed(request, places.error());
    Json json = rendered(**found);
    json["places"] = Json::array();
    for (const store::PrivacyPlace& place : *places) {
      json["places"].push_back(
          {{"place", place.place}, {"items", place.items}, {"finished_at", format_iso8601(place.finished_ms)}});
    }
    return answered(json);
  }

  // Whoever takes data of a person away is in the log of changes.
  Response file(const Request& request, std::shared_ptr<http::ResponseStream> stream) {
    auto access = d_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    const auto& principal = std::get<security::Principal>(access);
    const auto found = d_.requests.find(principal.project, request.path_parameters.front());
    if (!found) return failed(request, found.error());
    if (!*found) return failed(request, unknown());
    if ((*found)->file) {
      if (const Status noted = d_.note(request, principal, "export_fetched", (*found)->id); !noted)
        return failed(request, noted.error());
    }
    auto response = files_.begin(**found, std::move(stream));
    return response ? std::move(*response) : failed(request, response.error());
  }

 private:
  static Error unknown() { return {"gm-privacy-unknown", "the project has no such request"}; }

  const PrivacyRoutesDependencies d_;
  PrivacyFiles files_;
  std::mutex adding_;
};

}  // namespace

void register_privacy_routes(http::Router& router, PrivacyRoutesDependencies dependencies) {
  const auto routes = std::make_shared<PrivacyRoutes>(std::move(dependencies));
  constexpr const char* kPath = "/api/v1/privacy/requests";
  router.add(http::Method::post, kPath, [routes](const Request& request) { return routes->add(kErasing, request); });
  router.add(http::Method::post, "/api/v1/privacy/exports",
             [routes](const Request& request) { return routes->add(kExporting, request); });
  router.add_stream(http::Method::get, "/api/v1/privacy/requests/{id}/file",
                    [routes](const Request& request, std::shared_ptr<http::ResponseStream> stream) {
                      return routes->file(request, std::move(stream));
                    });
  router.add(http::Method::get, kPath, [routes](const Request& request) { return routes->list(request); });
  router.add(http::Method::get, "/api/v1/privacy/requests/{id}",
             [routes](const Request& request) { return routes->show(request); });
}

}  // namespace gm::data_retention
