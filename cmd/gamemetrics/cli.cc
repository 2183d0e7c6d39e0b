#include "cmd/gamemetrics/cli.h"

#include <algorithm>
#include <exception>
#include <vector>

#include "cmd/gamemetrics/alert_command.h"
#include "cmd/gamemetrics/backup_command.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/people_commands.h"
#include "cmd/gamemetrics/privacy_command.h"
#include "cmd/gamemetrics/project_command.h"
#include "cmd/gamemetrics/rates_command.h"
#include "cmd/gamemetrics/targets.h"
#include "lib/base/edit_distance.h"

namespace gm::gamemetrics {
namespace {

const CLI::App& deepest(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : deepest(*chosen.back());
}

std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(command->get_name());
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

int unknown_argument(const CLI::App& app) {
  const CLI::App& command = deepest(app);
  const auto extras = app.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front().substr(0, extras.front().find('='));
  std::string hint;
  size_t best = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& known : known_words(command)) {
    if (const size_t distance = edit_distance(word, known); distance < best) {
      best = distance;
      hint = fmt::format("; did you mean '{}'?", known);
    }
  }
  const bool flag = word.rfind('-', 0) == 0;
  say("{}error:{} unknown {} '{}'{}", colour(Colour::red), colour(Colour::none), flag ? "option" : "argument", word,
      hint);
  const std::string name = &command == &app ? "gamemetrics" : "gamemetrics " + command.get_name();
  say("'{} --help' shows what there is.", name);
  return kExitUsage;
}

int print_module_map() {
  print(render_module_map());
  return kExitOk;
}

int parse(Cli& cli, int argc, const char* const* argv) {
  try {
    cli.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    cli.chosen = nullptr;
    print(cli.app.help());
    return -1;
  } catch (const CLI::ExtrasError&) {
    return unknown_argument(cli.app);
  } catch (const CLI::ParseError& e) {
    say("{}error:{} {}", colour(Colour::red), colour(Colour::none), e.what());
    return kExitUsage;
  }
  return kExitOk;
}

}  // namespace

void add_output_option(CLI::App& command, std::string& output, std::initializer_list<const char*> choices) {
  output = *choices.begin();
  command.add_option("-o,--output", output, "Form of the answer")
      ->check(CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())))
      ->capture_default_str();
}

void add_examples(CLI::App& command, std::initializer_list<const char*> lines) {
  std::string text = "Examples:";
  for (const char* line : lines) text += fmt::format("\n  {}", line);
  command.footer(text);
}

void build(Cli& cli) {
  cli.app.require_subcommand(0, 1);
  cli.app.set_help_flag("-h,--help", "Show this help");
  cli.app.add_flag_callback(
      "--list-targets", [&cli] { cli.chosen = print_module_map; }, "Print which module is made of what, and end");
  add_serve_command(cli);
  add_demo_command(cli);
  add_simulate_command(cli);
  add_import_command(cli);
  add_query_command(cli);
  add_key_command(cli);
  add_project_command(cli);
  add_rates_command(cli);
  add_user_command(cli);
  add_organisation_command(cli);
  add_member_command(cli);
  add_audit_command(cli);
  add_identity_command(cli);
  add_privacy_command(cli);
  add_alert_command(cli);
  add_backup_command(cli);
  add_schema_command(cli);
  add_config_command(cli);
  add_doctor_command(cli);
  add_log_command(cli);
  add_rebuild_command(cli);
  add_version_command(cli);
  add_reference_commands(cli);
  add_rights_reference_command(cli);
  cli.app.footer(
      "Examples:\n"
      "  gamemetrics demo                      a simulated game with its dashboard, in half a minute\n"
      "  gamemetrics serve --data_dir=/srv/gm  a server for your own game\n"
      "  gamemetrics COMMAND --help            options and examples of a command\n\n"
      "Exit codes: 0 done, 1 the answer is no, 64 usage, 69 something needed is not available, 70 defect, 74 disk, 78 "
      "settings.");
}

int run(int argc, const char* const* argv) {
  Cli cli;
  build(cli);
  const char* const serve[] = {"gamemetrics", "serve"};
  const int parsed = argc > 1 ? parse(cli, argc, argv) : parse(cli, 2, serve);
  if (parsed < 0) return kExitOk;
  if (parsed != kExitOk) return parsed;
  if (!cli.chosen) {
    print(cli.app.help());
    return kExitUsage;
  }
  try {
    return cli.chosen();
  } catch (const std::exception& e) {
    say("{}error:{} {} (this is a defect of gamemetrics, please report it)", colour(Colour::red), colour(Colour::none),
        e.what());
    return kExitInternal;
  }
}

}  // namespace gm::gamemetrics
