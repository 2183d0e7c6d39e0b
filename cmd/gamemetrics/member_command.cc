#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/people.h"
#include "cmd/gamemetrics/people_commands.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/base/time.h"

namespace gm::gamemetrics {
namespace {

struct MemberOptions {
  std::shared_ptr<SettingsOptions> settings;
  int64_t organisation = identity::kDefaultOrganisation;
  std::string email, role, name, output;
};

int list(const MemberOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto members = (*people)->store->members(options.organisation);
  if (!members) return fail(members.error());
  TextTable table{{"id", "email", "name", "role", "since"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const identity::Member& one : *members) {
    const std::string role(identity::role_name(one.role));
    table.rows.push_back({std::to_string(one.user), one.email, one.name, role, format_iso8601(one.since_ms)});
    json.push_back({{"id", one.user},
                    {"email", one.email},
                    {"name", one.name},
                    {"role", role},
                    {"since", format_iso8601(one.since_ms)}});
  }
  print(options.output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

int invite(const MemberOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto organisation = (*people)->organisation(options.organisation);
  if (!organisation) return fail(organisation.error());
  const auto made = (*people)->memberships.invite(operator_grantor(), organisation->id, options.email,
                                                  *identity::parse_role(options.role));
  if (!made) return fail(made.error());
  print(made->secret + "\n");
  say("shown only now; it can be taken until {} with POST /api/v1/invitations/accept",
      format_iso8601(made->invitation.expires_ms));
  return kExitOk;
}

int set_role(const MemberOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto user = (*people)->user_of(options.email);
  if (!user) return fail(user.error());
  const auto done = (*people)->memberships.set_role(operator_grantor(), options.organisation, user->id,
                                                    *identity::parse_role(options.role));
  if (!done) return fail(done.error());
  say("{} is {} now", user->email, options.role);
  return kExitOk;
}

int remove(const MemberOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto user = (*people)->user_of(options.email);
  if (!user) return fail(user.error());
  const auto done = (*people)->memberships.remove(operator_grantor(), options.organisation, user->id);
  if (!done) return fail(done.error());
  say("{} is no member any more", user->email);
  return kExitOk;
}

int list_organisations(const MemberOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto organisations = (*people)->store->organisations();
  if (!organisations) return fail(organisations.error());
  TextTable table{{"id", "name", "created"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const identity::Organisation& one : *organisations) {
    table.rows.push_back({std::to_string(one.id), one.name, format_iso8601(one.created_ms)});
    json.push_back({{"id", one.id}, {"name", one.name}, {"created_at", format_iso8601(one.created_ms)}});
  }
  print(options.output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

int create_organisation(const MemberOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto made = (*people)->store->create_organisation(
      options.name, users::audit_entry(operator_grantor().actor, 0, (*people)->clock.now_ms(),
                                       {"organisation.created", "organisation:", "",
                                        nlohmann::ordered_json{{"name", options.name}}.dump()}));
  if (!made) return fail(made.error());
  print(fmt::format("{}\n", made->id));
  say("its first owner: gamemetrics user create EMAIL --role owner --organisation {} --password-file -", made->id);
  return kExitOk;
}

std::shared_ptr<MemberOptions> add_options(CLI::App& app) {
  const auto options = std::make_shared<MemberOptions>();
  options->settings = add_settings_options(app);
  return options;
}

void add_organisation_option(CLI::App& app, MemberOptions& options) {
  app.add_option("--organisation", options.organisation, "Its number, see organisation list")->capture_default_str();
}

void add_email(CLI::App& app, MemberOptions& options) {
  app.add_option("email", options.email, "The person's address")->required();
}

void add_role(CLI::App& app, MemberOptions& options) {
  app.add_option("role", options.role, "viewer, support, analyst, admin or owner, see docs/reference/rights.md")
      ->required()
      ->check(CLI::IsMember({"viewer", "support", "analyst", "admin", "owner"}));
}

void choose(Cli& cli, CLI::App& app, std::shared_ptr<MemberOptions> options, int (*command)(const MemberOptions&)) {
  app.callback(
      [&cli, options = std::move(options), command] { cli.chosen = [options, command] { return command(*options); }; });
}

}  // namespace

void add_member_command(Cli& cli) {
  CLI::App* member = cli.app.add_subcommand("member", "Who belongs to an organisation; also while the server runs");
  member->require_subcommand(1);
  add_examples(*member, {"gamemetrics member list", "gamemetrics member invite bob@studio.example analyst",
                         "gamemetrics member role bob@studio.example admin --organisation 2",
                         "gamemetrics member remove bob@studio.example"});
  CLI::App* listing = member->add_subcommand("list", "List the members and their roles");
  const auto list_options = add_options(*listing);
  add_organisation_option(*listing, *list_options);
  add_output_option(*listing, list_options->output, {"table", "json"});
  choose(cli, *listing, list_options, list);
  struct Row {
    const char* name;
    const char* prose;
    bool role;
    int (*command)(const MemberOptions&);
  };
  for (const Row& row : {Row{"invite", "Make an invitation and print it, once", true, invite},
                         Row{"role", "Give a member another role", true, set_role},
                         Row{"remove", "End somebody's membership; the account stays", false, remove}}) {
    CLI::App* app = member->add_subcommand(row.name, row.prose);
    const auto options = add_options(*app);
    add_email(*app, *options);
    if (row.role) add_role(*app, *options);
    add_organisation_option(*app, *options);
    choose(cli, *app, options, row.command);
  }
}

void add_organisation_command(Cli& cli) {
  CLI::App* organisation = cli.app.add_subcommand("organisation", "List and create organisations");
  organisation->require_subcommand(1);
  add_examples(*organisation, {"gamemetrics organisation list", "gamemetrics organisation create 'Second Studio'"});
  CLI::App* listing = organisation->add_subcommand("list", "List the organisations of this server");
  const auto list_options = add_options(*listing);
  add_output_option(*listing, list_options->output, {"table", "json"});
  choose(cli, *listing, list_options, list_organisations);
  CLI::App* creation = organisation->add_subcommand("create", "Make an organisation and print its number");
  const auto options = add_options(*creation);
  creation->add_option("name", options->name, "What it is called")->required();
  choose(cli, *creation, options, create_organisation);
}

}  // namespace gm::gamemetrics
