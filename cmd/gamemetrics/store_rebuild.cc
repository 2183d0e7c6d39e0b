#include "cmd/gamemetrics/store_rebuild.h"

#include <fmt/format.h>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/privacy.h"
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

Result<int64_t> count(store::AnalyticsStore& store, const char* sql, int64_t timeout_ms) {
  const auto table = store.run({sql, {}}, timeout_ms);
  if (!table) return table.error();
  return store::as_int(table->rows.at(0).at(0));
}

}  // namespace

Result<Rebuilt> StoreRebuild::run(event_processor::ProjectDirectory& projects) {
  if (auto removed = remove_new(); !removed) return removed.error();
  auto rebuilt = fill(projects);
  if (!rebuilt) return rebuilt;
  // Before anybody notes that it waits, its name has to survive a power loss, and that of its closed log must not.
  if (auto synced = files_.sync_directory(io::parent_directory(file())); !synced) return synced.error();
  return rebuilt;
}

Result<Rebuilt> StoreRebuild::fill(event_processor::ProjectDirectory& projects) {
  const Platform platform{files_, clock_, registry_, logger_, {}};
  auto log = open_event_log(settings_, platform);
  if (!log) return log.error();
  auto replay = open_replay(settings_, files_, **log);
  if (!replay) return replay.error();
  auto store = open_analytics_store_at(settings_, file() + kRebuildSuffix);
  if (!store) return store.error();
  const auto live = make_live_state(settings_, platform);
  // Whoever was erased stays out, also of what an archive from elsewhere brings back, and whose data is restricted.
  SystemRandom random;
  const auto requests = open_privacy_store(settings_, random);
  if (!requests) return requests.error();
  const auto lists = data_retention::KeptOutLists::load(**requests);
  if (!lists) return lists.error();
  // The index of the old store is of no use to the new one; it is made on the way.
  const auto behavior = make_behavior_index(settings_, platform, **store, *replay->log);
  if (behavior) behavior->start();
  const auto stored = [&](const store::MicroBatch& batch) {
    if (behavior) behavior->feed(batch);
  };
  event_processor::Processor processor({*replay->log, **store, *live, projects, registry_, clock_, logger_,
                                        [&](const Error& error) { error_ = error; }, stored, &(*lists)->uncounted()},
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

Status StoreRebuild::replace() {
  if (auto removed = remove_store(files_, old_store()); !removed) return removed;
  if (auto moved = move_store(files_, file(), old_store()); !moved) return moved;
  return move_store(files_, file() + kRebuildSuffix, file());
}

Result<bool> StoreRebuild::take_waiting(store::ProjectChanges& changes) {
  const auto waits = changes.new_store_waits();
  if (!waits) return waits.error();
  if (!*waits) return false;
  // It is gone when it has taken the place already.
  const auto there = files_.open(file() + kRebuildSuffix, io::OpenMode::read);
  if (!there && there.error().code != io::kNotFound) return there.error();
  if (there) {
    if (auto replaced = replace(); !replaced) return replaced.error();
  }
  if (auto removed = remove_old(); !removed) return removed.error();
  if (auto noted = changes.new_store_taken(); !noted) return noted.error();
  return true;
}

Status StoreRebuild::remove_old() { return remove_store(files_, old_store()); }
Status StoreRebuild::remove_new() { return remove_store(files_, file() + kRebuildSuffix); }
std::string StoreRebuild::old_store() const { return file() + kBeforeSuffix; }

Result<Rebuilt> StoreRebuild::counts(store::AnalyticsStore& store, uint64_t total, std::vector<ReplayGap> gaps) const {
  const int64_t timeout_ms = settings_.duration_ms("query.timeout");
  const auto stored = count(store, "SELECT count(*) FROM events", timeout_ms);
  if (!stored) return stored.error();
  const auto rejected = count(store, "SELECT count(*) FROM rejected_events", timeout_ms);
  if (!rejected) return rejected.error();
  return Rebuilt{total, static_cast<uint64_t>(*stored), static_cast<uint64_t>(*rejected), std::move(gaps)};
}

void say_gaps(const Rebuilt& rebuilt) {
  for (const ReplayGap& gap : rebuilt.gaps)
    say("{}missing:{} {} offsets {} to {}: {}", colour(Colour::red), colour(Colour::none), gap.topic, gap.from,
        gap.upto, gap.reason);
}

}  // namespace gm::gamemetrics
