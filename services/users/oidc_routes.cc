#include <fmt/format.h>

#include "lib/base/time.h"
#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Method;
using http::Response;
using Parts = UsersApi::Parts;

constexpr int kFound = 302;

// Lax, for the provider's page sends the browser back; only here, and for no script.
std::string cookie(const Parts& parts, std::string_view value, int64_t age_ms) {
  return fmt::format("{}={}; Path=/api/v1/oidc; HttpOnly; SameSite=Lax; Max-Age={}{}",
                     parts.credentials.oidc_cookie_name(), value, age_ms / kMsPerSecond,
                     parts.settings.cookie_secure ? "; Secure" : "");
}

Response sent_to(std::string url) {
  Response response;
  response.status = kFound;
  response.content_type = "text/plain";
  response.headers = {{"Location", std::move(url)}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}};
  return response;
}

Result<Response> state(Parts& parts, Call&) {
  const OidcSettings& oidc = parts.oidc.settings();
  return answered({{"enabled", oidc.on()}, {"label", oidc.on() ? Json(oidc.label) : Json()}});
}

// The page sends the browser to `url` itself: so no page of others begins a sign-in, and an invitation is in no URL.
Result<Response> begin(Parts& parts, Call& call) {
  std::string invitation;
  {
    const auto body = call.body();
    query::ObjectReader reader(body, "", call.problems);
    invitation = reader.text_or("invitation", kSecretBytesMax, "");
  }
  if (!call.problems.empty()) return Response();
  const auto begun = parts.oidc.begin(invitation, parts.credentials.address_of(call.request));
  if (!begun) return begun.error();
  Response response = answered({{"url", begun->url}});
  response.headers.emplace_back("Set-Cookie", cookie(parts, begun->cookie, kOidcSignInMs));
  return response;
}

// People see this in their browsers, so what went wrong is told by the page for signing in, behind "#" as all secrets.
Result<Response> finish(Parts& parts, Call& call) {
  const auto given = [&](std::string_view name) { return call.request.query_parameter(name); };
  const std::string address = parts.credentials.address_of(call.request);
  const auto done =
      parts.oidc.finish(parts.credentials.oidc_cookie_of(call.request),
                        {given("code"), given("state"), given("iss"), given("error")}, origin_of(call, address));
  Response response = sent_to("/");
  if (!done) {
    parts.d.logger.warn("somebody could not sign in by the provider",
                        {{"code", done.error().code}, {"error", done.error().message}});
    response = sent_to("/sign-in#error=" + done.error().code);
  } else if (const auto* challenge = std::get_if<Challenge>(&*done)) {
    response = sent_to("/sign-in#challenge=" + challenge->secret);
  } else {
    response.headers.emplace_back("Set-Cookie", parts.credentials.cookie(std::get<SignedIn>(*done).secret));
  }
  response.headers.emplace_back("Set-Cookie", cookie(parts, "", 0));
  return response;
}

}  // namespace

void add_oidc_routes(Gate& gate, Parts& parts) {
  gate.add(Method::get, "/api/v1/oidc", [&parts](Call& call) { return state(parts, call); });
  gate.add(Method::post, "/api/v1/oidc/login", [&parts](Call& call) { return begin(parts, call); });
  gate.add(Method::get, "/api/v1/oidc/callback", [&parts](Call& call) { return finish(parts, call); });
}

}  // namespace gm::users
