#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/targets.h"
#include "cmd/gamemetrics/text_table.h"

namespace gm::gamemetrics {
namespace {

struct LogOptions {
  std::shared_ptr<SettingsOptions> settings;
  std::string output;
  bool repair = false;
  bool yes = false;
};

void print_findings(const std::vector<SegmentFinding>& findings, const std::string& output) {
  TextTable table{{"segment", "state", "bytes", "events", "lost", "problem", "set aside in"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const SegmentFinding& finding : findings) {
    table.rows.push_back({finding.path, finding.state, std::to_string(finding.bytes), std::to_string(finding.events),
                          std::to_string(finding.events_lost), finding.problem, finding.quarantine});
    json.push_back({{"segment", finding.path},
                    {"state", finding.state},
                    {"bytes", finding.bytes},
                    {"events", finding.events},
                    {"events_lost", finding.events_lost},
                    {"problem", finding.problem},
                    {"quarantine", finding.quarantine}});
  }
  print(output == "json" ? json.dump(2) + "\n" : render_aligned(table));
}

int examine(const LogOptions& options) {
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  if (options.repair && !options.yes) {
    say("a repair cuts off damaged bytes (they are kept beside the segment); repeat with --yes. `gamemetrics log "
        "check` changes nothing.");
    return kExitUsage;
  }
  io::PosixFileSystem files;
  const auto findings = check_event_log(*settings, files, options.repair);
  if (!findings) return fail(findings.error());
  print_findings(*findings, options.output);
  bool corrupt = false;
  for (const SegmentFinding& finding : *findings) corrupt = corrupt || finding.state == "corrupt";
  if (!corrupt) return kExitOk;
  if (options.repair)
    say("repaired: the log opens again; what was lost is in the column 'lost'");
  else
    say("acknowledged data is damaged: see the column 'problem'");
  return options.repair ? kExitOk : kExitFailure;
}

// Notes the log's end as the store's position where the store is ahead: what comes next is new.
int accept_loss(const LogOptions& options) {
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  if (!options.yes) {
    say("the store goes on at the end of a log that lost events; repeat with --yes");
    return kExitUsage;
  }
  io::PosixFileSystem files;
  const SystemClock clock;
  telemetry::Registry registry;
  const auto lock = lock_data_dir(*settings, files);
  if (!lock) return fail(lock.error());
  const Platform platform{files, clock, registry, {}, {}};
  const auto log = open_event_log(*settings, platform);
  if (!log) return fail(log.error());
  const auto store = open_analytics_store(*settings, platform);
  if (!store) return fail(store.error());
  const auto positions = (*store)->positions();
  if (!positions) return fail(positions.error());
  store::MicroBatch batch;
  for (const store::LogPosition& position : *positions) {
    const log::Offset end = (*log)->end(position.topic, position.partition);
    if (position.next <= end) continue;
    say("{}: the store goes on at {} instead of {}", log::topic_name(position.topic), end, position.next);
    batch.positions.push_back({position.topic, position.partition, end});
  }
  if (batch.positions.empty()) {
    say("the log has everything that the store holds; nothing changed");
    return kExitOk;
  }
  const auto applied = (*store)->apply(batch);
  return applied ? kExitOk : fail(applied.error());
}

CLI::App* add_one(Cli& cli, CLI::App& parent, const char* name, const char* prose, bool repair) {
  CLI::App* app = parent.add_subcommand(name, prose);
  const auto options = std::make_shared<LogOptions>();
  options->repair = repair;
  options->settings = add_settings_options(*app);
  add_output_option(*app, options->output, {"table", "json"});
  if (repair) app->add_flag("--yes", options->yes, "Do it");
  app->callback([&cli, options] { cli.chosen = [options] { return examine(*options); }; });
  return app;
}

}  // namespace

void add_log_command(Cli& cli) {
  CLI::App* log = cli.app.add_subcommand("log", "Check and repair the event log of a stopped server");
  log->require_subcommand(1);
  add_examples(*log, {"gamemetrics log check --data_dir=/srv/gm", "gamemetrics log repair --yes"});
  add_one(cli, *log, "check", "Read every byte of the log and report damage; changes nothing", false);
  add_one(cli, *log, "repair", "Set damaged bytes aside, so that the log opens again", true);
  CLI::App* accept = log->add_subcommand("accept-loss", "Go on with a store that holds events which the log has lost");
  const auto options = std::make_shared<LogOptions>();
  options->settings = add_settings_options(*accept);
  accept->add_flag("--yes", options->yes, "Do it");
  accept->callback([&cli, options] { cli.chosen = [options] { return accept_loss(*options); }; });
}

}  // namespace gm::gamemetrics
