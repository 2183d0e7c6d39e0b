#pragma once
// Port: projects and keys. Embedded: SQLite. Distributed: PostgreSQL.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/security/keys.h"

namespace gm::store {

struct Project {
  ProjectId id;
  std::string name;
  std::string time_zone;  // IANA name
  std::string currency;   // ISO 4217, the reporting currency
  int64_t created_ms = 0;
};

struct Key {
  int64_t id = 0;
  ProjectId project;
  security::KeyKind kind = security::KeyKind::write;
  std::string hash;    // SHA-256 of the secret text, 32 bytes; the text itself is never stored
  std::string prefix;  // the first characters, to recognise it by
  int64_t created_ms = 0;
  std::optional<int64_t> revoked_ms;
  std::string secret;                     // of a GameAnalytics pair: what its requests are signed with
  std::vector<std::string> origins = {};  // rules of lib/security/origins.h; empty: any web page may use the key
};

// Errors: gm-metadata-unavailable. Safe to call from several threads; calls block on disk.
class MetadataStore {
 public:
  virtual ~MetadataStore() = default;
  virtual Result<Project> create_project(std::string_view name, std::string_view time_zone, std::string_view currency,
                                         int64_t now_ms) = 0;
  virtual Result<std::vector<Project>> projects() = 0;
  // Of `key` all but the text is kept.
  virtual Result<Key> create_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                                 int64_t now_ms) = 0;
  virtual Result<std::vector<Key>> keys() = 0;
  // Replaces the list. `origins`: as parse_origin_rule() gives them. Error gm-key-unknown.
  virtual Status set_key_origins(int64_t id, const std::vector<std::string>& origins) = 0;
  // Error gm-key-unknown.
  virtual Status revoke_key(int64_t id, int64_t now_ms) = 0;
};

}  // namespace gm::store
