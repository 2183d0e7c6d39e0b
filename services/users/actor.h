#pragma once
// Who changes something, as the audit log tells it.

#include <string>
#include <string_view>

#include "lib/identity/records.h"

namespace gm::users {

struct Actor {
  std::string name;  // "user:3", "token:7", "command line"
  std::string from;  // address; empty on the command line
};

struct Change {
  std::string action;  // "member.role_changed"
  std::string object;  // "user:4"
  std::string before, after;
};

inline identity::AuditEntry audit_entry(const Actor& actor, int64_t organisation, int64_t at_ms, Change change) {
  return {0,
          organisation,
          at_ms,
          actor.name,
          actor.from,
          std::move(change.action),
          std::move(change.object),
          std::move(change.before),
          std::move(change.after)};
}

}  // namespace gm::users
