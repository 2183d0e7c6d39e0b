#pragma once
// POST and GET /api/v1/privacy/requests, GET /api/v1/privacy/requests/{id} and .../file, POST /api/v1/privacy/exports:
// docs/reference/privacy.md.

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/http/message.h"
#include "lib/security/keys.h"
#include "lib/store/object_store.h"
#include "lib/store/privacy_store.h"
#include "services/data_retention/privacy_settings.h"

namespace gm::data_retention {

// Everything outlives the router.
struct PrivacyRoutesDependencies {
  store::PrivacyStore& requests;
  store::ObjectStore& objects;
  const Clock& clock;
  Random& random;
  // Who asks, or the refusal to send: the one place where that is decided is with whoever makes the routes.
  std::function<std::variant<security::Principal, http::Response>(const http::Request&)> authorise;
  // Into the log of changes, which never names a player: what was done, as "erasure_asked", and the request's id.
  std::function<Status(const http::Request&, const security::Principal&, std::string_view did, const std::string& id)>
      note;
  std::function<void()> wake;  // there is a new request
  PrivacySettings settings;
};

void register_privacy_routes(http::Router& router, PrivacyRoutesDependencies dependencies);

}  // namespace gm::data_retention
