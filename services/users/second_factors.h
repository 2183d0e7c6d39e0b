#pragma once
// A person's second factor: switching it on, its recovery codes, switching it off.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "services/users/caller.h"
#include "services/users/proofs.h"

namespace gm::users {

struct SecondFactorState {
  std::optional<int64_t> since_ms;  // nullopt: it is off
  int64_t recovery_codes = 0;
  bool required = false;  // by an organisation of his
};

// What an authenticator app is told: shown once.
struct NewSecondFactor {
  std::string secret;  // base32
  std::string uri;     // "otpauth://..."
};

// Everything outlives this. Thread-safe; calls block. Errors of all: gm-metadata-unavailable.
class SecondFactors {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    Proofs& proofs;
    const identity::Seal& seal;
    const Clock& clock;
    Random& random;
  };
  SecondFactors(Dependencies dependencies, const UserSettings& settings)
      : d_(dependencies), issuer_(settings.second_factor_issuer) {}

  Result<SecondFactorState> state(int64_t user);
  // Not on before confirm(). Errors: gm-second-factor-on, those of Proofs::password().
  Result<NewSecondFactor> begin(const Caller& caller, std::string_view password);
  // Its recovery codes: shown once. Ends all other sessions. Errors: gm-second-factor-off, gm-second-factor-on,
  // gm-second-factor-wrong, gm-secret-unreadable.
  Result<std::vector<std::string>> confirm(const Caller& caller, std::string_view code);
  // In place of those that were. Errors: gm-second-factor-off, those of Proofs.
  Result<std::vector<std::string>> renew_recovery_codes(const Caller& caller, std::string_view password,
                                                        std::string_view code);
  // Ends all other sessions. Errors: gm-second-factor-off, those of Proofs.
  Status disable(const Caller& caller, std::string_view password, std::string_view code);

 private:
  Result<identity::User> user_of(const Caller& caller);
  // Both, of somebody whose second factor is on.
  Status prove(const Caller& caller, std::string_view password, std::string_view code);
  identity::AuditEntry entry(const Caller& caller, std::string_view action) const;
  std::vector<std::string> make_recovery_codes();

  const Dependencies d_;
  const std::string issuer_;
};

}  // namespace gm::users
