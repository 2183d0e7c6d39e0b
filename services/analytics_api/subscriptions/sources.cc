#include "services/analytics_api/subscriptions/sources.h"

#include <algorithm>
#include <utility>

namespace gm::analytics_api {
namespace {

bool holds(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

size_t bytes_of(const store::LiveEvent& event) {
  return sizeof event + event.event.size() + event.player.size() + event.country.size() + event.platform.size() +
         event.build.size() + event.currency.size() + event.properties.size();
}

}  // namespace

bool LiveEventFilter::fits(const store::LiveEvent& event) const {
  return holds(events, event.event) && holds(players, event.player) && holds(countries, event.country) &&
         holds(platforms, event.platform) && holds(builds, event.build);
}

LiveEventSource::LiveEventSource(store::LiveState& live, ProjectId project, LiveEventFilter filter,
                                 LiveQueueLimits limits)
    : live_(live), filter_(std::move(filter)), limits_(limits) {
  subscription_ = live_.subscribe(project, [this](const store::LiveEvent& event) { add(event); });
}

LiveEventSource::~LiveEventSource() { live_.unsubscribe(subscription_); }

void LiveEventSource::add(const store::LiveEvent& event) {
  if (!filter_.fits(event)) return;
  const size_t bytes = bytes_of(event);
  const std::lock_guard lock(mutex_);
  if (queue_bytes_ + bytes > limits_.queue_bytes_max) {
    ++lost_;
    return;
  }
  queue_bytes_ += bytes;
  queue_.push_back(event);
}

graphql::Source::Taken LiveEventSource::take() {
  Taken taken;
  auto events = std::make_shared<LiveEvents>();
  {
    const std::lock_guard lock(mutex_);
    taken.lost = std::exchange(lost_, 0);
    while (!queue_.empty() && events->size() < limits_.batch_max) {
      queue_bytes_ -= bytes_of(queue_.front());
      events->push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    taken.more = !queue_.empty();
  }
  if (!events->empty()) taken.event = graphql::Value::Object{std::move(events), {}};
  return taken;
}

}  // namespace gm::analytics_api
