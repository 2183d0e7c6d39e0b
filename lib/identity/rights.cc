#include "lib/identity/rights.h"

#include <algorithm>
#include <array>

namespace gm::identity {
namespace {

struct RoleName {
  Role role;
  std::string_view name;
};
constexpr std::array kRoleNames = {RoleName{Role::viewer, "viewer"}, RoleName{Role::support, "support"},
                                   RoleName{Role::analyst, "analyst"}, RoleName{Role::admin, "admin"},
                                   RoleName{Role::owner, "owner"}};

// The next segment of a path, taken off it; empty at the end.
std::string_view take_segment(std::string_view& path) {
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted.starts_with('{') ? given.empty() : wanted != given) return false;
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::string_view role_name(Role role) {
  const auto row = std::ranges::find(kRoleNames, role, &RoleName::role);
  return row == kRoleNames.end() ? "unknown" : row->name;
}

std::optional<Role> parse_role(std::string_view name) {
  const auto row = std::ranges::find(kRoleNames, name, &RoleName::name);
  return row == kRoleNames.end() ? std::nullopt : std::optional(row->role);
}

const std::vector<ActionRow>& rights() {
  using enum Role;
  static const std::vector<ActionRow> table = {
      {Action::see_organisation,
       "see_organisation",
       "see the organisation and its projects",
       {viewer, support, analyst, admin, owner}},
      {Action::read_numbers,
       "read_numbers",
       "read numbers: metrics, funnels, retention, live counts",
       {viewer, support, analyst, admin, owner}},
      {Action::read_players,
       "read_players",
       "read about single players: lists, timelines, rejected events, links, GraphQL",
       {support, analyst, admin, owner}},
      {Action::run_sql, "run_sql", "ask by SQL", {analyst, admin, owner}},
      {Action::change_schema,
       "change_schema",
       "declare and forget types of properties, undo links of identities, keep notes, segments and boards",
       {analyst, admin, owner}},
      {Action::erase_players,
       "erase_players",
       "ask that a player is erased for good, kept out, or put right",
       {admin, owner}},
      {Action::export_players,
       "export_players",
       "have everything of a player written to a file, and fetch it",
       {support, admin, owner}},
      {Action::manage_alerts,
       "manage_alerts",
       "make and change alert rules and the channels that they tell, and see what was sent",
       {analyst, admin, owner}},
      {Action::see_members, "see_members", "see who is a member and who is invited", {analyst, admin, owner}},
      {Action::see_keys, "see_keys", "see the keys of projects by their first characters", {admin, owner}},
      {Action::manage_keys,
       "manage_keys",
       "make, rotate and revoke keys, and say from which web pages they may be used",
       {admin, owner}},
      {Action::create_project, "create_project", "create projects and environments", {admin, owner}},
      {Action::change_project, "change_project", "rename projects", {admin, owner}},
      {Action::manage_members,
       "manage_members",
       "invite and remove members and change their roles, owners excepted",
       {admin, owner}},
      {Action::manage_service_tokens,
       "manage_service_tokens",
       "see, make and revoke tokens of services",
       {admin, owner}},
      {Action::read_audit, "read_audit", "read the log of changes", {admin, owner}},
      {Action::manage_owners, "manage_owners", "make, change and remove owners", {owner}},
      {Action::change_organisation, "change_organisation", "rename the organisation", {owner}},
  };
  return table;
}

std::string_view action_name(Action action) {
  const auto row = std::ranges::find(rights(), action, &ActionRow::action);
  return row == rights().end() ? "unknown" : row->name;
}

std::optional<Action> parse_action(std::string_view name) {
  const auto row = std::ranges::find(rights(), name, &ActionRow::name);
  return row == rights().end() ? std::nullopt : std::optional(row->action);
}

bool allowed(Role role, Action action) {
  const auto row = std::ranges::find(rights(), action, &ActionRow::action);
  return row != rights().end() && std::ranges::find(row->roles, role) != row->roles.end();
}

const RouteRow* find_route(http::Method method, std::string_view path) {
  const auto& rows = route_rights();
  const auto row =
      std::ranges::find_if(rows, [&](const RouteRow& one) { return one.method == method && fits(one.pattern, path); });
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace gm::identity
