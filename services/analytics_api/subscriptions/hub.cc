#include "services/analytics_api/subscriptions/hub.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/graphql/service.h"
#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_graphql.h"

namespace gm::analytics_api {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// Nothing is due: how long to sleep at most.
constexpr int64_t kIdleMs = 3'600'000;

std::string_view name_of(Ending why) {
  switch (why) {
    case Ending::client_gone:
      return "client_gone";
    case Ending::client_completed:
      return "client_completed";
    case Ending::server_stops:
      return "server_stops";
    case Ending::key_refused:
      return "key_refused";
  }
  return "unknown";
}

std::string error_response(std::string code, std::string message) {
  return graphql::error_body({{std::move(code), std::move(message), {}, {}, {}}});
}

}  // namespace

Hub::Hub(HubSettings settings, const Clock& clock, telemetry::Registry& telemetry)
    : settings_(settings),
      clock_(clock),
      telemetry_(telemetry),
      places_("subscriptions", "gm-graphql-too-many-subscriptions", settings.subscriptions_max,
              settings.subscriptions_per_key_max, &telemetry.gauge(telemetry::kGraphqlSubscriptions)) {
  for (size_t i = 0; i < settings_.threads; ++i) threads_.emplace_back([this] { run(); });
}

Hub::~Hub() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

uint64_t Hub::start(Place place, Plan plan, std::shared_ptr<Sink> sink) {
  auto entry = std::make_shared<Entry>();
  entry->place = std::move(place);
  entry->plan = std::move(plan);
  entry->sink = std::move(sink);
  const int64_t now_ns = clock_.monotonic_ns();
  entry->take_at_ns = now_ns;
  entry->keep_alive_at_ns = now_ns + settings_.keep_alive_ms * kNsPerMs;
  const std::lock_guard lock(mutex_);
  entry->number = ++last_number_;
  entries_.emplace(entry->number, entry);
  wait_in_queue(entry, now_ns);
  return entry->number;
}

// The mutex is held.
void Hub::wait_in_queue(const EntryPtr& entry, int64_t due_ns) {
  entry->due_ns = due_ns;
  entry->waiting = true;
  const bool first = queue_.empty() || due_ns < queue_.begin()->first;
  queue_.emplace(due_ns, entry);
  if (first) wake_.notify_one();
}

void Hub::end(uint64_t number, Ending why) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second->ending) return;
  const EntryPtr entry = found->second;
  entry->ending = why;
  if (!entry->waiting) return;  // its thread will see it
  const auto [from, to] = queue_.equal_range(entry->due_ns);
  queue_.erase(std::find_if(from, to, [&](const auto& each) { return each.second == entry; }));
  wait_in_queue(entry, clock_.monotonic_ns());
}

size_t Hub::open() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

// The mutex is held. Empty when nothing is due.
Hub::EntryPtr Hub::pop_due(int64_t now_ns) {
  if (queue_.empty() || queue_.begin()->first > now_ns) return nullptr;
  EntryPtr entry = std::move(queue_.begin()->second);
  queue_.erase(queue_.begin());
  entry->waiting = false;
  return entry;
}

void Hub::run() {
  pthread_setname_np(pthread_self(), "gm-subscribers");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int64_t now_ns = clock_.monotonic_ns();
    if (const EntryPtr entry = pop_due(now_ns)) {
      const auto ending = entry->ending;
      lock.unlock();
      run_one(entry, ending);
      lock.lock();
      continue;
    }
    const int64_t sleep_ns = queue_.empty() ? kIdleMs * kNsPerMs : queue_.begin()->first - now_ns;
    wake_.wait_for(lock, std::chrono::nanoseconds(sleep_ns));
  }
}

