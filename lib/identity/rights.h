#pragma once
// Who may do what: one table of roles and actions, and one of routes and the action each needs. What is in neither is
// denied.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lib/http/message.h"

namespace gm::identity {

// What a member is in an organisation. Stored; never renumber. A greater number is not always a greater right: the
// table alone says.
enum class Role : uint8_t { viewer = 1, support = 2, analyst = 3, admin = 4, owner = 5 };
inline constexpr Role kRoles[] = {Role::viewer, Role::support, Role::analyst, Role::admin, Role::owner};
std::string_view role_name(Role role);
std::optional<Role> parse_role(std::string_view name);

enum class Action : uint8_t {
  see_organisation,
  change_organisation,
  see_members,
  manage_members,
  manage_owners,
  create_project,
  change_project,
  see_keys,
  manage_keys,
  manage_service_tokens,
  read_audit,
  read_numbers,
  read_players,
  run_sql,
  change_schema,
  erase_players,
  export_players,
  manage_alerts,
};

struct ActionRow {
  Action action;
  std::string_view name;   // as scopes of tokens name it
  std::string_view prose;  // what it lets one do
  std::vector<Role> roles;
};
const std::vector<ActionRow>& rights();
std::string_view action_name(Action action);
std::optional<Action> parse_action(std::string_view name);
bool allowed(Role role, Action action);

// Whom a route serves.
enum class Reach : uint8_t {
  anyone,        // no credential: signing in, taking an invitation
  person,        // whoever is signed in, about himself; tokens are refused
  caller,        // whoever is signed in, and tokens
  organisation,  // needs `action` in the organisation that the path names
  project,       // needs `action` in the organisation of the project that the path names
  key,           // needs `action` in the organisation of the project that the header X-Project names; or a project key
};

struct RouteRow {
  http::Method method;
  std::string_view pattern;
  Reach reach;
  std::optional<Action> action;  // of the last three
};
// Of two rows that fit a path the one that stands first counts.
const std::vector<RouteRow>& route_rights();
// nullptr: nobody may.
const RouteRow* find_route(http::Method method, std::string_view path);

}  // namespace gm::identity
