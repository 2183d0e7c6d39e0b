#include "services/analytics_api/access.h"

#include <algorithm>
#include <array>

#include "lib/telemetry/catalog.h"

namespace gm::analytics_api {
namespace {

// The others say that the credential itself is none: 401.
struct Refusal {
  std::string_view code;
  int status;
};
constexpr std::array kRefusals = {Refusal{"gm-key-wrong-kind", 403},      Refusal{"gm-csrf-missing", 403},
                                  Refusal{"gm-right-missing", 403},       Refusal{"gm-project-unnamed", 400},
                                  Refusal{"gm-project-unknown", 404},     Refusal{"gm-second-factor-required", 403},
                                  Refusal{"gm-metadata-unavailable", 503}};

}  // namespace

Result<security::Principal> Access::principal_of(std::string_view key) const {
  const auto principal = keys_.authenticate(key);
  if (!principal) {
    const bool missing = principal.error().code == "gm-key-missing";
    telemetry_.counter(telemetry::kAuthFailures, {missing ? "missing" : "unknown"}).add();
    return principal.error();
  }
  if (principal->kind != security::KeyKind::project) {
    telemetry_.counter(telemetry::kAuthFailures, {"wrong_kind"}).add();
    return Error{"gm-key-wrong-kind", "a write key may only send events; reading needs a project key (gm_pk_...)"};
  }
  return *principal;
}

std::variant<security::Principal, http::Response> Access::authorise(const http::Request& request) const {
  const bool person = people_ != nullptr && people_->concerns(request);
  const auto principal = person ? people_->principal_of(request)
                                : principal_of(security::KeyRing::bearer(request.header("authorization")));
  if (principal) return *principal;
  const Error& error = principal.error();
  const auto status = std::ranges::find(kRefusals, error.code, &Refusal::code);
  if (status != kRefusals.end()) return http::problem(status->status, error.code, error.message, request.trace_id);
  http::Response response = http::problem(401, error.code, error.message, request.trace_id);
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Result<Caller> Access::caller_of(security::Principal principal) const {
  const auto projects = metadata_.projects();
  if (!projects) return projects.error();
  const auto found = std::find_if(projects->begin(), projects->end(),
                                  [&](const store::Project& p) { return p.id == principal.project; });
  if (found == projects->end()) return Error{"gm-store-unavailable", "the key's project is not known yet; try again"};
  const auto zone = TimeZone::find(found->time_zone);
  if (!zone) return zone.error();
  return Caller{*found, *zone};
}

int64_t as_of_ms(const PipelineFacts& facts, const Caller& caller, int64_t now_ms) {
  const bool caught_up = facts.processed >= facts.log_end;
  return caught_up ? now_ms : facts.last_commit_ms.value_or(caller.project.created_ms);
}

}  // namespace gm::analytics_api
