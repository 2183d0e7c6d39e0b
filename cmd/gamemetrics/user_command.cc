#include <iostream>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/people.h"
#include "cmd/gamemetrics/people_commands.h"
#include "cmd/gamemetrics/secret_file.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/base/time.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {
namespace {

struct UserOptions {
  std::shared_ptr<SettingsOptions> settings;
  std::string email, name, password_file, role, output;
  int64_t organisation = identity::kDefaultOrganisation;
};

// Its first line. Never on the command line itself, where every user of the machine could read it.
Result<std::string> read_password(const std::string& file) {
  std::string text;
  if (file == "-") {
    std::getline(std::cin, text);
  } else {
    io::PosixFileSystem files;
    return read_secret_file(files, file);
  }
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

int list(const UserOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto users = (*people)->store->users();
  if (!users) return fail(users.error());
  TextTable table{{"id", "email", "name", "second factor", "created", "disabled"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const identity::User& user : *users) {
    const std::string created = format_iso8601(user.created_ms);
    const std::string disabled = user.disabled_ms ? format_iso8601(*user.disabled_ms) : "";
    table.rows.push_back(
        {std::to_string(user.id), user.email, user.name, user.second_factor ? "on" : "off", created, disabled});
    json.push_back({{"id", user.id},
                    {"email", user.email},
                    {"name", user.name},
                    {"second_factor", user.second_factor},
                    {"created_at", created},
                    {"disabled_at", user.disabled_ms ? nlohmann::ordered_json(disabled) : nlohmann::ordered_json()}});
  }
  print(options.output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

int create(const UserOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto organisation = (*people)->organisation(options.organisation);
  if (!organisation) return fail(organisation.error());
  const auto password = read_password(options.password_file);
  if (!password) return fail(password.error());
  const users::Actor actor = operator_grantor().actor;
  const auto user = (*people)->memberships.create_user(actor, options.email, options.name, *password);
  if (!user) return fail(user.error());
  const auto role = identity::parse_role(options.role);
  if (const auto added = (*people)->memberships.add_member(actor, organisation->id, user->id, *role); !added)
    return fail(added.error());
  say("{} is {} of {}", user->email, options.role, organisation->name);
  return kExitOk;
}

int reset_password(const UserOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto user = (*people)->user_of(options.email);
  if (!user) return fail(user.error());
  const auto password = read_password(options.password_file);
  if (!password) return fail(password.error());
  if (const auto done = (*people)->memberships.reset_password(operator_grantor().actor, user->id, *password); !done)
    return fail(done.error());
  say("{} has a new password; all sessions of before have ended", user->email);
  return kExitOk;
}

int reset_second_factor(const UserOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto user = (*people)->user_of(options.email);
  if (!user) return fail(user.error());
  const auto done = (*people)->store->end_second_factor(
      user->id, 0,
      users::audit_entry(operator_grantor().actor, 0, (*people)->clock.now_ms(),
                         {"second_factor.reset", "user:" + std::to_string(user->id), "", ""}));
  if (!done) return fail(done.error());
  say("{} signs in with the password alone until the second factor is on again; all sessions of before have ended",
      user->email);
  return kExitOk;
}

int set_disabled(const UserOptions& options, bool disabled) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto user = (*people)->user_of(options.email);
  if (!user) return fail(user.error());
  const auto done = (*people)->store->set_disabled(
      user->id, disabled,
      users::audit_entry(operator_grantor().actor, 0, (*people)->clock.now_ms(),
                         {disabled ? "user.disabled" : "user.enabled", "user:" + std::to_string(user->id), "", ""}));
  if (!done) return fail(done.error());
  say("{} {}", user->email,
      disabled ? "may not sign in any more; sessions and tokens are refused" : "may sign in again");
  return kExitOk;
}

std::shared_ptr<UserOptions> add_options(CLI::App& app, bool email) {
  const auto options = std::make_shared<UserOptions>();
  options->settings = add_settings_options(app);
  if (email) app.add_option("email", options->email, "The address that the person signs in with")->required();
  return options;
}

void add_password_option(CLI::App& app, UserOptions& options) {
  app.add_option("--password-file", options.password_file, "File whose first line is the password; '-' reads stdin")
      ->required();
}

void add_create_command(Cli& cli, CLI::App& user) {
  CLI::App* app = user.add_subcommand("create", "Make an account and a member of an organisation");
  const auto options = add_options(*app, true);
  add_password_option(*app, *options);
  app->add_option("--name", options->name, "What the person is called");
  app->add_option("--role", options->role, "What the person may do, see docs/reference/rights.md")
      ->required()
      ->check(CLI::IsMember({"viewer", "support", "analyst", "admin", "owner"}));
  app->add_option("--organisation", options->organisation, "Its number, see organisation list")->capture_default_str();
  app->callback([&cli, options] { cli.chosen = [options] { return create(*options); }; });
}

void add_switch_command(Cli& cli, CLI::App& user, const char* name, const char* prose, bool disabled) {
  CLI::App* app = user.add_subcommand(name, prose);
  const auto options = add_options(*app, true);
  app->callback(
      [&cli, options, disabled] { cli.chosen = [options, disabled] { return set_disabled(*options, disabled); }; });
}

void add_second_factor_command(Cli& cli, CLI::App& user) {
  CLI::App* app = user.add_subcommand("second-factor", "Help somebody who has lost the app and its recovery codes");
  app->require_subcommand(1);
  CLI::App* reset = app->add_subcommand("reset", "Switch somebody's second factor off and end all sessions");
  const auto options = add_options(*reset, true);
  reset->callback([&cli, options] { cli.chosen = [options] { return reset_second_factor(*options); }; });
}

}  // namespace

void add_user_command(Cli& cli) {
  CLI::App* user = cli.app.add_subcommand("user", "List, create and disable people; also while the server runs");
  user->require_subcommand(1);
  add_examples(*user, {"gamemetrics user create ada@studio.example --role owner --password-file -",
                       "gamemetrics user list --data_dir=/srv/gm -o json",
                       "gamemetrics user password ada@studio.example --password-file new-password",
                       "gamemetrics user second-factor reset ada@studio.example",
                       "gamemetrics user disable ada@studio.example"});
  CLI::App* listing = user->add_subcommand("list", "List the people who have an account");
  const auto list_options = add_options(*listing, false);
  add_output_option(*listing, list_options->output, {"table", "json"});
  listing->callback([&cli, list_options] { cli.chosen = [list_options] { return list(*list_options); }; });
  add_create_command(cli, *user);
  CLI::App* password = user->add_subcommand("password", "Give somebody a new password and end all sessions");
  const auto password_options = add_options(*password, true);
  add_password_option(*password, *password_options);
  password->callback(
      [&cli, password_options] { cli.chosen = [password_options] { return reset_password(*password_options); }; });
  add_second_factor_command(cli, *user);
  add_switch_command(cli, *user, "disable", "Refuse somebody from now on; the account stays", true);
  add_switch_command(cli, *user, "enable", "Let somebody sign in again", false);
}

}  // namespace gm::gamemetrics
