#include "adapters/embedded/event_log.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "adapters/embedded/refusals.h"
#include "adapters/embedded/topic_log.h"
#include "lib/codec/crc32c.h"
#include "lib/config/settings.h"
#include "lib/telemetry/catalog.h"

namespace gm::embedded {
namespace {

constexpr double kNanosecond = 1e-9;
// More than this does not wait for start_commit(): the disk would stand idle meanwhile.
constexpr size_t kGatheredBytesMax = 512 * 1024;

constexpr size_t index_of(log::Topic topic) { return static_cast<size_t>(topic); }

Error log_stopped() { return {std::string(kLogFailed), "the log has stopped"}; }

struct Metrics {
  telemetry::Counter* appended = nullptr;
  telemetry::Gauge* bytes = nullptr;
};

}  // namespace

LogSettings LogSettings::from(const config::Settings& settings) {
  LogSettings made;
  made.directory = settings.text("data_dir") + "/log";
  made.segment_bytes = static_cast<uint64_t>(settings.bytes("log.segment_bytes"));
  made.segment_age_ms = settings.duration_ms("log.segment_age");
  made.queue_bytes_max = static_cast<uint64_t>(settings.bytes("log.queue_bytes_max"));
  made.disk_free_min = static_cast<uint64_t>(settings.bytes("log.disk_free_min"));
  made.retention_ms = settings.duration_ms("log.retention");
  return made;
}

struct EmbeddedLog::State {
  using Queues = std::array<std::vector<Append>, log::kTopicCount>;

  State(LogSettings chosen, io::FileSystem& file_system, const Clock& time, LogHooks chosen_hooks)
      : settings(std::move(chosen)), files(file_system), clock(time), hooks(std::move(chosen_hooks)) {}

  Status open_topics();
  void observe(telemetry::Registry& registry);
  TopicLog& topic(log::Topic which) const { return *topics[index_of(which)]; }

  enum class Start : uint8_t { now, later };
  void append(log::Topic topic, Append append, Start start);
  // Precondition: the queue is locked. True: the committer must be told, after the lock.
  bool want_commit() { return !std::exchange(wanted, true); }

  void run();
  void answer(const std::function<void()>& answer_all) const;
  void commit(Queues& taken);
  void commit_round(Queues& taken, std::array<size_t, log::kTopicCount>& done);
  bool disk_has_room(size_t bytes) const;
  // Ends every newest segment, on the committer's thread.
  Status roll();
  void roll_topics(std::promise<Status>& done);
  void settle(std::span<Append> appends, log::Offset base);
  void refuse(std::span<Append> appends, const Error& error);
  void stop(const Error& error);

  const LogSettings settings;
  io::FileSystem& files;
  const Clock& clock;
  const LogHooks hooks;
  SystemRandom system_random;
  std::unique_ptr<io::FileLock> lock;
  std::vector<TornTail> torn_tails;
  std::array<std::unique_ptr<TopicLog>, log::kTopicCount> topics;
  std::array<Metrics, log::kTopicCount> metrics;
  telemetry::Histogram* commit_duration = nullptr;

