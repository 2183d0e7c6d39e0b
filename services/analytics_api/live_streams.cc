#include "services/analytics_api/live_streams.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "lib/telemetry/catalog.h"
#include "services/analytics_api/render.h"

namespace gm::analytics_api {

LiveStreams::LiveStreams(store::LiveState& live, size_t streams_max, int64_t keep_alive_ms,
                         telemetry::Registry& telemetry)
    : live_(live),
      streams_max_(streams_max),
      keep_alive_ms_(keep_alive_ms),
      open_(telemetry.gauge(telemetry::kLiveStreams)),
      dropped_(telemetry.counter(telemetry::kLiveDropped, {"stream_closed_or_slow"})),
      timer_([this] { run(); }) {}

LiveStreams::~LiveStreams() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  timer_.join();
  for (const StreamPtr& stream : streams_) live_.unsubscribe(stream->subscription);
}

bool LiveStreams::add(ProjectId project, std::shared_ptr<http::ResponseStream> response) {
  auto stream = std::make_shared<Stream>();
  stream->response = std::move(response);
  {
    // Holds a place before subscribing, so that the limit is exact.
    const std::lock_guard lock(mutex_);
    if (streams_.size() >= streams_max_) return false;
    streams_.push_back(stream);
    open_.set(static_cast<double>(streams_.size()));
  }
  const uint64_t subscription = live_.subscribe(project, [this, stream](const store::LiveEvent& event) {
    if (stream->dead.load()) return;
    if (stream->response->send("event: event\ndata: " + render_feed_entry(event) + "\n\n")) return;
    dropped_.add();
    mark_dead(*stream);
  });
  const std::lock_guard lock(mutex_);
  stream->subscription = subscription;
  if (stream->dead.load()) {  // died while being subscribed, when reap() had to leave it
    some_dead_ = true;
    wake_.notify_one();
  }
  return true;
}

size_t LiveStreams::size() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

void LiveStreams::mark_dead(Stream& stream) {
  stream.dead = true;
  {
    const std::lock_guard lock(mutex_);
    some_dead_ = true;
  }
  wake_.notify_one();
}

void LiveStreams::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool woken =
        wake_.wait_for(lock, std::chrono::milliseconds(keep_alive_ms_), [this] { return stopping_ || some_dead_; });
    if (stopping_) return;
    some_dead_ = false;
    lock.unlock();
    if (!woken) keep_alive();
    reap();
    lock.lock();
  }
}

void LiveStreams::keep_alive() {
  std::vector<StreamPtr> streams;
  {
    const std::lock_guard lock(mutex_);
    streams = streams_;
  }
  for (const StreamPtr& stream : streams) {
    if (!stream->response->open() || !stream->response->send(": keep-alive\n\n")) stream->dead = true;
  }
}

void LiveStreams::reap() {
  std::vector<StreamPtr> dead;
  {
    const std::lock_guard lock(mutex_);
    // A stream whose subscription is still being made is left for the next time.
    const auto first_dead = std::stable_partition(
        streams_.begin(), streams_.end(), [](const StreamPtr& s) { return !s->dead.load() || s->subscription == 0; });
    std::move(first_dead, streams_.end(), std::back_inserter(dead));
    streams_.erase(first_dead, streams_.end());
    open_.set(static_cast<double>(streams_.size()));
  }
  for (const StreamPtr& stream : dead) live_.unsubscribe(stream->subscription);
}

}  // namespace gm::analytics_api
