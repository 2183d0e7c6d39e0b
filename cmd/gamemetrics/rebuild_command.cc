#include <optional>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/project_lookup.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/targets.h"
#include "services/event_processor/processor.h"

namespace gm::gamemetrics {
namespace {

constexpr int64_t kReportEveryMs = 500;
constexpr const char* kRebuildSuffix = ".rebuild";
constexpr const char* kBeforeSuffix = ".before-rebuild";

// What a store is made of: the file, and its write-ahead log where one is left.
constexpr const char* kParts[] = {"", ".wal"};

Status remove_store(io::FileSystem& files, const std::string& path) {
  for (const char* part : kParts) {
    const auto removed = files.remove(path + part);
    if (!removed && removed.error().code != io::kNotFound) return removed;
  }
  return {};
}

Status move_store(io::FileSystem& files, const std::string& from, const std::string& to) {
  for (const char* part : kParts) {
    const auto moved = files.rename(from + part, to + part);
    if (!moved && moved.error().code != io::kNotFound) return moved;
  }
  return files.sync_directory(io::parent_directory(from));
}

// The old store keeps its name until the new one is complete, and stays beside it until that one has taken its place.
Status replace_store(io::FileSystem& files, const std::string& file) {
  if (auto removed = remove_store(files, file + kBeforeSuffix); !removed) return removed;
  if (auto moved = move_store(files, file, file + kBeforeSuffix); !moved) return moved;
  return move_store(files, file + kRebuildSuffix, file);
}

struct Rebuilt {
  uint64_t events = 0, stored = 0, rejected = 0;
  std::vector<ReplayGap> gaps;
};

Result<int64_t> count(store::AnalyticsStore& store, const char* sql, int64_t timeout_ms) {
  const auto table = store.run({sql, {}}, timeout_ms);
  if (!table) return table.error();
  return store::as_int(table->rows.at(0).at(0));
}

// Lets a processor of its own read everything into the store.
class Rebuild {
 public:
  Rebuild(const config::Settings& settings, io::FileSystem& files, const telemetry::Logger& logger)
      : settings_(settings), files_(files), logger_(logger) {}

  Result<Rebuilt> into(const std::string& path) {
    const Platform platform{files_, clock_, registry_, logger_, {}};
    auto metadata = open_metadata_store(settings_);
    if (!metadata) return metadata.error();
    auto log = open_event_log(settings_, platform);
    if (!log) return log.error();
    auto replay = open_replay(settings_, files_, **log);
    if (!replay) return replay.error();
    auto store = open_analytics_store_at(settings_, path);
    if (!store) return store.error();
    const auto live = make_live_state(settings_, platform);
    ProjectLookup projects(**metadata);
    // The index of the old store is of no use to the new one; it is made on the way.
    const auto behavior = make_behavior_index(settings_, platform, **store, *replay->log);
    if (behavior) behavior->start();
    const auto stored = [&](const store::MicroBatch& batch) {
      if (behavior) behavior->feed(batch);
    };
    event_processor::Processor processor({*replay->log, **store, *live, projects, registry_, clock_, logger_,
                                          [&](const Error& error) { error_ = error; }, stored},
                                         event_processor::ProcessorSettings::from(settings_));
    if (auto started = processor.start(); !started) return started.error();
    const uint64_t total = processor.progress().log_end;
    Progress progress("rebuilding", total, clock_);
    while (!processor.catch_up(kReportEveryMs)) {
      if (processor.progress().failed) break;
      progress.update(processor.progress().processed);
    }
    processor.stop();
    // What it lacks then, the next start reads from the store.
    if (behavior) behavior->stop();
    if (error_) return *error_;
    progress.finish(fmt::format("read {} events", grouped(total)));
    if (auto compacted = (*store)->compact(); !compacted) return compacted.error();
    return counts(**store, total, replay->gaps());
  }

 private:
  Result<Rebuilt> counts(store::AnalyticsStore& store, uint64_t total, std::vector<ReplayGap> gaps) const {
    const int64_t timeout_ms = settings_.duration_ms("query.timeout");
    const auto stored = count(store, "SELECT count(*) FROM events", timeout_ms);
    if (!stored) return stored.error();
    const auto rejected = count(store, "SELECT count(*) FROM rejected_events", timeout_ms);
    if (!rejected) return rejected.error();
    return Rebuilt{total, static_cast<uint64_t>(*stored), static_cast<uint64_t>(*rejected), std::move(gaps)};
  }

  const config::Settings& settings_;
  io::FileSystem& files_;
  telemetry::Logger logger_;
  SystemClock clock_;
  telemetry::Registry registry_;
  std::optional<Error> error_;
};

int rebuild(const SettingsOptions& options) {
  const auto settings = load_settings(options);
  if (!settings) return fail(settings.error());
  io::PosixFileSystem files;
  const SystemClock clock;
  const auto logger = make_logger(*settings, clock);
  if (!logger) return fail(logger.error());
  const auto lock = lock_data_dir(*settings, files);
  if (!lock) return fail(lock.error());

  const std::string file = analytics_store_file(*settings);
  if (const auto removed = remove_store(files, file + kRebuildSuffix); !removed) return fail(removed.error());
  const auto rebuilt = Rebuild(*settings, files, *logger).into(file + kRebuildSuffix);
  if (!rebuilt) return fail(rebuilt.error());
  if (const auto replaced = replace_store(files, file); !replaced) return fail(replaced.error());

  print(fmt::format("events in archive and log  {}\nevents stored              {}\nrejected events stored     {}\n",
                    grouped(rebuilt->events), grouped(rebuilt->stored), grouped(rebuilt->rejected)));
  if (rebuilt->gaps.empty()) {
    if (const auto removed = remove_store(files, file + kBeforeSuffix); !removed) return fail(removed.error());
    return kExitOk;
  }
  for (const ReplayGap& gap : rebuilt->gaps)
    say("{}missing:{} {} offsets {} to {}: {}", colour(Colour::red), colour(Colour::none), gap.topic, gap.from,
        gap.upto, gap.reason);
  say("the new store lacks these events; the old one is kept as {}{}", file, kBeforeSuffix);
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
