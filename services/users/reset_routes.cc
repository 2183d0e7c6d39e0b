#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Method;
using http::Response;
using Parts = UsersApi::Parts;
using query::ObjectReader;

constexpr int kAccepted = 202;
constexpr size_t kEmailBytesMax = 300;

Result<Response> request(Parts& parts, Call& call) {
  std::string email;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    email = required_text(reader, "email", kEmailBytesMax);
  }
  if (!call.problems.empty()) return Response();
  if (const auto done = parts.resets.request(email, parts.credentials.address_of(call.request)); !done)
    return done.error();
  Response response = nothing();
  response.status = kAccepted;
  return response;
}

Result<Response> accept(Parts& parts, Call& call) {
  std::string secret, password;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    secret = required_text(reader, "token", kSecretBytesMax);
    password = required_text(reader, "password", kPasswordBytesMax);
  }
  if (!call.problems.empty()) return Response();
  const std::string address = parts.credentials.address_of(call.request);
  const auto user = parts.resets.accept(secret, password, address);
  if (!user) return user.error();
  parts.notices.tell(*user, "Your password was reset", address);
  return nothing();
}

}  // namespace

void add_reset_routes(Gate& gate, Parts& parts) {
  gate.add(Method::post, "/api/v1/password-resets", [&parts](Call& call) { return request(parts, call); });
  gate.add(Method::post, "/api/v1/password-resets/accept", [&parts](Call& call) { return accept(parts, call); });
}

}  // namespace gm::users
