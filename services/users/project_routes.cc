#include <algorithm>

#include "lib/base/time.h"
#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Method;
using http::Response;
using Parts = UsersApi::Parts;
using query::ObjectReader;

constexpr size_t kEnvironmentBytesMax = 50;
constexpr size_t kZoneBytesMax = 100;
constexpr size_t kCurrencyBytes = 3;
constexpr size_t kOriginsMax = 50;
constexpr int64_t kMsPerSecondOfBody = 1000;
constexpr int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::string_view kProduction = "production";
const std::vector<std::string_view> kKinds = {"write", "project", "gameanalytics", "server"};

Json project_json(const identity::OwnedProject& one) {
  const store::Project& project = one.project;
  return {{"id", project.id.value()},
          {"organisation", one.organisation},
          {"name", project.name},
          {"environment", one.environment},
          {"game", one.game},
          {"time_zone", project.time_zone},
          {"currency", project.currency},
          {"created_at", format_iso8601(project.created_ms)}};
}

Json key_json(const store::Key& key) {
  return {{"id", key.id},
          {"kind", security::kind_name(key.kind)},
          {"prefix", key.prefix},
          {"origins", key.origins},
          {"created_at", format_iso8601(key.created_ms)},
          {"revoked_at", optional_time(key.revoked_ms)}};
}

// Its texts are shown here and never again.
Response shown_key(const ShownKey& shown) {
  Json json = key_json(shown.key);
  json["key"] = shown.made.text;
  if (!shown.made.secret.empty()) json["secret"] = shown.made.secret;
  return answered(json, 201);
}

security::KeyKind kind_of(size_t index) {
  constexpr security::KeyKind kinds[] = {security::KeyKind::write, security::KeyKind::project,
                                         security::KeyKind::gameanalytics, security::KeyKind::server};
  return kinds[index];
}

// Letters, digits and hyphens: it stands in names and addresses.
std::string read_environment(ObjectReader& reader, std::string_view fallback) {
  std::string name = reader.text_or("environment", kEnvironmentBytesMax, fallback);
  const bool fits = std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
  if (!fits) reader.complain("environment", "has other characters than a-z, 0-9, '-' and '_'");
  return name;
}

std::string read_name(ObjectReader& reader) {
  if (!reader.has("name")) reader.complain("name", "is missing");
  return reader.text_or("name", kNameBytesMax, "");
}

std::vector<std::string> read_origins(ObjectReader& reader) {
  std::vector<std::string> origins;
  if (!reader.has("origins")) return origins;
  for (const nlohmann::json* each : reader.list("origins", kOriginsMax)) {
    if (each->is_string()) {
      origins.push_back(each->get<std::string>());
    } else {
      reader.complain("origins", "holds something that is no text");
    }
  }
  return origins;
}

Result<Response> list_projects(Parts& parts, Call& call) {
  const auto all = parts.d.store.owned_projects();
  if (!all) return all.error();
  Json list = Json::array();
  for (const identity::OwnedProject& one : *all) {
    if (one.organisation == call.organisation) list.push_back(project_json(one));
  }
  return answered({{"projects", std::move(list)}});
}

Result<Response> create_project(Parts& parts, Call& call) {
  WantedProject wanted;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    wanted.name = read_name(reader);
    wanted.environment = read_environment(reader, kProduction);
    wanted.time_zone = reader.text_or("time_zone", kZoneBytesMax, "UTC");
    wanted.currency = reader.text_or("currency", kCurrencyBytes, "USD");
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.projects.create(call.caller.actor(), call.organisation, wanted);
  if (!made) return made.error();
  return answered(project_json(*made), 201);
}

Result<Response> project(Parts&, Call& call) { return answered(project_json(*call.project)); }

Result<Response> rename_project(Parts& parts, Call& call) {
  std::string name;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    name = read_name(reader);
  }
  if (!call.problems.empty()) return Response();
  if (const auto done = parts.projects.rename(call.caller.actor(), *call.project, name); !done) return done.error();
  call.project->project.name = name;
  return answered(project_json(*call.project));
}

Result<Response> add_environment(Parts& parts, Call& call) {
  std::string environment;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    if (!reader.has("environment")) reader.complain("environment", "is missing");
    environment = read_environment(reader, "");
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.projects.add_environment(call.caller.actor(), *call.project, environment);
  if (!made) return made.error();
  return answered(project_json(*made), 201);
}

Result<Response> list_keys(Parts& parts, Call& call) {
  const auto keys = parts.projects.keys(call.project->project.id);
  if (!keys) return keys.error();
  Json list = Json::array();
  for (const store::Key& key : *keys) list.push_back(key_json(key));
  return answered({{"keys", std::move(list)}});
}

Result<Response> create_key(Parts& parts, Call& call) {
  size_t kind = 0;
  std::vector<std::string> origins;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    if (!reader.has("kind")) reader.complain("kind", "is missing");
    kind = reader.word("kind", kKinds, 0);
    origins = read_origins(reader);
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.projects.add_key(call.grantor(), *call.project, kind_of(kind), origins);
  if (!made) return made.error();
  return shown_key(*made);
}

Result<Response> rotate_key(Parts& parts, Call& call) {
  int64_t overlap_ms = kDayMs;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    overlap_ms = reader.integer("overlap_seconds", kDayMs / kMsPerSecondOfBody, 0,
                                parts.settings.key_overlap_max_ms / kMsPerSecondOfBody) *
                 kMsPerSecondOfBody;
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.projects.rotate_key(call.grantor(), *call.project, call.number, overlap_ms);
  if (!made) return made.error();
  return shown_key(*made);
}

Result<Response> set_origins(Parts& parts, Call& call) {
  std::vector<std::string> origins;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    if (!reader.has("origins")) reader.complain("origins", "is missing");
    origins = read_origins(reader);
  }
  if (!call.problems.empty()) return Response();
  const auto done = parts.projects.set_origins(call.caller.actor(), *call.project, call.number, origins);
  if (!done) return done.error();
  return nothing();
}

Result<Response> end_key(Parts& parts, Call& call) {
  const auto done = parts.projects.end_key(call.caller.actor(), *call.project, call.number);
  if (!done) return done.error();
  return nothing();
}

}  // namespace

void add_project_routes(Gate& gate, Parts& parts) {
  const auto add = [&](Method method, const char* pattern, Result<Response> (*handler)(Parts&, Call&)) {
    gate.add(method, pattern, [&parts, handler](Call& call) { return handler(parts, call); });
  };
  add(Method::get, "/api/v1/organisations/{organisation}/projects", list_projects);
  add(Method::post, "/api/v1/organisations/{organisation}/projects", create_project);
  add(Method::get, "/api/v1/projects/{project}", project);
  add(Method::patch, "/api/v1/projects/{project}", rename_project);
  add(Method::post, "/api/v1/projects/{project}/environments", add_environment);
  add(Method::get, "/api/v1/projects/{project}/keys", list_keys);
  add(Method::post, "/api/v1/projects/{project}/keys", create_key);
  add(Method::put, "/api/v1/projects/{project}/keys/{key}/origins", set_origins);
  add(Method::post, "/api/v1/projects/{project}/keys/{key}/rotate", rotate_key);
  add(Method::del, "/api/v1/projects/{project}/keys/{key}", end_key);
}

}  // namespace gm::users
