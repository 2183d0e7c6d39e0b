#include "services/data_retention/privacy_routes.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "lib/base/time.h"
#include "lib/base/uuid.h"
#include "lib/codec/json_cursor.h"
#include "lib/event/correction.h"
#include "lib/event/refused_players.h"
#include "lib/identity/project_access.h"
#include "services/data_retention/player_ids.h"
#include "services/data_retention/privacy_files.h"
#include "services/data_retention/request_kinds.h"

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

// A restriction or objection that is done keeps players out until it is lifted, and knows of whom.
bool in_force(const store::PrivacyRequest& request) {
  const bool keeps_out =
      request.kind == store::PrivacyKind::restriction || request.kind == store::PrivacyKind::objection;
  return keeps_out && request.state == store::PrivacyState::done && !request.player.empty();
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
          {"in_force", in_force(request)},
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
  const int status = error.code == kInvalid                  ? 400
                     : unknown                               ? 404
                     : error.code == "gm-privacy-restricted" ? 409
                     : error.code == "gm-privacy-busy"       ? 429
                                                             : 503;
  Response response = http::problem(status, error.code, error.message, request.trace_id);
  if (status == 429) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Error invalid(std::string message) { return {std::string(kInvalid), std::move(message)}; }

// A member that stands twice: one of the two would count, and an erasure is not taken back. Empty: there is none.
std::string repeated_member(std::string_view body) {
  codec::JsonIndex index;
  if (!index.read(body)) return {};
  codec::JsonCursor cursor(index);
  std::set<std::string> names;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const codec::JsonText key = cursor.key();
    const std::string name = key.escaped ? codec::json_unescape(key.raw) : std::string(key.raw);
    if (!names.insert(name).second) return name;
    (void)cursor.value();
    if (cursor.broken()) break;
  }
  return {};
}

// A member as it was sent: what is put right keeps its digits. Precondition: the body is a JSON object that has it.
std::string sent_member(std::string_view body, std::string_view name) {
  codec::JsonIndex index;
  if (!index.read(body)) return {};
  codec::JsonCursor cursor(index);
  std::string found;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const bool wanted = cursor.key().raw == name;
    const size_t start = cursor.position();
    (void)cursor.value();
    if (wanted && !cursor.broken()) found = cursor.since(start);
  }
  return found;
}

// What the body asks for, of whom, and what is put right. `exporting`: the route says the kind.
Result<store::PrivacyRequest> asked_in(std::string_view body, bool exporting) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object())
    return invalid(exporting ? R"(the body is {"player":"..."})" : R"(the body is {"kind":"erase","player":"..."})");
  if (const std::string repeated = repeated_member(body); !repeated.empty())
    return invalid(fmt::format("the member '{}' stands twice", repeated));
  for (const auto& [name, value] : json.items()) {
    const bool known = name == "player" || (!exporting && (name == "kind" || name == "set"));
    if (!known) return invalid(fmt::format("there is no member '{}'", name));
    if (name != "set" && !value.is_string()) return invalid(fmt::format("'{}' is a string", name));
  }
  const auto kind = exporting ? std::optional(store::PrivacyKind::data_export) : parse_kind(json.value("kind", ""));
  if (!kind || (!exporting && *kind == store::PrivacyKind::data_export))
    return invalid("'kind' is erase, restrict, object, lift or rectify");
  store::PrivacyRequest asked;
  asked.kind = *kind;
  asked.player = json.value("player", "");
  if (asked.player.empty() || asked.player.size() > event::kNameBytesMax)
    return invalid(fmt::format("'player' is an id of 1 to {} bytes", event::kNameBytesMax));
  if (json.contains("set") != (*kind == store::PrivacyKind::rectify))
    return invalid("a rectification has a member 'set', and nothing else has");
  if (*kind != store::PrivacyKind::rectify) return asked;
  asked.correction = sent_member(body, "set");
  const auto correction = event::parse_correction(asked.correction);
  if (!correction) return correction.error();
  return asked;
}

class PrivacyRoutes {
 public:
  explicit PrivacyRoutes(PrivacyRoutesDependencies dependencies)
      : d_(std::move(dependencies)), files_(d_.objects, d_.settings.downloads_max) {}

  Response add(const Request& request, bool exporting) {
    auto access = d_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    const auto& principal = std::get<security::Principal>(access);
    auto asked = asked_in(request.body, exporting);
    if (!asked) return failed(request, asked.error());
    asked->project = principal.project;
    // One after the other, so that two that ask for the same at once get one request.
    const std::lock_guard lock(adding_);
    const auto known = known_one(*asked);
    if (!known) return failed(request, known.error());
    if (*known) return answered(rendered(**known));
    asked->id = Uuid::v7(d_.clock.now_ms(), d_.random).to_string();
    asked->received_ms = d_.clock.now_ms();
    asked->due_ms = asked->received_ms + d_.settings.due_after_ms;
    asked->key = principal.key;
    // Before the request: an entry without one does less harm than an erasure that nobody has asked for.
    if (const Status noted = d_.note(request, principal, asked_name(asked->kind), asked->id); !noted)
      return failed(request, noted.error());
    if (const Status added = d_.requests.add(*asked); !added) return failed(request, added.error());
    d_.wake();
    return answered(rendered(*asked));
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
  // The request that asks for the same and is open or in force. Error gm-privacy-restricted.
  Result<std::optional<store::PrivacyRequest>> known_one(const store::PrivacyRequest& asked) const {
    using Found = std::optional<store::PrivacyRequest>;
    const auto open = d_.requests.open_requests();
    if (!open) return open.error();
    for (const store::PrivacyRequest& known : *open) {
      if (known.project == asked.project && known.player == asked.player && known.kind == asked.kind &&
          known.correction == asked.correction)
        return Found(known);
    }
    const auto remembered = d_.requests.remembered();
    if (!remembered) return remembered.error();
    for (const store::PrivacyRequest& known : *remembered) {
      if (!in_force(known) || !is_about(known, asked.project, {asked.player})) continue;
      if (known.kind == asked.kind) return Found(known);
      if (known.kind == store::PrivacyKind::restriction && asked.kind == store::PrivacyKind::data_export)
        return Error{"gm-privacy-restricted",
                     "the player's data is restricted, so that it is in no table that could be read; lift it first"};
    }
    return Found();
  }
  static Error unknown() { return {"gm-privacy-unknown", "the project has no such request"}; }

  const PrivacyRoutesDependencies d_;
  PrivacyFiles files_;
  std::mutex adding_;
};

}  // namespace

void register_privacy_routes(http::Router& router, PrivacyRoutesDependencies dependencies) {
  const auto routes = std::make_shared<PrivacyRoutes>(std::move(dependencies));
  constexpr const char* kPath = "/api/v1/privacy/requests";
  router.add(http::Method::post, kPath, [routes](const Request& request) { return routes->add(request, false); });
  router.add(http::Method::post, "/api/v1/privacy/exports",
             [routes](const Request& request) { return routes->add(request, true); });
  router.add_stream(http::Method::get, "/api/v1/privacy/requests/{id}/file",
                    [routes](const Request& request, std::shared_ptr<http::ResponseStream> stream) {
                      return routes->file(request, std::move(stream));
                    });
  router.add(http::Method::get, kPath, [routes](const Request& request) { return routes->list(request); });
  router.add(http::Method::get, "/api/v1/privacy/requests/{id}",
             [routes](const Request& request) { return routes->show(request); });
}

}  // namespace gm::data_retention
