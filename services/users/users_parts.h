#pragma once
// Private to this folder: what the routes are made of.

#include "services/users/credentials.h"
#include "services/users/letters.h"
#include "services/users/memberships.h"
#include "services/users/notices.h"
#include "services/users/oidc_sign_in.h"
#include "services/users/password_resets.h"
#include "services/users/projects.h"
#include "services/users/route_call.h"
#include "services/users/second_factors.h"
#include "services/users/sign_in.h"
#include "services/users/tokens.h"
#include "services/users/users_api.h"

namespace gm::users {

struct UsersApi::Parts {
  Parts(Dependencies dependencies, const UserSettings& all)
      : d(std::move(dependencies)),
        settings(all),
        passwords(settings.password),
        proofs({d.store, passwords, d.seal, d.clock}, settings),
        sign_in({d.store, passwords, proofs, d.clock, d.random, d.telemetry}, settings),
        second_factors({d.store, proofs, d.seal, d.clock, d.random}, settings),
        letters({d.outbox, d.clock, d.telemetry, d.logger}, settings.letters_waiting_max),
        notices(d.store, letters, d.clock, settings),
        resets({d.store, passwords, letters, d.clock, d.random}, settings),
        memberships({d.store, passwords, d.clock, d.random}, settings),
        provider(d.oidc, d.clock, d.fetch),
        oidc({d.store, sign_in, memberships, provider, d.seal, d.clock, d.random}, d.oidc, settings.login_rate_max),
        projects({d.store, d.metadata, d.clock, d.random, d.keys_changed, d.check_currency}, settings),
        tokens(d.store, d.clock, d.random, settings),
        credentials({d.store, d.clock, d.telemetry, d.client_address}, settings) {}

  ~Parts() { letters.stop(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  const Dependencies d;
  const UserSettings settings;
  identity::Passwords passwords;
  Proofs proofs;
  SignIn sign_in;
  SecondFactors second_factors;
  Letters letters;
  Notices notices;
  PasswordResets resets;
  Memberships memberships;
  OidcProvider provider;
  OidcSignIn oidc;
  Projects projects;
  Tokens tokens;
  Credentials credentials;
};

// Adds a route of the table of rights behind the gate that its row asks for. Precondition: there is such a row.
class Gate {
 public:
  Gate(http::Router& router, UsersApi::Parts& parts) : router_(router), parts_(parts) {}
  void add(http::Method method, const char* pattern, RouteHandler handler);

 private:
  http::Router& router_;
  UsersApi::Parts& parts_;
};

void add_account_routes(Gate& gate, UsersApi::Parts& parts);
void add_second_factor_routes(Gate& gate, UsersApi::Parts& parts);
void add_reset_routes(Gate& gate, UsersApi::Parts& parts);
void add_oidc_routes(Gate& gate, UsersApi::Parts& parts);
void add_organisation_routes(Gate& gate, UsersApi::Parts& parts);
void add_project_routes(Gate& gate, UsersApi::Parts& parts);

// The session as a cookie, or as a text when the body asks for a `bearer`; or the challenge that comes before.
http::Response signed_in_answer(const UsersApi::Parts& parts, const SignedIn& done, bool bearer);
http::Response login_answer(const UsersApi::Parts& parts, const LoginAnswer& done, bool bearer);
LoginOrigin origin_of(const Call& call, const std::string& address);

inline constexpr size_t kPasswordBytesMax = 1024;
inline constexpr size_t kSecretBytesMax = 100;  // of a token of any kind, or a code

// Read alike by several routes.
std::string required_text(query::ObjectReader& reader, std::string_view name, size_t bytes_max);
WantedToken read_wanted_token(query::ObjectReader& reader);
std::optional<identity::Role> read_role(query::ObjectReader& reader);
Json token_json(const identity::Token& token);
Json optional_time(const std::optional<int64_t>& at_ms);

}  // namespace gm::users
