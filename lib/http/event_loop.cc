#include "lib/http/event_loop.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include "lib/http/answer_burst.h"
#include "lib/http/connection.h"
#include "lib/telemetry/catalog.h"

namespace gm::http {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// Connections taken in one turn, so that those at work are not kept waiting by many new ones.
constexpr int kAcceptsPerTurn = 64;
// How long what handlers gather may wait while the loop has more to do: little beside a disk's fdatasync.
constexpr int64_t kGatherNsMax = kNsPerMs;

// How exact deadlines are: an eighth of the shortest, within reason.
int64_t tick_ns(const ServerSettings& settings) {
  const int64_t shortest = std::min({settings.header_timeout_ms, settings.body_timeout_ms, settings.idle_timeout_ms});
  return std::clamp<int64_t>(shortest / 8, 5, 250) * kNsPerMs;
}

}  // namespace

ServerShared::ServerShared(ServerSettings given, const ServerContext& from, std::shared_ptr<ByteBudget> bytes)
    : settings(std::move(given)),
      clock(from.clock),
      registry(from.registry),
      logger(from.logger.component("http")),
      connections_gauge(from.registry.gauge(telemetry::kHttpConnections)),
      refused(from.registry, logger, from.clock),
      budget(bytes ? std::move(bytes) : std::make_shared<ByteBudget>(settings.in_flight_bytes_max)) {}

EventLoop::EventLoop(std::shared_ptr<ServerShared> shared, uint64_t seed) : shared_(std::move(shared)), random_(seed) {}

EventLoop::~EventLoop() { stop(); }

Status EventLoop::start(io::Listener listener) {
  listener_ = std::move(listener);
  if (Status opened = poller_.open(); !opened) return opened;
  if (!poller_.watch_listener(listener_.socket.get(), this))
    return Error{std::string(io::kNoResources), "the system can watch no more sockets"};
  thread_ = std::thread([this] {
    thread_id_ = std::this_thread::get_id();
    pthread_setname_np(pthread_self(), "gm-http");
    run();
  });
  return {};
}

void EventLoop::run() {
  while (!stopping_) turn();
  gone_.clear();
  again_.clear();
  Mail unread;  // holds connections, which hold the loop
  const std::lock_guard lock(mutex_);
  std::swap(unread, mail_);
}

// The last resort: nothing is known to throw but memory exhaustion, and other connections go on.
template <typename Step>
void EventLoop::guarded(Step step) {
  try {
    step();
  } catch (const std::exception& error) {
    shared_->logger.error("event loop: exception", {{"what", error.what()}});
  }
}

void EventLoop::turn() {
  const auto events = wait();
  read_mail();
  for (const io::Poller::Event& event : events) {
    guarded([&] { event.tag == this ? accept() : static_cast<Connection*>(event.tag)->on_ready(event); });
  }
  std::vector<std::shared_ptr<Connection>> now;
  now.swap(again_);
  for (const auto& connection : now) guarded([&] { connection->resume(); });
  const int64_t now_ns = shared_->clock.monotonic_ns();
  if (now_ns >= next_tick_ns_) guarded([&] { look_at_deadlines(now_ns); });
  if (gathering_since_ns_ == 0) gathering_since_ns_ = now_ns;
  if (now_ns - gathering_since_ns_ > kGatherNsMax) hand_on();
  gone_.clear();
}

// As long as there is something to do at once, nothing is handed on: the more goes into one commit of the log, the less
// each of its requests costs.
std::span<const io::Poller::Event> EventLoop::wait() {
  if (has_more()) return poller_.wait(0);
  if (gathering_since_ns_ != 0 && !shared_->when_caught_up.empty()) {
    if (const auto events = poller_.wait(0); !events.empty()) return events;
    hand_on();
  }
  return poller_.wait(fall_asleep() ? patience_ms() : 0);
}

void EventLoop::hand_on() {
  for (const auto& task : shared_->when_caught_up) guarded(task);
  gathering_since_ns_ = 0;
}

bool EventLoop::has_more() const {
  if (!again_.empty()) return true;
  const std::lock_guard lock(mutex_);
  return !mail_.empty();
}

// False when there is mail already. From now on whoever hands something over must rouse the loop.
bool EventLoop::fall_asleep() {
  const std::lock_guard lock(mutex_);
  asleep_ = mail_.empty();
  return asleep_;
}

int EventLoop::patience_ms() const {
  if (connections_.empty() && !accepting_paused_) return -1;
  const int64_t left_ns = next_tick_ns_ - shared_->clock.monotonic_ns();
  return static_cast<int>((std::clamp<int64_t>(left_ns, 0, tick_ns(shared_->settings)) + kNsPerMs - 1) / kNsPerMs);
}

void EventLoop::read_mail() {
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
    std::swap(taken_, mail_);
  }
  for (Completion& one : taken_.completions)
    guarded([&] { one.connection->finish(one.serial, std::move(one.response)); });
  for (const auto& connection : taken_.streams) guarded([&] { connection->flush(); });
  for (const auto& what : taken_.calls) guarded(what);
  taken_.completions.clear();
  taken_.streams.clear();
  taken_.calls.clear();
}

