#pragma once
// From a request's credential to its caller. A session comes as a cookie (then every change needs the header
// X-CSRF-Token) or as "Authorization: Bearer gm_us_..."; a token as a bearer only.

#include <functional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/http/message.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/project_access.h"
#include "lib/telemetry/metrics.h"
#include "services/users/caller.h"
#include "services/users/user_settings.h"

namespace gm::users {

inline constexpr std::string_view kPersonalPrefix = "gm_pt_";
inline constexpr std::string_view kServicePrefix = "gm_st_";

// What a page of the session has to send with every change: nobody who cannot read the session's secret can make it.
std::string csrf_token(std::string_view session_secret);

class Credentials final : public identity::ProjectAccess {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    const Clock& clock;
    telemetry::Registry& telemetry;
    std::function<std::string(const http::Request&)> client_address;
  };
  Credentials(Dependencies dependencies, const UserSettings& settings)
      : d_(std::move(dependencies)), settings_(settings) {}

  bool concerns(const http::Request& request) const override;
  Result<security::Principal> principal_of(const http::Request& request) const override;

  // Reads the store each time, so that what was ended or revoked is refused from the next request on. Errors:
  // gm-session-unknown, gm-token-unknown, gm-csrf-missing, gm-key-missing, gm-metadata-unavailable.
  Result<Caller> caller_of(const http::Request& request) const;
  // Of the session that the request shows. Precondition: caller_of() has taken it.
  std::string csrf_of(const http::Request& request) const { return csrf_token(shown_by(request).secret); }
  // Of a sign-in by another server that is under way; empty: there is none.
  std::string_view oidc_cookie_of(const http::Request& request) const;
  std::string_view oidc_cookie_name() const { return settings_.cookie_secure ? "__Secure-gm_oidc" : "gm_oidc"; }
  std::string address_of(const http::Request& request) const { return d_.client_address(request); }
  // "Set-Cookie" that gives the session to a browser, and one that takes it away.
  std::string cookie(std::string_view secret) const;
  std::string no_cookie() const;

 private:
  struct Shown {
    std::string_view secret;
    bool by_cookie = false;
  };
  Shown shown_by(const http::Request& request) const;
  std::string_view cookie_name() const;
  Result<Caller> of_session(const Shown& shown, const http::Request& request) const;
  Result<Caller> of_token(const Shown& shown, const http::Request& request) const;
  Error refused(std::string_view reason, Error error) const;

  const Dependencies d_;
  const UserSettings settings_;
};

}  // namespace gm::users
