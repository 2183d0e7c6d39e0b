#pragma once
// How somebody without a project key reads a project: the services that read ask, services/users answers.

#include <cstdint>
#include <string>

#include "lib/base/result.h"
#include "lib/http/message.h"
#include "lib/security/keys.h"

namespace gm::identity {

// Limits and notes know whoever asks by one number, Principal::key: that of a key above zero, of a person or a token
// below. `token` 0: the person himself.
int64_t asker_number(int64_t user, int64_t token);
std::string asker_name(int64_t number);  // "key:3", "user:3", "token:7"

class ProjectAccess {
 public:
  virtual ~ProjectAccess() = default;
  // Whether the request shows a credential of a person or a service, right or wrong; else it is one for the key ring.
  virtual bool concerns(const http::Request& request) const = 0;
  // The project of the header X-Project, if the caller may do there what the route needs. Errors: gm-session-unknown,
  // gm-token-unknown, gm-csrf-missing, gm-right-missing, gm-second-factor-required, gm-project-unnamed,
  // gm-project-unknown, gm-metadata-unavailable.
  virtual Result<security::Principal> principal_of(const http::Request& request) const = 0;
};

}  // namespace gm::identity