  std::atomic<size_t> queued_bytes{0};
  std::atomic<bool> failed{false};
  std::atomic<bool> gathering{false};  // an append waits for start_commit()
  std::mutex queue_mutex;              // guards what follows, up to closing
  std::condition_variable queue_filled;
  Queues queues;
  size_t gathered_bytes = 0;
  bool wanted = false;  // what is queued is to be committed now
  std::vector<std::promise<Status>> rolls;
  bool closing = false;
  std::mutex close_mutex;
  std::thread committer;
  Refusals refusals;
};

Status EmbeddedLog::State::open_topics() {
  if (Status made = files.make_directories(settings.directory); !made) return unavailable(made.error());
  auto locked = files.lock(settings.directory + "/LOCK");
  if (!locked) {
    if (locked.error().code != io::kLocked) return unavailable(locked.error());
    return Error{std::string(kLogLocked), fmt::format("{} is in use by another process", settings.directory)};
  }
  lock = std::move(*locked);
  Random& random = hooks.random != nullptr ? *hooks.random : system_random;
  for (int i = 0; i < log::kTopicCount; ++i) {
    auto opened = TopicLog::open(static_cast<log::Topic>(i), {settings, files, random}, torn_tails);
    if (!opened) return opened.error();
    topics[static_cast<size_t>(i)] = std::move(*opened);
  }
  return {};
}

void EmbeddedLog::State::observe(telemetry::Registry& registry) {
  commit_duration = &registry.histogram(telemetry::kLogCommitDuration);
  for (int i = 0; i < log::kTopicCount; ++i) {
    const auto which = static_cast<log::Topic>(i);
    Metrics& own = metrics[index_of(which)];
    own.appended = &registry.counter(telemetry::kLogAppended, {log::topic_name(which)});
    own.bytes = &registry.gauge(telemetry::kLogBytes, {log::topic_name(which)});
    own.bytes->set(static_cast<double>(topic(which).bytes()));
  }
}

// The next commit gathers while the one before waits for the disk: no timer decides when to commit.
void EmbeddedLog::State::run() {
  pthread_setname_np(pthread_self(), "gm-log");
  Queues taken;
  std::vector<std::promise<Status>> taken_rolls;
  while (true) {
    {
      std::unique_lock guard(queue_mutex);
      queue_filled.wait(guard, [&] { return wanted || closing; });
      std::swap(taken, queues);
      std::swap(taken_rolls, rolls);
      wanted = false;
      gathered_bytes = 0;
      gathering = false;
      const auto is_empty = [](const auto& appends) { return appends.empty(); };
      if (closing && taken_rolls.empty() && std::ranges::all_of(taken, is_empty)) break;
    }
    commit(taken);
    for (auto& appends : taken) appends.clear();
    for (std::promise<Status>& one : taken_rolls) roll_topics(one);
    taken_rolls.clear();
  }
  if (failed) return;
  for (const auto& one : topics) one->seal();
}

void EmbeddedLog::State::roll_topics(std::promise<Status>& done) {
  Status rolled = failed ? Status(log_stopped()) : Status();
  for (size_t i = 0; i < topics.size() && rolled; ++i) rolled = topics[i]->roll();
  if (!rolled && rolled.error().code != kLogFull && !failed) stop(rolled.error());
  done.set_value(std::move(rolled));
}

Status EmbeddedLog::State::roll() {
  std::future<Status> done;
  {
    const std::lock_guard guard(queue_mutex);
    if (closing || failed) return log_stopped();
    done = rolls.emplace_back().get_future();
    wanted = true;
  }
  queue_filled.notify_one();
  return done.get();
}

void EmbeddedLog::State::commit(Queues& taken) {
  size_t bytes = 0;
  for (const auto& appends : taken) {
    for (const Append& append : appends) bytes += kFrameHeaderBytes + append.payload.size();
  }
  if (!failed && !disk_has_room(bytes)) {
    const Error full{std::string(kLogFull), "the disk has less free space than log.disk_free_min"};
    for (auto& appends : taken) refuse(appends, full);
    return;
  }
  std::array<size_t, log::kTopicCount> done{};
  const auto unfinished = [&] {
    for (size_t i = 0; i < taken.size(); ++i) {
      if (done[i] < taken[i].size()) return true;
    }
    return false;
  };
  while (!failed && unfinished()) commit_round(taken, done);
  for (size_t i = 0; i < taken.size(); ++i) refuse(std::span(taken[i]).subspan(done[i]), log_stopped());
}

// All topics are written before the first is synced: the first fdatasync then carries most of the others' bytes along.
void EmbeddedLog::State::commit_round(Queues& taken, std::array<size_t, log::kTopicCount>& done) {
  const int64_t started_ns = clock.monotonic_ns();
  const int64_t now_ms = clock.now_ms();
  std::array<size_t, log::kTopicCount> written{};
  for (size_t i = 0; i < taken.size() && !failed; ++i) {
    const std::span<Append> left = std::span(taken[i]).subspan(done[i]);
    if (left.empty()) continue;
    auto wrote = topics[i]->write(left, now_ms);
    if (wrote) {
      written[i] = *wrote;
    } else if (wrote.error().code == kLogFull) {
      refuse(left, wrote.error());
      done[i] = taken[i].size();
    } else {
      stop(wrote.error());
    }
  }
  for (size_t i = 0; i < taken.size() && !failed; ++i) {
    if (written[i] == 0) continue;
    const log::Offset base = topics[i]->end();
    if (Status durable = topics[i]->commit(); !durable) {
      stop(durable.error());
      break;
    }
    if (metrics[i].appended != nullptr) {
      metrics[i].appended->add(topics[i]->end() - base);
      metrics[i].bytes->set(static_cast<double>(topics[i]->bytes()));
    }
    settle(std::span(taken[i]).subspan(done[i], written[i]), base);
    done[i] += written[i];
  }
  if (commit_duration != nullptr) {
    commit_duration->observe(static_cast<double>(clock.monotonic_ns() - started_ns) * kNanosecond);
  }
}

bool EmbeddedLog::State::disk_has_room(size_t bytes) const {
  auto free = files.free_bytes(settings.directory);
  // Not knowing is no reason to refuse: a write that does not fit still fails cleanly.
  return !free.ok() || *free >= settings.disk_free_min + bytes;
}

void EmbeddedLog::State::settle(std::span<Append> appends, log::Offset base) {
  size_t bytes = 0;
  for (const Append& append : appends) bytes += append.payload.size();
  queued_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  answer([&] {
    for (Append& append : appends) {
      append.done(base);
      base += append.count;
    }
  });
}

void EmbeddedLog::State::refuse(std::span<Append> appends, const Error& error) {
  if (appends.empty()) return;
  size_t bytes = 0;
  for (const Append& append : appends) bytes += append.payload.size();
  queued_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  answer([&] {
    for (Append& append : appends) append.done(error);
  });
}

void EmbeddedLog::State::answer(const std::function<void()>& answer_all) const {
  hooks.answering ? hooks.answering(answer_all) : answer_all();
}

void EmbeddedLog::State::stop(const Error& error) {
  failed = true;
  if (hooks.failed) hooks.failed(error);
  for (const auto& one : topics) one->close();
}

EmbeddedLog::EmbeddedLog(std::unique_ptr<State> state) : state_(std::move(state)) {}

EmbeddedLog::~EmbeddedLog() { close(); }

Result<std::unique_ptr<EmbeddedLog>> EmbeddedLog::open(LogSettings settings, io::FileSystem& files, const Clock& clock,
                                                       telemetry::Registry* registry, LogHooks hooks) {
  auto state = std::make_unique<State>(std::move(settings), files, clock, std::move(hooks));
  if (Status opened = state->open_topics(); !opened) return opened.error();
  if (registry != nullptr) state->observe(*registry);
  State* running = state.get();
  state->committer = std::thread([running] { running->run(); });
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(std::move(state)));
}

