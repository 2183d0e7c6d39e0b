#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/people.h"
#include "cmd/gamemetrics/people_commands.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/base/time.h"

namespace gm::gamemetrics {
namespace {

constexpr int kEntriesDefault = 50;
constexpr int kEntriesMax = 100'000;

struct AuditOptions {
  std::shared_ptr<SettingsOptions> settings;
  int64_t organisation = identity::kDefaultOrganisation;
  int count = kEntriesDefault;
  std::string output;
};

nlohmann::ordered_json kept(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json::parse(text);
}

int list(const AuditOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto entries = (*people)->store->audit_page(options.organisation, {}, options.count);
  if (!entries) return fail(entries.error());
  TextTable table{{"at", "actor", "address", "action", "object", "before", "after"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const identity::AuditEntry& one : *entries) {
    const std::string at = format_iso8601(one.at_ms);
    table.rows.push_back({at, one.actor, one.from, one.action, one.object, one.before, one.after});
    json.push_back({{"id", one.id},
                    {"at", at},
                    {"actor", one.actor},
                    {"address", one.from},
                    {"action", one.action},
                    {"object", one.object},
                    {"before", kept(one.before)},
                    {"after", kept(one.after)}});
  }
  print(options.output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

}  // namespace

void add_audit_command(Cli& cli) {
  CLI::App* audit = cli.app.add_subcommand("audit", "Who changed what; also while the server runs");
  audit->require_subcommand(1);
  add_examples(*audit, {"gamemetrics audit list --data_dir=/srv/gm", "gamemetrics audit list -n 500 -o json",
                        "gamemetrics audit list --organisation 0"});
  CLI::App* app = audit->add_subcommand("list", "List the newest changes");
  const auto options = std::make_shared<AuditOptions>();
  options->settings = add_settings_options(*app);
  app->add_option("--organisation", options->organisation,
                  "Its number, see organisation list; 0: accounts and sessions, which belong to people")
      ->capture_default_str();
  app->add_option("-n,--count", options->count, "How many")->check(CLI::Range(1, kEntriesMax))->capture_default_str();
  add_output_option(*app, options->output, {"table", "json"});
  app->callback([&cli, options] { cli.chosen = [options] { return list(*options); }; });
}

}  // namespace gm::gamemetrics
