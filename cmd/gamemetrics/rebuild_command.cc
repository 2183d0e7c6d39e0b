#include <fmt/format.h>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/project_changes.h"
#include "cmd/gamemetrics/project_lookup.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/store_rebuild.h"

namespace gm::gamemetrics {
namespace {

// The old store keeps its name until the new one is complete, and stays beside it until that one has taken its place.
int rebuild(const SettingsOptions& options) {
  const auto settings = load_settings(options);
  if (!settings) return fail(settings.error());
  io::PosixFileSystem files;
  const SystemClock clock;
  const auto logger = make_logger(*settings, clock);
  if (!logger) return fail(logger.error());
  const auto lock = lock_data_dir(*settings, files);
  if (!lock) return fail(lock.error());
  const auto metadata = open_metadata_store(*settings);
  if (!metadata) return fail(metadata.error());
  const auto changes = open_project_changes(*settings);
  if (!changes) return fail(changes.error());

  RateLookup rates(**changes);
  ProjectLookup projects(**metadata, rates);
  StoreRebuild store(*settings, files, *logger);
  if (const auto taken = store.take_waiting(**changes); !taken) return fail(taken.error());
  const auto rebuilt = store.run(projects);
  if (!rebuilt) return fail(rebuilt.error());
  if (const auto replaced = store.replace(); !replaced) return fail(replaced.error());

  print(fmt::format("events in archive and log  {}\nevents stored              {}\nrejected events stored     {}\n",
                    grouped(rebuilt->events), grouped(rebuilt->stored), grouped(rebuilt->rejected)));
  if (rebuilt->gaps.empty()) {
    if (const auto removed = store.remove_old(); !removed) return fail(removed.error());
    return kExitOk;
  }
  say_gaps(*rebuilt);
  say("the new store lacks these events; the old one is kept as {}", store.old_store());
  return kExitFailure;
}

}  // namespace

void add_rebuild_command(Cli& cli) {
  CLI::App* command =
      cli.app.add_subcommand("rebuild", "Make the analytics store again from archive and log; the server is stopped");
  const auto options = add_settings_options(*command);
  add_examples(*command, {"gamemetrics rebuild --data_dir=/srv/gm",
                          "The old store is kept as <file>.before-rebuild until the new one is complete, and for good "
                          "(with exit code 1) when events are missing."});
  command->callback([&cli, options] { cli.chosen = [options] { return rebuild(*options); }; });
}

}  // namespace gm::gamemetrics
