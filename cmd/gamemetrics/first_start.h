#pragma once
// Projects and keys of a data directory: what a first start makes, and what the key command changes.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"
#include "lib/security/keys.h"
#include "lib/store/metadata_store.h"

namespace gm::gamemetrics {

struct ProjectKeys {
  std::string write_key;
  std::string project_key;
};

// The texts exist only here; the store keeps hashes. Errors: gm-metadata-*.
Result<security::NewKey> create_key(store::MetadataStore& metadata, ProjectId project, security::KeyKind kind,
                                    Random& random, int64_t now_ms);
Result<ProjectKeys> create_both_keys(store::MetadataStore& metadata, ProjectId project, Random& random, int64_t now_ms);

// Whether a first start could make a project of project.*. Errors: gm-time-zone-unknown, gm-config-invalid-value.
Status check_project(const config::Settings& settings);

// Makes the project of project.* and its two keys when there is no project yet; nullopt when there is one.
Result<std::optional<ProjectKeys>> ensure_project(store::MetadataStore& metadata, const config::Settings& settings,
                                                  Random& random, int64_t now_ms);

// All keys that are not revoked and have not ended.
Result<std::vector<security::KnownKey>> valid_keys(store::MetadataStore& metadata, int64_t now_ms);

// KEY=value lines for shells, readable by the owner only.
Status write_keys_file(const std::string& path, const ProjectKeys& keys, const std::string& url);

// What a person needs to go on: dashboard, keys, a first event.
std::string welcome_text(const ProjectKeys& keys, const std::string& url);

}  // namespace gm::gamemetrics
