#include "lib/behavior/behavior_index.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/telemetry/catalog_behavior.h"

namespace gm::behavior {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(5000);
constexpr auto kRetryAfter = std::chrono::milliseconds(1000);
constexpr auto kAskEvery = std::chrono::milliseconds(5);
constexpr int64_t kReadMax = 50'000;
// A batch that has links is being given to the index: its links are there, its events follow.
constexpr int kCollectsMax = 20;
constexpr auto kCollectAgain = std::chrono::milliseconds(2);

}  // namespace

IndexSettings IndexSettings::from(const config::Settings& settings) {
  IndexSettings own;
  own.directory = settings.text("behavior.directory");
  if (!own.directory.starts_with('/')) own.directory = settings.text("data_dir") + "/" + own.directory;
  own.limits.memory_max = static_cast<uint64_t>(settings.bytes("behavior.memory_max"));
  own.limits.tail_rows = static_cast<uint64_t>(settings.integer("behavior.run_events"));
  own.read_max = std::min(kReadMax, settings.integer("query.rows_max"));
  own.timeout_ms = settings.duration_ms("query.timeout");
  return own;
}

BehaviorIndex::BehaviorIndex(Dependencies dependencies, const IndexSettings& settings)
    : deps_(std::move(dependencies)),
      settings_(settings),
      reader_(deps_.store, settings.timeout_ms),
      parts_(deps_.partitions) {
  for (size_t i = 0; i < parts_.size(); ++i) parts_[i].number = static_cast<log::Partition>(i);
}

BehaviorIndex::~BehaviorIndex() { stop(); }

void BehaviorIndex::start() {
  // Without an answer the first batch counts as one with a gap before it, which the thread fills from the store.
  if (const auto state = reader_.state()) {
    for (Part& part : parts_) part.fed = state->position(part.number);
  }
  thread_ = std::thread([this] { run(); });
}

void BehaviorIndex::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  for (const Part& part : parts_) {
    if (const auto index = held(part)) report(index->flush());
  }
}

void BehaviorIndex::feed(const store::MicroBatch& batch) {
  const int64_t begun_ns = deps_.clock.monotonic_ns();
  identities_.feed(batch);
  for (const store::LogPosition& position : batch.positions) {
    if (position.topic != log::Topic::events_raw || position.partition >= parts_.size()) continue;
    Part& part = parts_[position.partition];
    const auto from = std::exchange(part.fed, position.next);
    if (const auto index = held(part)) index->apply(from.value_or(position.next), position.next, batch.events);
  }
  {
    const std::lock_guard lock(mutex_);
    fed_ = true;
  }
  changed_.notify_all();
  deps_.metrics.histogram(telemetry::kBehaviorFeedDuration)
      .observe(static_cast<double>(deps_.clock.monotonic_ns() - begun_ns) / 1e9);
}

Result<Snapshot> BehaviorIndex::snapshot(ProjectId project) const {
  // The store is asked first: what it takes after that may be in the snapshot, what it held certainly is.
  const auto state = reader_.state();
  if (!state) return state.error();
  if (!is_complete(*state)) return Error{std::string(kBehind), "the behaviour index is being fed from the store"};
  if (identities_.generation() != state->generation)
    return Error{std::string(kBehind), "the links of ids are being read from the store"};
  auto snapshot = collect(project);
  if (!snapshot) return snapshot;
  // It may have been dropped in between.
  for (const Position& position : snapshot->positions) {
    if (position.next < state->position(position.partition))
      return Error{std::string(kBehind), "the behaviour index is being fed from the store"};
  }
  return snapshot;
}

// Events and links of one moment.
Result<Snapshot> BehaviorIndex::collect(ProjectId project) const {
  for (int i = 0; i < kCollectsMax; ++i) {
    if (i > 0) std::this_thread::sleep_for(kCollectAgain);
    const uint64_t version = identities_.version();
    const IdentityPtr identity = identities_.identities().of(project);
    Snapshot snapshot;
    for (const Part& part : parts_) {
      const auto index = held(part);
      if (!index) return Error{std::string(kBehind), "the behaviour index is being opened"};
      if (Status collected = index->collect(project, identity, snapshot); !collected) return collected.error();
    }
    if (identities_.version() == version && identities_.belongs_to(snapshot.positions)) return snapshot;
  }
  return Error{std::string(kBehind), "the behaviour index is being fed with events of newer links"};
}

bool BehaviorIndex::is_complete(const StoreState& state) const {
  return std::all_of(parts_.begin(), parts_.end(), [&](const Part& part) {
    std::shared_ptr<PartitionIndex> index;
    {
      const std::lock_guard lock(mutex_);
      if (part.generation == state.generation) index = part.index;
    }
    return index && index->next() >= state.position(part.number);
  });
}

void BehaviorIndex::report_damage() {
  damaged_ = true;
  {
    const std::lock_guard lock(mutex_);
    fed_ = true;
  }
  changed_.notify_all();
}

bool BehaviorIndex::catch_up(int64_t timeout_ms) {
  for (auto left = std::chrono::milliseconds(timeout_ms); !stopping_; left -= kAskEvery) {
    const auto state = reader_.state();
    if (state && !damaged_ && is_complete(*state)) return true;
    if (left <= left.zero()) return false;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kAskEvery, [this] { return stopping_.load(); });
  }
  return false;
}

