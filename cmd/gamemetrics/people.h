#pragma once
// Organisations, people and keys of a data directory, as the commands change them; also while the server runs.

#include <memory>
#include <string>

#include "cmd/gamemetrics/settings_options.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/password.h"
#include "lib/store/metadata_store.h"
#include "services/users/memberships.h"
#include "services/users/projects.h"

namespace gm::gamemetrics {

struct People {
  People(const config::Settings& all, std::unique_ptr<store::MetadataStore> projects_and_keys,
         std::unique_ptr<identity::IdentityStore> identity);

  const users::UserSettings settings;
  const std::unique_ptr<store::MetadataStore> metadata;
  const std::unique_ptr<identity::IdentityStore> store;
  SystemClock clock;
  SystemRandom random;
  identity::Passwords passwords;
  users::Memberships memberships;
  users::Projects projects;

  Result<identity::User> user_of(const std::string& email);    // gm-user-unknown
  Result<identity::Organisation> organisation(int64_t id);     // gm-organisation-unknown
  Result<identity::OwnedProject> project(uint32_t number);     // 0: the only one; gm-project-unknown
  Result<identity::OwnedProject> project_of_key(int64_t key);  // gm-key-unknown
};

// Whoever may write to the data directory may do everything; the log of changes says that it was he.
users::Grantor operator_grantor();
// Errors: gm-config-*, gm-project-unknown (the data directory has none), gm-metadata-*.
Result<std::unique_ptr<People>> open_people(const SettingsOptions& options);

}  // namespace gm::gamemetrics
