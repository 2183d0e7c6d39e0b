#include "lib/identity/rights.h"

namespace gm::identity {

// clang-format off
const std::vector<RouteRow>& route_rights() {
  using enum http::Method;
  static const std::vector<RouteRow> table = {
      {post, "/api/v1/login", Reach::anyone, {}},
      {post, "/api/v1/invitations/accept", Reach::anyone, {}},
      {post, "/api/v1/logout", Reach::person, {}},
      {post, "/api/v1/me/password", Reach::person, {}},
      {get, "/api/v1/sessions", Reach::person, {}},
      {del, "/api/v1/sessions/{session}", Reach::person, {}},
      {get, "/api/v1/tokens", Reach::person, {}},
      {post, "/api/v1/tokens", Reach::person, {}},
      {del, "/api/v1/tokens/{token}", Reach::person, {}},
      {get, "/api/v1/me", Reach::caller, {}},
      {get, "/api/v1/organisations", Reach::caller, {}},
      {get, "/api/v1/organisations/{organisation}", Reach::organisation, Action::see_organisation},
      {patch, "/api/v1/organisations/{organisation}", Reach::organisation, Action::change_organisation},
      {get, "/api/v1/organisations/{organisation}/members", Reach::organisation, Action::see_members},
      {patch, "/api/v1/organisations/{organisation}/members/{member}", Reach::organisation, Action::manage_members},
      {del, "/api/v1/organisations/{organisation}/members/{member}", Reach::organisation, Action::manage_members},
      {get, "/api/v1/organisations/{organisation}/invitations", Reach::organisation, Action::see_members},
      {post, "/api/v1/organisations/{organisation}/invitations", Reach::organisation, Action::manage_members},
      {del, "/api/v1/organisations/{organisation}/invitations/{invitation}", Reach::organisation, Action::manage_members},
      {get, "/api/v1/organisations/{organisation}/projects", Reach::organisation, Action::see_organisation},
      {post, "/api/v1/organisations/{organisation}/projects", Reach::organisation, Action::create_project},
      {get, "/api/v1/organisations/{organisation}/service-tokens", Reach::organisation, Action::manage_service_tokens},
      {post, "/api/v1/organisations/{organisation}/service-tokens", Reach::organisation, Action::manage_service_tokens},
      {del, "/api/v1/organisations/{organisation}/service-tokens/{token}", Reach::organisation, Action::manage_service_tokens},
      {get, "/api/v1/organisations/{organisation}/audit", Reach::organisation, Action::read_audit},
      {get, "/api/v1/projects/{project}", Reach::project, Action::see_organisation},
      {patch, "/api/v1/projects/{project}", Reach::project, Action::change_project},
      {post, "/api/v1/projects/{project}/environments", Reach::project, Action::create_project},
      {get, "/api/v1/projects/{project}/keys", Reach::project, Action::see_keys},
      {post, "/api/v1/projects/{project}/keys", Reach::project, Action::manage_keys},
      {put, "/api/v1/projects/{project}/keys/{key}/origins", Reach::project, Action::manage_keys},
      {post, "/api/v1/projects/{project}/keys/{key}/rotate", Reach::project, Action::manage_keys},
      {del, "/api/v1/projects/{project}/keys/{key}", Reach::project, Action::manage_keys},
      {get, "/api/v1/project", Reach::key, Action::read_numbers},
      {get, "/api/v1/metrics", Reach::key, Action::read_numbers},
      {get, "/api/v1/metrics/{name}", Reach::key, Action::read_numbers},
      {get, "/api/v1/retention", Reach::key, Action::read_numbers},
      {get, "/api/v1/events/top", Reach::key, Action::read_numbers},
      {get, "/api/v1/live", Reach::key, Action::read_players},
      {get, "/api/v1/live/stream", Reach::key, Action::read_players},
      {get, "/api/v1/rejected", Reach::key, Action::read_players},
      {get, "/api/v1/pipeline", Reach::key, Action::read_numbers},
      {post, "/api/v1/query/players", Reach::key, Action::read_players},
      {post, "/api/v1/query/{kind}", Reach::key, Action::read_numbers},
      {get, "/api/v1/queries", Reach::key, Action::read_numbers},
      {del, "/api/v1/queries/{id}", Reach::key, Action::read_numbers},
      {get, "/api/v1/players", Reach::key, Action::read_players},
      {get, "/api/v1/players/{id}/events", Reach::key, Action::read_players},
      {get, "/api/v1/identity/links", Reach::key, Action::read_players},
      {post, "/api/v1/identity/links/{id}/undo", Reach::key, Action::change_schema},
      {get, "/api/v1/schema", Reach::key, Action::read_players},
      {get, "/api/v1/schema/violations", Reach::key, Action::read_players},
      {post, "/api/v1/schema/declare", Reach::key, Action::change_schema},
      {post, "/api/v1/schema/forget", Reach::key, Action::change_schema},
      {post, "/api/v1/sql", Reach::key, Action::run_sql},
      {get, "/api/v1/sql/tables", Reach::key, Action::run_sql},
      {get, "/graphql", Reach::key, Action::read_players},
      {post, "/graphql", Reach::key, Action::read_players},
  };
  return table;
}
// clang-format on

}  // namespace gm::identity