std::shared_ptr<PartitionIndex> BehaviorIndex::held(const Part& part) const {
  const std::lock_guard lock(mutex_);
  return part.index;
}

// --- the thread ---

void BehaviorIndex::run() {
  while (!stopping_) {
    const auto worked = work();
    if (stopping_) return;
    report(worked ? Status() : Status(worked.error()));
    if (worked && *worked) continue;
    std::unique_lock lock(mutex_);
    if (worked) {
      changed_.wait_for(lock, kLookEvery, [this] { return stopping_ || fed_; });
    } else {
      changed_.wait_for(lock, kRetryAfter, [this] { return stopping_.load(); });
    }
    fed_ = false;
  }
}

// True: there may be more to do.
Result<bool> BehaviorIndex::work() {
  const auto state = reader_.state();
  if (!state) return state.error();
  // Before anything is opened or merged: a link that is not known looks like one that was taken back.
  if (identities_.generation() != state->generation) {
    if (Status loaded = identities_.load(reader_, settings_.read_max); !loaded) return loaded.error();
  }
  const bool damaged = damaged_.exchange(false);
  bool more = false;
  for (Part& part : parts_) {
    if (damaged) {
      const auto index = held(part);
      if (Status dropped = index ? begin_anew(*index, "damaged") : Status(); !dropped) return dropped.error();
    }
    const auto kept = keep_up(part, *state);
    if (!kept) return kept;
    more = more || *kept;
  }
  tell_metrics(*state);
  return more;
}

Result<bool> BehaviorIndex::keep_up(Part& part, const StoreState& state) {
  if (!held(part) || part.generation != state.generation) {
    if (Status opened = open(part, state); !opened) return opened.error();
  }
  const auto index = held(part);
  const log::Offset position = state.position(part.number);
  if (index->next() < position) return read_on(part, *index, position);
  return index->maintain([this] { return stopping_.load(); });
}

Status BehaviorIndex::open(Part& part, const StoreState& state) {
  const PartitionIndex::Place place{settings_.directory + "/" + std::to_string(part.number), part.number,
                                    state.generation};
  // Two may not write one folder; readers keep what they have of the old one.
  {
    const std::lock_guard lock(mutex_);
    part.index = nullptr;
  }
  auto opened = PartitionIndex::open(deps_.files, identities_.identities(), place, settings_.limits);
  if (!opened) return opened.error();
  const log::Offset position = state.position(part.number);
  const Opened how = (*opened)->opened();
  if (how == Opened::dropped) deps_.metrics.counter(telemetry::kBehaviorRebuilds, {"unusable"}).add();
  if (how == Opened::fresh && position > 0) deps_.metrics.counter(telemetry::kBehaviorRebuilds, {"missing"}).add();
  // A store that was put back to an earlier moment: what came after it is not in it.
  if ((*opened)->next() > position) {
    if (Status dropped = begin_anew(**opened, "ahead"); !dropped) return dropped;
  }
  const std::lock_guard lock(mutex_);
  part.index = std::move(*opened);
  part.generation = state.generation;
  return {};
}

// Events that the index lacks, a portion of them.
Result<bool> BehaviorIndex::read_on(Part& part, PartitionIndex& index, log::Offset position) {
  const log::Offset from = index.next();
  const log::Offset upto = std::min(position, from + static_cast<log::Offset>(settings_.read_max));
  const auto stored = reader_.events(part.number, from, upto);
  if (!stored) return stored.error();
  index.apply(from, upto, stored->rows);
  const auto maintained = index.maintain([this] { return stopping_.load(); });
  if (!maintained) return maintained;
  return true;
}

Status BehaviorIndex::begin_anew(PartitionIndex& index, std::string_view reason) {
  deps_.metrics.counter(telemetry::kBehaviorRebuilds, {reason}).add();
  return index.drop();
}

// A line is written when work begins to fail and when it works again.
void BehaviorIndex::report(const Status& done) {
  if (done.ok()) {
    if (!failing_.empty()) deps_.logger.info("the behaviour index is kept up again");
    failing_.clear();
    return;
  }
  const Error& error = done.error();
  if (error.code == kCorrupt) damaged_ = true;
  deps_.metrics.counter(telemetry::kBehaviorErrors, {error.code}).add();
  if (std::exchange(failing_, error.code) == error.code) return;
  deps_.logger.warn("the behaviour index cannot be kept up; SQL answers until it can",
                    {{"code", error.code}, {"detail", error.message}});
}

void BehaviorIndex::tell_metrics(const StoreState& state) {
  uint64_t lag = 0;
  double disk = 0, memory = 0;
  for (const Part& part : parts_) {
    const auto index = held(part);
    const log::Offset position = state.position(part.number), next = index ? index->next() : 0;
    lag += position > next ? position - next : 0;
    if (!index) continue;
    const auto facts = index->facts();
    disk += static_cast<double>(facts.bytes_on_disk);
    memory += static_cast<double>(facts.bytes_in_memory);
  }
  deps_.metrics.gauge(telemetry::kBehaviorLag).set(static_cast<double>(lag));
  deps_.metrics.gauge(telemetry::kBehaviorBytes, {"disk"}).set(disk);
  deps_.metrics.gauge(telemetry::kBehaviorBytes, {"memory"}).set(memory);
}

}  // namespace gm::behavior