// True when the loop must be roused. The call that does it comes after the lock, for the loop may run at once.
template <typename Put>
bool EventLoop::hand_over(Put put) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  put(mail_);
  return std::exchange(asleep_, false);
}

void EventLoop::complete(std::shared_ptr<Connection> connection, uint64_t serial, Response response) {
  const bool asleep =
      hand_over([&](Mail& mail) { mail.completions.push_back({std::move(connection), serial, std::move(response)}); });
  if (asleep && !AnswerBurst::takes_on(*this)) poller_.wake();
}

void EventLoop::wake(std::shared_ptr<Connection> connection) {
  if (hand_over([&](Mail& mail) { mail.streams.push_back(std::move(connection)); })) poller_.wake();
}

void EventLoop::call(std::function<void()> what) {
  if (hand_over([&](Mail& mail) { mail.calls.push_back(std::move(what)); })) poller_.wake();
}

void EventLoop::rouse() { poller_.wake(); }

std::vector<std::shared_ptr<Connection>> EventLoop::all_connections() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  return all;
}

void EventLoop::close_listener() {
  if (!listener_.socket.valid()) return;
  poller_.stop_watching(listener_.socket.get());
  listener_.socket = io::Descriptor();
  accepting_paused_ = false;
}

void EventLoop::drain() {
  call([this] {
    draining_ = true;
    close_listener();
    for (const auto& connection : all_connections()) connection->close_if_idle();
  });
}

void EventLoop::wait_empty(int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  empty_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return open_ == 0; });
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  call([this] {
    draining_ = true;
    close_listener();
    for (const auto& connection : all_connections()) connection->close();
    stopping_ = true;
    const std::lock_guard lock(mutex_);
    ended_ = true;
  });
  thread_.join();
}

void EventLoop::accept() {
  std::string problem;
  for (int taken = 0; taken < kAcceptsPerTurn && listener_.socket.valid(); ++taken) {
    auto accepted = io::accept_connection(listener_.socket.get(), problem);
    if (!accepted) break;
    adopt(std::move(*accepted));
  }
  if (!problem.empty()) pause_accepting(problem);
}

// Out of descriptors: wait for some to come back instead of spinning.
void EventLoop::pause_accepting(const std::string& problem) {
  shared_->logger.warn("accept failed", {{"reason", problem}});
  poller_.stop_watching(listener_.socket.get());
  accepting_paused_ = true;
}

void EventLoop::adopt(io::Accepted accepted) {
  if (shared_->connections.fetch_add(1) >= shared_->settings.connections_max) {
    shared_->connections.fetch_sub(1);
    return shared_->refused.count(RefusedReason::connections_max);
  }
  // The connection keeps its own share of the context, so that a reload leaves it as it is.
  const auto tls = shared_->tls ? shared_->tls->context() : nullptr;
  auto connection = std::make_shared<Connection>(shared_from_this(), io::Socket(std::move(accepted.socket)), tls.get(),
                                                 std::move(accepted.peer));
  if (!poller_.watch_connection(connection->fd(), connection.get())) {
    shared_->connections.fetch_sub(1);
    return shared_->logger.warn("a connection could not be watched", {});
  }
  shared_->connections_gauge.add(1);
  connections_.emplace(connection.get(), connection);
  {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  connection->start();
}

void EventLoop::forget(Connection* connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  gone_.push_back(std::move(found->second));
  connections_.erase(found);
  shared_->connections.fetch_sub(1);
  shared_->connections_gauge.add(-1);
  const std::lock_guard lock(mutex_);
  if (--open_ == 0) empty_.notify_all();
}

// Once a tick for all deadlines: a timer per request would cost more than the request's own bookkeeping.
void EventLoop::look_at_deadlines(int64_t now_ns) {
  next_tick_ns_ = now_ns + tick_ns(shared_->settings);
  std::vector<std::shared_ptr<Connection>> late;
  for (const auto& [key, connection] : connections_) {
    if (connection->deadline_ns() <= now_ns) late.push_back(connection);
  }
  for (const auto& connection : late) connection->on_deadline();
  if (accepting_paused_) accepting_paused_ = !poller_.watch_listener(listener_.socket.get(), this);
}

void EventLoop::observe_duration(const Route* route, Method method, int status, int64_t took_ns) {
  const std::tuple key(route, method, status);
  if (key != last_key_) {
    telemetry::Histogram*& found = durations_[key];
    if (found == nullptr) {
      const std::string code = std::to_string(status);
      const std::string_view pattern = route == nullptr ? std::string_view{} : std::string_view(route->pattern);
      found = &shared_->registry.histogram(telemetry::kHttpRequestDuration, {method_name(method), pattern, code});
    }
    last_key_ = key;
    last_duration_ = found;
  }
  last_duration_->observe(static_cast<double>(took_ns) * 1e-9);
}

}  // namespace gm::http