log::Partition EmbeddedLog::partition_count(log::Topic) const { return 1; }

void EmbeddedLog::append(log::Topic topic, log::Partition, std::string payload, uint32_t count, log::AppendDone done) {
  state_->append(topic, {std::move(payload), count, 0, std::move(done)}, State::Start::now);
}

void EmbeddedLog::append_later(log::Topic topic, log::Partition, std::string payload, uint32_t count,
                               log::AppendDone done) {
  state_->append(topic, {std::move(payload), count, 0, std::move(done)}, State::Start::later);
}

void EmbeddedLog::start_commit() {
  State& state = *state_;
  if (!state.gathering.exchange(false)) return;
  {
    const std::lock_guard guard(state.queue_mutex);
    if (!state.want_commit()) return;
  }
  state.queue_filled.notify_one();
}

void EmbeddedLog::State::append(log::Topic topic, Append append, Start start) {
  const size_t bytes = append.payload.size();
  if (append.count == 0) std::abort();  // no offset could name the frame
  if (bytes > kPayloadBytesMax) {
    return refusals.add(std::move(append.done), {std::string(kLogFull), "a payload is larger than a frame may be"});
  }
  const size_t before = queued_bytes.fetch_add(bytes, std::memory_order_relaxed);
  // One append alone always gets in, however large: it could never be stored otherwise.
  if (before > 0 && before + bytes > settings.queue_bytes_max) {
    queued_bytes.fetch_sub(bytes, std::memory_order_relaxed);
    return refusals.add(std::move(append.done), {std::string(kLogFull), "log.queue_bytes_max is reached"});
  }
  // Here and not on the committer: callers are many, and the bytes are still in this processor's cache.
  append.payload_crc = codec::crc32c(0, append.payload);
  std::unique_lock guard(queue_mutex);
  if (closing || failed) {
    guard.unlock();
    queued_bytes.fetch_sub(bytes, std::memory_order_relaxed);
    return refusals.add(std::move(append.done), log_stopped());
  }
  queues[index_of(topic)].push_back(std::move(append));
  gathered_bytes += bytes;
  bool tell = false;
  if (start == Start::now || gathered_bytes > kGatheredBytesMax) {
    tell = want_commit();
  } else {
    gathering = true;
  }
  guard.unlock();
  if (tell) queue_filled.notify_one();
}