int64_t Hub::run_due() {
  const int64_t now_ns = clock_.monotonic_ns();
  std::vector<std::pair<EntryPtr, std::optional<Ending>>> due;
  {
    const std::lock_guard lock(mutex_);
    while (EntryPtr entry = pop_due(now_ns)) {
      const auto ending = entry->ending;
      due.emplace_back(std::move(entry), ending);
    }
  }
  for (const auto& [entry, ending] : due) run_one(entry, ending);
  const std::lock_guard lock(mutex_);
  return queue_.empty() ? kIdleMs : std::max<int64_t>(0, queue_.begin()->first - now_ns) / kNsPerMs;
}

void Hub::run_one(const EntryPtr& entry, std::optional<Ending> ending) {
  if (ending) {
    say_goodbye(*entry, *ending);
    return remove(entry, *ending);
  }
  if (const auto ended = step(*entry)) return remove(entry, *ended);
  const std::lock_guard lock(mutex_);
  const int64_t due_ns = std::min(entry->take_at_ns, entry->keep_alive_at_ns);
  wait_in_queue(entry, entry->ending ? clock_.monotonic_ns() : due_ns);
}

void Hub::say_goodbye(Entry& entry, Ending why) {
  if (why != Ending::server_stops) return;
  entry.sink->next(error_response("gm-server-stopping", "the server stops; subscribe again"));
  entry.sink->complete();
}

void Hub::remove(const EntryPtr& entry, Ending why) {
  telemetry_.counter(telemetry::kGraphqlSubscriptionsEnded, {name_of(why)}).add();
  const std::lock_guard lock(mutex_);
  entries_.erase(entry->number);
}

std::optional<Ending> Hub::step(Entry& entry) {
  if (!entry.sink->open()) return Ending::client_gone;
  if (const Status allowed = entry.plan.allowed(); !allowed) {
    entry.sink->next(error_response(allowed.error().code, allowed.error().message));
    entry.sink->complete();
    return Ending::key_refused;
  }
  const int64_t now_ns = clock_.monotonic_ns();
  bool there = true;
  if (now_ns >= entry.take_at_ns) there = take(entry, now_ns);
  if (there && now_ns >= entry.keep_alive_at_ns) {
    entry.keep_alive_at_ns = now_ns + settings_.keep_alive_ms * kNsPerMs;
    there = entry.sink->keep_alive();
  }
  return there ? std::nullopt : std::optional(Ending::client_gone);
}

// False when the client has gone.
bool Hub::take(Entry& entry, int64_t now_ns) {
  graphql::Source& source = *entry.plan.source;
  entry.take_at_ns = now_ns + source.interval_ms() * kNsPerMs;
  const bool states = source.kind() == graphql::Source::Kind::state;
  if (!entry.sink->ready()) {
    if (states) telemetry_.counter(telemetry::kGraphqlStatesSkipped).add();
    return true;
  }
  const graphql::Source::Taken taken = source.take();
  if (taken.more) entry.take_at_ns = now_ns;
  if (taken.lost > 0 && !tell_lost(entry, taken.lost)) return false;
  if (!taken.event) return true;
  std::string response = entry.plan.respond(*taken.event);
  if (states && response == entry.last) return true;
  if (!send(entry, response)) return false;
  if (states) entry.last = std::move(response);
  return true;
}

bool Hub::tell_lost(Entry& entry, uint64_t lost) {
  entry.lost += lost;
  telemetry_.counter(telemetry::kGraphqlEventsLost).add(lost);
  return send(entry,
              fmt::format(R"({{"errors":[{{"message":"{} events were left out: they came faster than they were )"
                          R"(taken","extensions":{{"code":"gm-subscription-lost","lost":{},"lostTotal":{}}}}}]}})",
                          lost, lost, entry.lost));
}

bool Hub::send(Entry& entry, std::string_view response) {
  entry.keep_alive_at_ns = clock_.monotonic_ns() + settings_.keep_alive_ms * kNsPerMs;
  telemetry_.counter(telemetry::kGraphqlSubscriptionResponses).add();
  return entry.sink->next(response);
}

}  // namespace gm::analytics_api
