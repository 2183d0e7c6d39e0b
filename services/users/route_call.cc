#include "services/users/route_call.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gm::users {
namespace {

constexpr int kUnavailable = 503;
constexpr int kTooMany = 429;

struct StatusRow {
  std::string_view code;
  int status;
};
constexpr std::array kStatuses = {
    StatusRow{"gm-challenge-unknown", 401},
    StatusRow{"gm-config-invalid-value", 400},
    StatusRow{"gm-content-type-unsupported", 415},
    StatusRow{"gm-csrf-missing", 403},
    StatusRow{"gm-email-invalid", 400},
    StatusRow{"gm-environment-exists", 409},
    StatusRow{"gm-invitation-unknown", 404},
    StatusRow{"gm-key-missing", 401},
    StatusRow{"gm-key-unknown", 404},
    StatusRow{"gm-login-failed", 401},
    StatusRow{"gm-login-locked", 429},
    StatusRow{"gm-mail-off", 503},
    StatusRow{"gm-member-last-owner", 409},
    StatusRow{"gm-member-unknown", 404},
    StatusRow{"gm-oidc-off", 404},
    StatusRow{"gm-oidc-state-wrong", 400},
    StatusRow{"gm-oidc-unavailable", 503},
    StatusRow{"gm-organisation-unknown", 404},
    StatusRow{"gm-origin-invalid", 400},
    StatusRow{"gm-password-weak", 400},
    StatusRow{"gm-project-unknown", 404},
    StatusRow{"gm-rate-limited", 429},
    StatusRow{"gm-request-invalid", 400},
    StatusRow{"gm-reset-unknown", 404},
    StatusRow{"gm-right-missing", 403},
    StatusRow{"gm-second-factor-off", 409},
    StatusRow{"gm-second-factor-on", 409},
    StatusRow{"gm-second-factor-required", 403},
    StatusRow{"gm-second-factor-wrong", 401},
    StatusRow{"gm-secret-unreadable", 503},
    StatusRow{"gm-session-unknown", 401},
    StatusRow{"gm-time-zone-unknown", 400},
    StatusRow{"gm-token-unknown", 401},
    StatusRow{"gm-user-exists", 409},
    StatusRow{"gm-user-unknown", 404},
    StatusRow{"gm-users-busy", 429},
};

}  // namespace

nlohmann::json Call::body() {
  auto json = nlohmann::json::parse(request.body, nullptr, false);
  if (!json.is_discarded()) return json;
  problems.push_back({"", "the body is not JSON"});
  return nlohmann::json::object();
}

std::optional<int64_t> Call::parameter(std::string_view name, int64_t min, int64_t max) {
  bool found = false;
  const std::string text = request.query_parameter(name, &found);
  if (!found) return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= min && value <= max) return value;
  problems.push_back({query::child_pointer("", name),
                      "not a whole number from " + std::to_string(min) + " to " + std::to_string(max)});
  return std::nullopt;
}

http::Response answered(const Json& json, int status) {
  http::Response response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response nothing() {
  http::Response response;
  response.status = 204;
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response refused(const Error& error, const http::Request& request) {
  const auto row = std::ranges::find(kStatuses, error.code, &StatusRow::code);
  const int status = row == kStatuses.end() ? kUnavailable : row->status;
  http::Response response = http::problem(status, error.code, error.message, request.trace_id);
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == kTooMany) response.headers.emplace_back("Retry-After", error.code == "gm-users-busy" ? "1" : "60");
  return response;
}

http::Response invalid(const query::Problems& problems, const http::Request& request) {
  const auto told = [](const query::Problem& problem) {
    return problem.pointer.empty() ? problem.detail : problem.pointer.substr(1) + ": " + problem.detail;
  };
  const std::string detail =
      problems.size() == 1 ? told(problems.front()) : std::to_string(problems.size()) + " members are wrong";
  http::Response response = http::problem(400, "gm-request-invalid", detail, request.trace_id);
  Json json = Json::parse(response.body);
  for (const query::Problem& problem : problems)
    json["errors"].push_back({{"pointer", problem.pointer}, {"detail", problem.detail}});
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace gm::users
