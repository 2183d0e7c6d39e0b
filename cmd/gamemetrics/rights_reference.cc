// Prints the tables of rights: docs/reference/rights.md, and what the matrix test expects.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/people_commands.h"
#include "lib/http/route_table.h"
#include "lib/identity/rights.h"

namespace gm::gamemetrics {
namespace {

std::string_view reach_name(identity::Reach reach) {
  switch (reach) {
    case identity::Reach::anyone:
      return "anyone";
    case identity::Reach::person:
      return "person";
    case identity::Reach::caller:
      return "caller";
    case identity::Reach::organisation:
      return "organisation";
    case identity::Reach::project:
      return "project";
    case identity::Reach::key:
      return "key";
  }
  return "";
}

std::string_view reach_prose(identity::Reach reach) {
  switch (reach) {
    case identity::Reach::anyone:
      return "no credential";
    case identity::Reach::person:
      return "a session, about oneself";
    case identity::Reach::caller:
      return "a session or a token";
    case identity::Reach::key:
      return "a project key, or with `X-Project`: ";
    case identity::Reach::organisation:
    case identity::Reach::project:
      break;
  }
  return "";
}

std::string as_markdown() {
  std::string out =
      "# Rights\nMade by `gamemetrics rights-reference` from the two tables that the server itself looks into. What is "
      "in neither is denied.\n\n## Roles and actions\nThe names are those of a token's scopes.\n\n| Action | Lets one "
      "|";
  for (const identity::Role role : identity::kRoles) out += fmt::format(" {} |", identity::role_name(role));
  out += "\n|---|---|---|---|---|---|---|\n";
  for (const identity::ActionRow& row : identity::rights()) {
    out += fmt::format("| `{}` | {} |", row.name, row.prose);
    for (const identity::Role role : identity::kRoles) out += identity::allowed(role, row.action) ? " yes |" : " |";
    out += "\n";
  }
  out +=
      "\n## Routes\nBeside the routes that take events, which need a write or a server key.\n\n| Route | Needs "
      "|\n|---|---|\n";
  for (const identity::RouteRow& row : identity::route_rights()) {
    const std::string action = row.action ? fmt::format("`{}`", identity::action_name(*row.action)) : "";
    out +=
        fmt::format("| `{} {}` | {}{} |\n", http::method_name(row.method), row.pattern, reach_prose(row.reach), action);
  }
  return out;
}

std::string as_json() {
  nlohmann::ordered_json json = {{"actions", nlohmann::json::array()}, {"routes", nlohmann::json::array()}};
  for (const identity::ActionRow& row : identity::rights()) {
    nlohmann::ordered_json roles = nlohmann::json::array();
    for (const identity::Role role : row.roles) roles.push_back(identity::role_name(role));
    json["actions"].push_back({{"name", row.name}, {"roles", std::move(roles)}});
  }
  for (const identity::RouteRow& row : identity::route_rights())
    json["routes"].push_back({{"method", http::method_name(row.method)},
                              {"path", row.pattern},
                              {"reach", reach_name(row.reach)},
                              {"action", row.action ? nlohmann::ordered_json(identity::action_name(*row.action))
                                                    : nlohmann::ordered_json()}});
  return json.dump(1) + "\n";
}

}  // namespace

void add_rights_reference_command(Cli& cli) {
  CLI::App* app = cli.app.add_subcommand("rights-reference", "Print which role may do what, and what each route needs");
  const auto output = std::make_shared<std::string>();
  add_output_option(*app, *output, {"markdown", "json"});
  app->callback([&cli, output] {
    cli.chosen = [output] {
      print(*output == "json" ? as_json() : as_markdown());
      return kExitOk;
    };
  });
}

}  // namespace gm::gamemetrics
