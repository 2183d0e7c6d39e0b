#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "lib/telemetry/catalog_users.h"
#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Request;
using http::Response;
using identity::Reach;
using identity::RouteRow;

std::optional<int64_t> number_of(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Error organisation_unknown() { return {"gm-organisation-unknown", "there is no such organisation"}; }

// What the path names. A number that is none names nothing.
Status resolve(Call& call, const RouteRow& row, UsersApi::Parts& parts) {
  const auto& names = call.request.path_parameters;
  const size_t before = row.reach == Reach::organisation || row.reach == Reach::project ? 1 : 0;
  if (names.size() > before) call.number = number_of(names[before]).value_or(0);
  if (row.reach == Reach::organisation) call.organisation = number_of(names[0]).value_or(0);
  if (row.reach != Reach::project) return {};
  const auto projects = parts.d.store.owned_projects();
  if (!projects) return projects.error();
  const int64_t wanted = number_of(names[0]).value_or(0);
  const auto found = std::ranges::find_if(
      *projects, [&](const identity::OwnedProject& one) { return int64_t{one.project.id.value()} == wanted; });
  if (found == projects->end()) return Error{"gm-project-unknown", "there is no such project"};
  call.project = *found;
  call.organisation = found->organisation;
  return {};
}

// What belongs to others is as unknown as what never was.
Status may_pass(const Call& call, const RouteRow& row) {
  if (row.reach == Reach::person && !call.caller.by_session())
    return Error{"gm-right-missing", "a token may not do this: sign in"};
  if (!row.action) return {};
  if (!call.caller.role_in(call.organisation)) {
    if (row.reach == Reach::project) return Error{"gm-project-unknown", "there is no such project"};
    return organisation_unknown();
  }
  if (call.caller.may(call.organisation, *row.action)) return {};
  return call.caller.refusal(call.organisation);
}

// How the counter names it.
std::string_view reason_of(const std::string& code) {
  if (code == "gm-right-missing") return "right";
  if (code == "gm-second-factor-required") return "second_factor";
  return code == "gm-project-unknown" ? "project" : "organisation";
}

Status let_through(Call& call, const RouteRow& row, UsersApi::Parts& parts) {
  if (row.reach != Reach::anyone) {
    auto caller = parts.credentials.caller_of(call.request);
    if (!caller) return caller.error();
    call.caller = std::move(*caller);
  }
  if (const Status found = resolve(call, row, parts); !found) return found;
  Status passed = may_pass(call, row);
  if (!passed) {
    parts.d.telemetry.counter(telemetry::kUsersRefused, {reason_of(passed.error().code)}).add();
  }
  return passed;
}

// A form of another page cannot send this type, so it cannot sign anybody in.
bool has_json_type(const Request& request) {
  const std::string_view type = request.header("content-type");
  return request.body.empty() || type == "application/json" || type.starts_with("application/json;");
}

Response handle(const RouteRow& row, UsersApi::Parts& parts, const RouteHandler& handler, const Request& request) {
  Call call{request, {}, 0, {}, 0, {}};
  if (const Status passed = let_through(call, row, parts); !passed) return refused(passed.error(), request);
  if (!has_json_type(request))
    return refused({"gm-content-type-unsupported", "send the body as application/json"}, request);
  auto response = handler(call);
  if (!call.problems.empty()) return invalid(call.problems, request);
  if (!response) return refused(response.error(), request);
  return std::move(*response);
}

}  // namespace

void Gate::add(http::Method method, const char* pattern, RouteHandler handler) {
  const RouteRow* row = identity::find_route(method, pattern);
  if (row == nullptr || row->pattern != pattern) std::abort();  // a route that no rule guards must not be served
  router_.add(method, pattern, [row, &parts = parts_, handler = std::move(handler)](const Request& request) {
    return handle(*row, parts, handler, request);
  });
}

UsersApi::UsersApi(Dependencies dependencies, const UserSettings& settings)
    : parts_(std::make_unique<Parts>(std::move(dependencies), settings)) {}

UsersApi::~UsersApi() = default;

void UsersApi::register_routes(http::Router& router) {
  Gate gate(router, *parts_);
  add_account_routes(gate, *parts_);
  add_second_factor_routes(gate, *parts_);
  add_reset_routes(gate, *parts_);
  add_oidc_routes(gate, *parts_);
  add_organisation_routes(gate, *parts_);
  add_project_routes(gate, *parts_);
}

const identity::ProjectAccess& UsersApi::project_access() const { return parts_->credentials; }

}  // namespace gm::users
