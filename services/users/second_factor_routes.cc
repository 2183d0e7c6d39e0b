#include "lib/base/time.h"
#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Method;
using http::Response;
using Parts = UsersApi::Parts;
using query::ObjectReader;

// What most of these bodies hold.
struct Shown {
  std::string password, code;
};

Shown read_shown(Call& call, bool password, bool code) {
  Shown shown;
  const auto body = call.body();
  ObjectReader reader(body, "", call.problems);
  if (password) shown.password = required_text(reader, "password", kPasswordBytesMax);
  if (code) shown.code = required_text(reader, "code", kSecretBytesMax);
  return shown;
}

Response codes_answer(const std::vector<std::string>& codes) { return answered({{"recovery_codes", codes}}); }

Result<Response> answer_challenge(Parts& parts, Call& call) {
  std::string challenge, code;
  bool bearer = false;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    challenge = required_text(reader, "challenge", kSecretBytesMax);
    code = required_text(reader, "code", kSecretBytesMax);
    bearer = reader.flag("bearer", false);
  }
  if (!call.problems.empty()) return Response();
  const std::string address = parts.credentials.address_of(call.request);
  const auto done = parts.sign_in.answer(challenge, code, origin_of(call, address));
  if (!done) return done.error();
  if (done->invitation != 0) {
    const auto taken = parts.memberships.take(done->invitation, done->signed_in.user.id, address);
    if (!taken) return taken.error();
  }
  return signed_in_answer(parts, done->signed_in, bearer);
}

Result<Response> state(Parts& parts, Call& call) {
  const auto found = parts.second_factors.state(call.caller.user);
  if (!found) return found.error();
  return answered({{"enabled", found->since_ms.has_value()},
                   {"since", optional_time(found->since_ms)},
                   {"recovery_codes_left", found->recovery_codes},
                   {"required", found->required}});
}

Result<Response> begin(Parts& parts, Call& call) {
  const Shown shown = read_shown(call, true, false);
  if (!call.problems.empty()) return Response();
  const auto begun = parts.second_factors.begin(call.caller, shown.password);
  if (!begun) return begun.error();
  return answered({{"secret", begun->secret}, {"uri", begun->uri}}, 201);
}

Result<Response> confirm(Parts& parts, Call& call) {
  const Shown shown = read_shown(call, false, true);
  if (!call.problems.empty()) return Response();
  const auto codes = parts.second_factors.confirm(call.caller, shown.code);
  if (!codes) return codes.error();
  parts.notices.tell(call.caller.user, "Your second factor was switched on", call.caller.from);
  return codes_answer(*codes);
}

Result<Response> renew_recovery_codes(Parts& parts, Call& call) {
  const Shown shown = read_shown(call, true, true);
  if (!call.problems.empty()) return Response();
  const auto codes = parts.second_factors.renew_recovery_codes(call.caller, shown.password, shown.code);
  if (!codes) return codes.error();
  parts.notices.tell(call.caller.user, "Your recovery codes were replaced", call.caller.from);
  return codes_answer(*codes);
}

Result<Response> disable(Parts& parts, Call& call) {
  const Shown shown = read_shown(call, true, true);
  if (!call.problems.empty()) return Response();
  const auto done = parts.second_factors.disable(call.caller, shown.password, shown.code);
  if (!done) return done.error();
  parts.notices.tell(call.caller.user, "Your second factor was switched off", call.caller.from);
  return nothing();
}

}  // namespace

void add_second_factor_routes(Gate& gate, Parts& parts) {
  const auto add = [&](Method method, const char* pattern, Result<Response> (*handler)(Parts&, Call&)) {
    gate.add(method, pattern, [&parts, handler](Call& call) { return handler(parts, call); });
  };
  add(Method::post, "/api/v1/login/second-factor", answer_challenge);
  add(Method::get, "/api/v1/me/second-factor", state);
  add(Method::post, "/api/v1/me/second-factor", begin);
  add(Method::post, "/api/v1/me/second-factor/confirm", confirm);
  add(Method::post, "/api/v1/me/second-factor/recovery-codes", renew_recovery_codes);
  add(Method::post, "/api/v1/me/second-factor/disable", disable);
}

}  // namespace gm::users
