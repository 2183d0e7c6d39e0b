#pragma once
// What is kept of organisations, people and their credentials. All times are Unix milliseconds. Secrets are kept as
// SHA-256 hashes, passwords as Argon2id; no text of either is in here.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/identity/rights.h"
#include "lib/store/metadata_store.h"

namespace gm::identity {

// What projects belong to that were there before there were organisations.
inline constexpr int64_t kDefaultOrganisation = 1;

struct Organisation {
  int64_t id = 0;
  std::string name;
  int64_t created_ms = 0;
  bool require_second_factor = false;  // of its members
};

// A project is one game in one environment; the projects of one game share `game`, the id of the first of them.
struct OwnedProject {
  store::Project project;
  int64_t organisation = kDefaultOrganisation;
  uint32_t game = 0;
  std::string environment = "production";
};

struct User {
  int64_t id = 0;
  std::string email;  // as normal_email() has it
  std::string name;
  std::string password;  // empty: none can sign in with one
  int64_t created_ms = 0;
  std::optional<int64_t> disabled_ms;
  bool second_factor = false;  // it is on
};

struct Membership {
  int64_t organisation = 0;
  Role role = Role::viewer;
  bool second_factor_missing = false;  // the organisation requires one of him
};

struct Member {
  int64_t user = 0;
  std::string email, name;
  Role role = Role::viewer;
  int64_t since_ms = 0;
  bool second_factor = false;  // it is on
};

struct Invitation {
  int64_t id = 0;
  int64_t organisation = 0;
  std::string email;
  Role role = Role::viewer;
  std::string hash;
  int64_t created_ms = 0, expires_ms = 0;
  std::optional<int64_t> ended_ms;  // taken or withdrawn
};

struct Session {
  int64_t id = 0;
  int64_t user = 0;
  std::string hash;
  int64_t created_ms = 0, seen_ms = 0;
  std::string peer, agent;  // where it began
};

// A person's (user != 0: his rights in his organisations, no more than the scopes) or a service's (user == 0: a role in
// one organisation, no more than the scopes).
struct Token {
  int64_t id = 0;
  int64_t user = 0;
  int64_t organisation = 0;  // of a service
  Role role = Role::viewer;  // of a service
  std::string name, hash, prefix;
  std::vector<Action> scopes;
  int64_t created_ms = 0;
  std::optional<int64_t> expires_ms, used_ms, revoked_ms;
};

struct LoginFailures {
  int64_t count = 0;
  int64_t locked_until_ms = 0;
};

// How many wrong passwords and codes lock an account, and for how long.
struct Lockout {
  int64_t failures = 0;
  int64_t duration_ms = 0;
};

// An authenticator app's. Recovery codes are kept apart from it, as hashes.
struct SecondFactor {
  std::string sealed;                   // what the app knows, by Seal
  std::optional<int64_t> confirmed_ms;  // nullopt: begun, and asked of nobody yet
  int64_t step = 0;                     // of the last code that was taken
  int64_t recovery_codes = 0;           // that are left
};

// Somebody who has shown his password and not his second factor yet.
struct LoginChallenge {
  int64_t id = 0;
  int64_t user = 0;
  int64_t invitation = 0;  // that he takes by signing in; 0: none
  std::string hash;
  int64_t created_ms = 0, expires_ms = 0;
};

// Somebody may choose another password without the one that he has.
struct PasswordReset {
  int64_t id = 0;
  int64_t user = 0;
  std::string hash;
  int64_t created_ms = 0, expires_ms = 0;
};

// As another server, which signs people in, knows somebody.
struct FederatedIdentity {
  std::string issuer;   // of its ID tokens
  std::string subject;  // never given to another
};

struct AuditEntry {
  int64_t id = 0;
  int64_t organisation = 0;  // 0: of a person rather than of one of his organisations
  int64_t at_ms = 0;
  std::string actor;          // "user:3", "token:7", "command line"
  std::string from;           // address; empty on the command line
  std::string action;         // "member.role_changed"
  std::string object;         // "user:4"; of something new "user:", to which the store adds its number
  std::string before, after;  // JSON objects, never with a secret; empty: there was or is nothing
};

}  // namespace gm::identity
