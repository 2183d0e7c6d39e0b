#pragma once
// Private to this folder: what the routes are made of.

#include "services/users/credentials.h"
#include "services/users/memberships.h"
#include "services/users/projects.h"
#include "services/users/route_call.h"
#include "services/users/sign_in.h"
#include "services/users/tokens.h"
#include "services/users/users_api.h"

namespace gm::users {

struct UsersApi::Parts {
  Parts(Dependencies dependencies, const UserSettings& all)
      : d(std::move(dependencies)),
        settings(all),
        passwords(settings.password),
        sign_in({d.store, passwords, d.clock, d.random, d.telemetry}, settings),
        memberships({d.store, passwords, d.clock, d.random}, settings),
        projects({d.store, d.metadata, d.clock, d.random, d.keys_changed, d.check_currency}, settings),
        tokens(d.store, d.clock, d.random, settings),
        credentials({d.store, d.clock, d.telemetry, d.client_address}, settings) {}

  const Dependencies d;
  const UserSettings settings;
  identity::Passwords passwords;
  SignIn sign_in;
  Memberships memberships;
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
void add_organisation_routes(Gate& gate, UsersApi::Parts& parts);
void add_project_routes(Gate& gate, UsersApi::Parts& parts);

// Read alike by several routes.
WantedToken read_wanted_token(query::ObjectReader& reader);
std::optional<identity::Role> read_role(query::ObjectReader& reader);
Json token_json(const identity::Token& token);
Json optional_time(const std::optional<int64_t>& at_ms);

}  // namespace gm::users
