#include "cmd/gamemetrics/people.h"

#include <algorithm>

#include "cmd/gamemetrics/currency.h"
#include "cmd/gamemetrics/existing_metadata.h"
#include "cmd/gamemetrics/identity_store.h"
#include "services/users/email.h"

namespace gm::gamemetrics {

People::People(const config::Settings& all, std::unique_ptr<store::MetadataStore> projects_and_keys,
               std::unique_ptr<identity::IdentityStore> identity)
    : settings(users::UserSettings::from(all)),
      metadata(std::move(projects_and_keys)),
      store(std::move(identity)),
      passwords(settings.password),
      memberships({*store, passwords, clock, random}, settings),
      projects({*store, *metadata, clock, random, {}, check_currency}, settings) {}

Result<identity::User> People::user_of(const std::string& email) {
  const auto normal = users::normal_email(email);
  if (!normal) return normal.error();
  auto found = store->user_of(*normal);
  if (!found) return found.error();
  if (!*found) return Error{"gm-user-unknown", "there is no user with the address " + *normal};
  return std::move(**found);
}

Result<identity::Organisation> People::organisation(int64_t id) {
  const auto all = store->organisations();
  if (!all) return all.error();
  const auto found = std::ranges::find(*all, id, &identity::Organisation::id);
  if (found == all->end()) return Error{"gm-organisation-unknown", "there is no organisation " + std::to_string(id)};
  return *found;
}

Result<identity::OwnedProject> People::project(uint32_t number) {
  const auto all = store->owned_projects();
  if (!all) return all.error();
  if (number == 0 && all->size() == 1) return all->front();
  for (const identity::OwnedProject& one : *all) {
    if (one.project.id.value() == number) return one;
  }
  return Error{"gm-project-unknown", number == 0 ? "say which project with --project; gamemetrics project list has them"
                                                 : "there is no project " + std::to_string(number)};
}

Result<identity::OwnedProject> People::project_of_key(int64_t key) {
  const auto keys = metadata->keys();
  if (!keys) return keys.error();
  const auto found = std::ranges::find(*keys, key, &store::Key::id);
  if (found == keys->end()) return Error{"gm-key-unknown", "there is no key with the id " + std::to_string(key)};
  return projects.find(found->project);
}

users::Grantor operator_grantor() {
  return {{"command line", ""}, [](identity::Action) { return true; }};
}

Result<std::unique_ptr<People>> open_people(const SettingsOptions& options) {
  const auto settings = load_settings(options);
  if (!settings) return settings.error();
  auto metadata = open_existing_metadata(*settings);
  if (!metadata) return metadata.error();
  auto identity = open_identity_store(*settings);
  if (!identity) return identity.error();
  return std::make_unique<People>(*settings, std::move(*metadata), std::move(*identity));
}

}  // namespace gm::gamemetrics