Result<std::vector<log::Frame>> EmbeddedLog::read(log::Topic topic, log::Partition, log::Offset from,
                                                  size_t bytes_max) {
  return state_->topic(topic).read(from, bytes_max);
}

log::Offset EmbeddedLog::begin(log::Topic topic, log::Partition) const { return state_->topic(topic).begin(); }
log::Offset EmbeddedLog::end(log::Topic topic, log::Partition) const { return state_->topic(topic).end(); }

bool EmbeddedLog::wait_past(log::Topic topic, log::Partition, log::Offset offset, int64_t timeout_ms) {
  return state_->topic(topic).wait_past(offset, timeout_ms);
}

Status EmbeddedLog::release(log::Topic topic, log::Partition, log::Offset upto) {
  TopicLog& released = state_->topic(topic);
  Status status = released.release(upto, state_->clock.now_ms(), state_->hooks.archive);
  if (telemetry::Gauge* bytes = state_->metrics[index_of(topic)].bytes)
    bytes->set(static_cast<double>(released.bytes()));
  return status;
}

Result<log::RewriteCounts> EmbeddedLog::rewrite(const log::RecordEdit& edit) {
  if (Status rolled = state_->roll(); !rolled) return rolled.error();
  SystemRandom random;  // the committer has the other one
  log::RewriteCounts counts;
  for (const auto& topic : state_->topics) {
    const auto made = topic->rewrite(random, edit);
    if (!made) return made.error();
    counts += *made;
  }
  return counts;
}

size_t EmbeddedLog::queued_bytes() const { return state_->queued_bytes.load(std::memory_order_relaxed); }

void EmbeddedLog::close() {
  const std::lock_guard closing(state_->close_mutex);
  if (!state_->committer.joinable()) return;
  {
    const std::lock_guard guard(state_->queue_mutex);
    state_->closing = true;
  }
  state_->queue_filled.notify_one();
  state_->committer.join();
  for (const auto& topic : state_->topics) topic->close();
}

const std::vector<TornTail>& EmbeddedLog::torn_tails() const { return state_->torn_tails; }

bool EmbeddedLog::failed() const { return state_->failed; }

}  // namespace gm::embedded
