#pragma once
// Projects of an organisation, their environments and their keys.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "lib/store/metadata_store.h"
#include "services/users/grantor.h"
#include "services/users/user_settings.h"

namespace gm::users {

struct WantedProject {
  std::string name, environment, time_zone, currency;
};

struct ShownKey {
  store::Key key;
  security::NewKey made;  // its texts: shown once
};

// Everything outlives this. Thread-safe; calls block. Errors of all: gm-metadata-unavailable.
class Projects {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    store::MetadataStore& metadata;
    const Clock& clock;
    Random& random;
    // Told after each change of a key, so that it counts from the answer on; empty: nobody serves.
    std::function<Status()> keys_changed;
    std::function<Status(std::string_view)> check_currency;
  };
  Projects(Dependencies dependencies, const UserSettings& settings)
      : d_(std::move(dependencies)), settings_(settings) {}

  Result<identity::OwnedProject> find(ProjectId project);  // gm-project-unknown
  // Errors: gm-time-zone-unknown, gm-config-invalid-value (the currency).
  Result<identity::OwnedProject> create(const Actor& actor, int64_t organisation, const WantedProject& wanted);
  // Another project of the same game, with its name, zone and currency. Error gm-environment-exists.
  Result<identity::OwnedProject> add_environment(const Actor& actor, const identity::OwnedProject& of,
                                                 std::string_view environment);
  Status rename(const Actor& actor, const identity::OwnedProject& project, std::string_view name);

  Result<std::vector<store::Key>> keys(ProjectId project);
  // Errors: gm-origin-invalid, gm-right-missing (a project key reads all), gm-request-invalid (origins of a key that no
  // web page uses).
  Result<ShownKey> add_key(const Grantor& grantor, const identity::OwnedProject& project, security::KeyKind kind,
                           const std::vector<std::string>& origins);
  // The old key is taken `overlap_ms` longer. Errors: gm-key-unknown, gm-right-missing.
  Result<ShownKey> rotate_key(const Grantor& grantor, const identity::OwnedProject& project, int64_t key,
                              int64_t overlap_ms);
  Status set_origins(const Actor& actor, const identity::OwnedProject& project, int64_t key,
                     const std::vector<std::string>& origins);
  Status end_key(const Actor& actor, const identity::OwnedProject& project, int64_t key);

 private:
  Result<store::Key> key_of(ProjectId project, int64_t key);
  Status told(Status done);

  const Dependencies d_;
  const UserSettings settings_;
};

}  // namespace gm::users
