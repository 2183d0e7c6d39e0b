#include "cmd/gamemetrics/backup_command.h"

#include <fmt/format.h>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/identity_store.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/people.h"
#include "cmd/gamemetrics/privacy.h"
#include "cmd/gamemetrics/project_changes.h"
#include "cmd/gamemetrics/project_lookup.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/store_rebuild.h"
#include "services/data_retention/backup.h"
#include "services/data_retention/record_editor.h"

namespace gm::gamemetrics {
namespace {

struct BackupOptions {
  std::shared_ptr<SettingsOptions> settings;
  std::string target;
  std::string backup;
  std::string erased_list;
};

// Says how long each step took: a figure of a plan for disasters is worth what the last drill has shown.
class Steps {
 public:
  void done(const std::string& what) {
    const int64_t now_ns = clock_.monotonic_ns();
    say("{:<60} {:.2f} s", what, static_cast<double>(now_ns - began_ns_) / 1e9);
    began_ns_ = now_ns;
  }

 private:
  SystemClock clock_;
  int64_t began_ns_ = clock_.monotonic_ns();
};

data_retention::Backups backups_of(io::FileSystem& files) { return {files, copy_metadata_file}; }

std::string told(const data_retention::BackupManifest& manifest) {
  return fmt::format("{} files, {} bytes", manifest.files.size(), grouped(manifest.bytes()));
}

int create(const BackupOptions& options) {
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  io::PosixFileSystem files;
  const SystemClock clock;
  data_retention::Backups backups = backups_of(files);
  Steps steps;
  const auto made = backups.create(settings->text("data_dir"), options.target, clock.now_ms());
  if (!made) return fail(made.error());
  steps.done("copied " + told(*made));
  const auto verified = backups.verify(options.target + "/" + made->name);
  if (!verified) return fail(verified.error());
  steps.done("verified");
  const auto expired = backups.expire(options.target, clock.now_ms() - settings->duration_ms("backup.keep"));
  if (!expired) return fail(expired.error());
  for (const std::string& name : *expired) say("removed {}, older than backup.keep", name);
  print(options.target + "/" + made->name + "\n");
  return kExitOk;
}

int verify(const BackupOptions& options) {
  io::PosixFileSystem files;
  const auto verified = backups_of(files).verify(options.backup);
  if (!verified) return fail(verified.error());
  print(fmt::format("{}: {}, as they were written\n", options.backup, told(*verified)));
  return kExitOk;
}

// The list of the erased that is newer than the backup takes the place of the backup's own.
Status take_list(const config::Settings& settings, io::FileSystem& files, Random& random, const std::string& newer) {
  const std::string place = data_path(settings, kPrivacyFile);
  if (const auto there = files.open(place, io::OpenMode::read)) {
    const std::string copy = place + "+newer";
    if (Status copied = copy_metadata_file(newer, copy); !copied) return copied;
    const auto own = open_privacy_store(settings, random);
    if (!own) return own.error();
    const auto other = open_privacy_store_at(copy, random);
    if (!other) return other.error();
    const auto own_key = (*own)->erasure_key(), other_key = (*other)->erasure_key();
    if (!own_key) return own_key.error();
    if (!other_key) return other_key.error();
    if (*own_key != *other_key)
      return Error{"gm-backup-foreign-list",
                   newer + " is the list of another server: it tells none of the backup's players"};
  }
  for (const char* part : {"", "-wal", "-shm", "+newer-wal", "+newer-shm", "+newer"}) {
    if (Status removed = files.remove(place + part); !removed && removed.error().code != io::kNotFound) return removed;
  }
  return copy_metadata_file(newer, place);
}

// Whoever was erased after the backup was made is in its log. Whom the marks name is not known any more, so every
// player is asked about.
Status take_out_erased(const config::Settings& settings, io::FileSystem& files, Random& random) {
  const auto requests = open_privacy_store(settings, random);
  if (!requests) return requests.error();
  const auto lists = data_retention::KeptOutLists::load(**requests);
  if (!lists) return lists.error();
  const data_retention::RecordEditor editor(
      {[&](ProjectId project, std::string_view id) { return (*lists)->erased().holds(project, id); },
       [](std::string_view) { return false; }, [](std::string_view) { return true; }});
  const auto edit = [&](log::Topic topic, std::string_view payload, uint32_t count) {
    return editor.edit(topic, payload, count);
  };
  for (const auto rewrite : {rewrite_stopped_log, rewrite_archived_log}) {
    if (const auto done = rewrite(settings, files, random, edit); !done) return done.error();
  }
  return {};
}

// A session that was ended after the backup was made would be good again; whoever had one signs in anew.
Status end_sign_ins(const config::Settings& settings, const std::string& backup, int64_t now_ms) {
  const auto identity = open_identity_store(settings);
  if (!identity) return identity.error();
  return (*identity)->end_sessions_and_invitations(
      users::audit_entry(operator_grantor().actor, 0, now_ms, {"backup.restored", backup, "", ""}));
}

// Opened and closed once, so that the newest segment has the end that a clean stop gives it.
Status end_log(const config::Settings& settings, io::FileSystem& files, const telemetry::Logger& logger) {
  const SystemClock clock;
  telemetry::Registry registry;
  const auto log = open_event_log(settings, {files, clock, registry, logger, {}});
  return log ? Status() : Status(log.error());
}

int restore(const BackupOptions& options) {
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  io::PosixFileSystem files;
  SystemRandom random;
  const SystemClock clock;
  const auto logger = make_logger(*settings, clock);
  if (!logger) return fail(logger.error());
  Steps steps;
  const auto restored = backups_of(files).restore(options.backup, settings->text("data_dir"));
  if (!restored) return fail(restored.error());
  steps.done("verified and copied " + told(*restored));
  const auto lock = lock_data_dir(*settings, files);
  if (!lock) return fail(lock.error());
  if (!options.erased_list.empty()) {
    if (const Status taken = take_list(*settings, files, random, options.erased_list); !taken)
      return fail(taken.error());
  }
  if (const Status ended = end_log(*settings, files, *logger); !ended) return fail(ended.error());
  if (const Status taken = take_out_erased(*settings, files, random); !taken) return fail(taken.error());
  steps.done("took out whoever was erased");
  if (const Status ended = end_sign_ins(*settings, restored->name, clock.now_ms()); !ended) return fail(ended.error());
  const auto metadata = open_metadata_store(*settings);
  if (!metadata) return fail(metadata.error());
  const auto changes = open_project_changes(*settings);
  if (!changes) return fail(changes.error());
  RateLookup rates(**changes);
  ProjectLookup projects(**metadata, rates);
  StoreRebuild store(*settings, files, *logger);
  const auto rebuilt = store.run(projects);
  if (!rebuilt) return fail(rebuilt.error());
  if (const Status replaced = store.replace(); !replaced) return fail(replaced.error());
  if (const Status noted = (*changes)->new_store_taken(); !noted) return fail(noted.error());
  steps.done(fmt::format("counted {} events", grouped(rebuilt->stored)));
  say_gaps(*rebuilt);
  print(fmt::format("{} is restored from {}, made {}\n", settings->text("data_dir"), restored->name,
                    format_iso8601(restored->created_ms)));
  return rebuilt->gaps.empty() ? kExitOk : kExitFailure;
}

void add_create_command(Cli& cli, CLI::App& backup) {
  CLI::App* app = backup.add_subcommand("create", "Copy what cannot be derived; the server may go on serving");
  const auto options = std::make_shared<BackupOptions>();
  options->settings = add_settings_options(*app);
  app->add_option("--to", options->target, "The folder of backups; a new one is made in it")->required();
  app->callback([&cli, options] { cli.chosen = [options] { return create(*options); }; });
}

void add_verify_command(Cli& cli, CLI::App& backup) {
  CLI::App* app = backup.add_subcommand("verify", "Check every file of a backup against its manifest");
  const auto options = std::make_shared<BackupOptions>();
  app->add_option("backup", options->backup, "The backup's folder")->required();
  app->callback([&cli, options] { cli.chosen = [options] { return verify(*options); }; });
}

void add_restore_command(Cli& cli, CLI::App& backup) {
  CLI::App* app = backup.add_subcommand("restore", "Make a data directory of a backup, and count its events");
  const auto options = std::make_shared<BackupOptions>();
  options->settings = add_settings_options(*app);
  app->add_option("backup", options->backup, "The backup's folder")->required();
  app->add_option("--erased-list", options->erased_list,
                  "A privacy.sqlite that is newer than the backup's: whoever was erased since stays erased");
  app->callback([&cli, options] { cli.chosen = [options] { return restore(*options); }; });
}

}  // namespace

void add_backup_command(Cli& cli) {
  CLI::App* backup = cli.app.add_subcommand("backup", "Make, check and restore backups");
  backup->require_subcommand(1);
  add_examples(*backup, {"gamemetrics backup create --data_dir=/srv/gm --to /backups",
                         "gamemetrics backup verify /backups/backup-20261126T182205123Z",
                         "gamemetrics backup restore /backups/backup-20261126T182205123Z --data_dir=/srv/gm-new "
                         "--erased-list /srv/gm/privacy.sqlite"});
  add_create_command(cli, *backup);
  add_verify_command(cli, *backup);
  add_restore_command(cli, *backup);
}

}  // namespace gm::gamemetrics
