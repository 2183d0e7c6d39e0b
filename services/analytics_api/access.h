#pragma once
// From a request's key to the project that it reads; also for other services' routes, so that it is asked in one place.

#include <cstdint>
#include <string_view>
#include <variant>

#include "lib/http/message.h"
#include "lib/identity/project_access.h"
#include "lib/security/keys.h"
#include "lib/telemetry/metrics.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/caller.h"

namespace gm::analytics_api {

// Everything outlives this.
class Access {
 public:
  // `people`: how others than keys read; null: not at all.
  Access(const security::KeyRing& keys, store::MetadataStore& metadata, telemetry::Registry& telemetry,
         const identity::ProjectAccess* people)
      : keys_(keys), metadata_(metadata), telemetry_(telemetry), people_(people) {}

  // Errors: KeyRing's, gm-key-wrong-kind.
  Result<security::Principal> principal_of(std::string_view key) const;
  // The principal of the project key, of the person or of the service, or the refusal to send.
  std::variant<security::Principal, http::Response> authorise(const http::Request& request) const;
  // Error gm-store-unavailable.
  Result<Caller> caller_of(security::Principal principal) const;

 private:
  const security::KeyRing& keys_;
  store::MetadataStore& metadata_;
  telemetry::Registry& telemetry_;
  const identity::ProjectAccess* people_;
};

// Events received until then are counted. Ask before the query: what is committed in between may be in the answer, what
// is claimed here certainly is.
int64_t as_of_ms(const PipelineFacts& facts, const Caller& caller, int64_t now_ms);

}  // namespace gm::analytics_api
