#include "services/users/second_factors.h"

#include <algorithm>

#include "lib/security/one_time_code.h"

namespace gm::users {
namespace {

Error is_off() { return {"gm-second-factor-off", "the second factor is not on, or was not begun"}; }
Error is_on() { return {"gm-second-factor-on", "the second factor is on already; disable it first"}; }

std::vector<std::string> hashes_of(const std::vector<std::string>& codes) {
  std::vector<std::string> hashes;
  for (const std::string& code : codes) hashes.push_back(recovery_hash(code));
  return hashes;
}

}  // namespace

identity::AuditEntry SecondFactors::entry(const Caller& caller, std::string_view action) const {
  return audit_entry(caller.actor(), 0, d_.clock.now_ms(),
                     {std::string(action), "user:" + std::to_string(caller.user), "", ""});
}

std::vector<std::string> SecondFactors::make_recovery_codes() {
  std::vector<std::string> codes(kRecoveryCodes);
  for (std::string& code : codes) code = make_recovery_code(d_.random);
  return codes;
}

Result<identity::User> SecondFactors::user_of(const Caller& caller) {
  auto user = d_.store.user(caller.user);
  if (!user) return user.error();
  if (!*user) return Error{"gm-user-unknown", "there is no such user"};
  return std::move(**user);
}

Result<SecondFactorState> SecondFactors::state(int64_t user) {
  const auto factor = d_.store.second_factor(user);
  if (!factor) return factor.error();
  const auto memberships = d_.store.memberships(user);
  if (!memberships) return memberships.error();
  const auto organisations = d_.store.organisations();
  if (!organisations) return organisations.error();
  SecondFactorState state;
  if (*factor && (*factor)->confirmed_ms) {
    state.since_ms = (*factor)->confirmed_ms;
    state.recovery_codes = (*factor)->recovery_codes;
  }
  state.required = std::ranges::any_of(*organisations, [&](const identity::Organisation& one) {
    return one.require_second_factor &&
           std::ranges::find(*memberships, one.id, &identity::Membership::organisation) != memberships->end();
  });
  return state;
}

Result<NewSecondFactor> SecondFactors::begin(const Caller& caller, std::string_view password) {
  const auto user = user_of(caller);
  if (!user) return user.error();
  if (user->second_factor) return is_on();
  if (auto proved = d_.proofs.password(*user, user->email, password); !proved) return proved.error();
  const std::string secret = security::make_one_time_secret(d_.random);
  const auto begun = d_.store.begin_second_factor(user->id, d_.seal.close(secret, second_factor_purpose(user->id)),
                                                  entry(caller, "second_factor.begun"));
  if (!begun) return begun.error();
  return NewSecondFactor{security::base32(secret), security::one_time_uri(issuer_, user->email, secret)};
}

Result<std::vector<std::string>> SecondFactors::confirm(const Caller& caller, std::string_view code) {
  const auto factor = d_.store.second_factor(caller.user);
  if (!factor) return factor.error();
  if (!*factor) return is_off();
  if ((*factor)->confirmed_ms) return is_on();
  const auto secret = d_.seal.open((*factor)->sealed, second_factor_purpose(caller.user));
  if (!secret) return secret.error();
  // Guessing gains nothing here: whoever has begun was shown the secret.
  const auto step = security::matching_step(*secret, without_gaps(code), d_.clock.now_ms(), 0);
  if (!step) return Error{"gm-second-factor-wrong", "the code is not the app's; check the clock of its device"};
  auto codes = make_recovery_codes();
  const auto confirmed = d_.store.confirm_second_factor(caller.user, (*factor)->sealed, *step, hashes_of(codes),
                                                        caller.session, entry(caller, "second_factor.enabled"));
  if (!confirmed) return confirmed.error();
  return codes;
}

Status SecondFactors::prove(const Caller& caller, std::string_view password, std::string_view code) {
  const auto user = user_of(caller);
  if (!user) return user.error();
  if (!user->second_factor) return is_off();
  if (auto proved = d_.proofs.password(*user, user->email, password); !proved) return proved;
  return d_.proofs.code(*user, code, caller.actor());
}

Result<std::vector<std::string>> SecondFactors::renew_recovery_codes(const Caller& caller, std::string_view password,
                                                                     std::string_view code) {
  if (auto proved = prove(caller, password, code); !proved) return proved.error();
  auto codes = make_recovery_codes();
  const auto kept = d_.store.replace_recovery_codes(caller.user, hashes_of(codes),
                                                    entry(caller, "second_factor.recovery_codes_renewed"));
  if (!kept) return kept.error();
  return codes;
}

Status SecondFactors::disable(const Caller& caller, std::string_view password, std::string_view code) {
  if (auto proved = prove(caller, password, code); !proved) return proved;
  return d_.store.end_second_factor(caller.user, caller.session, entry(caller, "second_factor.disabled"));
}

}  // namespace gm::users
