#pragma once
// services/users: people, what they belong to and what they may do, over HTTP.

#include <functional>
#include <memory>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/http/message.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/outbox.h"
#include "lib/identity/project_access.h"
#include "lib/identity/seal.h"
#include "lib/store/metadata_store.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/users/oidc_provider.h"
#include "services/users/user_settings.h"

namespace gm::users {

// Everything outlives the UsersApi.
struct Dependencies {
  identity::IdentityStore& store;
  store::MetadataStore& metadata;
  const Clock& clock;
  const identity::Seal& seal;
  identity::Outbox* outbox;  // nullptr: this server sends no mail
  OidcSettings oidc;
  OidcProvider::Fetch fetch;  // how the provider of oidc is asked
  Random& random;             // may be used from several threads
  telemetry::Registry& telemetry;
  telemetry::Logger logger;
  std::function<std::string(const http::Request&)> client_address;
  // Told after each change of a key, so that it counts from the answer on.
  std::function<Status()> keys_changed;
  std::function<Status(std::string_view)> check_currency;
};

class UsersApi {
 public:
  UsersApi(Dependencies dependencies, const UserSettings& settings);
  ~UsersApi();
  UsersApi(const UsersApi&) = delete;
  UsersApi& operator=(const UsersApi&) = delete;

  // This outlives the router.
  void register_routes(http::Router& router);
  // For the services that read numbers.
  const identity::ProjectAccess& project_access() const;

  struct Parts;

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace gm::users
