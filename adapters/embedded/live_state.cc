#include "adapters/embedded/live_state.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include "lib/base/time.h"
#include "lib/telemetry/catalog.h"

namespace gm::embedded {

using store::LiveEvent;
using store::LiveMinute;
using store::LiveSnapshot;

namespace {

constexpr int kMinutes = 30;
constexpr int64_t kWindowMs = kMinutes * kMsPerMinute;
constexpr int64_t kShortWindowMs = 5 * kMsPerMinute;
constexpr size_t kFeedEvents = 100;

LiveEvent as_shown(const LiveEvent& event, const LiveSettings& settings) {
  LiveEvent shown = event;
  if (shown.properties.size() > settings.properties_bytes_max) shown.properties = "{}";
  return shown;
}

}  // namespace

LiveSettings LiveSettings::from(const config::Settings& settings) {
  return {static_cast<size_t>(settings.integer("live.players_max")),
          static_cast<size_t>(settings.bytes("live.properties_bytes_max"))};
}

class EmbeddedLiveState::ProjectState {
 public:
  struct Left {  // what publish() left out
    uint64_t old = 0, players = 0, properties = 0;
  };

  // Returns the events that are recent.
  std::vector<const LiveEvent*> add(const std::vector<LiveEvent>& events, int64_t now_ms, const LiveSettings& settings,
                                    Left& left);
  LiveSnapshot snapshot(int64_t now_ms);
  size_t forget(const std::vector<std::string>& players) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(feed_, [&](const LiveEvent& event) {
      return std::find(players.begin(), players.end(), event.player) != players.end();
    });
  }

 private:
  struct Minute {
    int64_t number = -1;  // minutes since 1970
    uint64_t events = 0;
    uint64_t players = 0;
  };
  // A player's minutes as bits: bit i = active in the minute `newest - i`. 24 bytes instead of one set of players per
  // minute.
  struct Presence {
    int64_t last_seen_ms = 0;
    int64_t newest_minute = 0;
    uint32_t minutes = 0;
  };

  // Null when the minute lies before those that are kept.
  Minute* minute_of(int64_t number);
  void count(const LiveEvent& event, int64_t seen_ms, int64_t now_ms, const LiveSettings& settings, Left& left);
  // True when this is the player's first event in that minute.
  static bool mark(Presence& presence, int64_t minute);
  void forget_players(int64_t now_ms);

  std::mutex mutex_;
  std::array<Minute, kMinutes + 1> minutes_;  // the running minute and the 30 before it, by number modulo the size
  // By a 64-bit hash of the player id: among a million players two share one with a chance of 3 in 100 million.
  std::unordered_map<uint64_t, Presence> players_;
  int64_t forgotten_at_ms_ = 0;
  std::deque<LiveEvent> feed_;  // newest last
};

EmbeddedLiveState::ProjectState::Minute* EmbeddedLiveState::ProjectState::minute_of(int64_t number) {
  Minute& minute = minutes_[static_cast<size_t>(number) % minutes_.size()];
  if (number < minute.number) return nullptr;
  if (number > minute.number) minute = {number, 0, 0};
  return &minute;
}

bool EmbeddedLiveState::ProjectState::mark(Presence& presence, int64_t minute) {
  constexpr int64_t kBits = 32;
  if (minute > presence.newest_minute) {
    const int64_t shift = minute - presence.newest_minute;
    presence.minutes = shift >= kBits ? 0 : presence.minutes << shift;
    presence.newest_minute = minute;
  }
  const int64_t age = presence.newest_minute - minute;
  if (age >= kBits) return false;
  const uint32_t bit = uint32_t{1} << age;
  const bool first = (presence.minutes & bit) == 0;
  presence.minutes |= bit;
  return first;
}

void EmbeddedLiveState::ProjectState::forget_players(int64_t now_ms) {
  forgotten_at_ms_ = now_ms;
  std::erase_if(players_, [&](const auto& entry) { return entry.second.last_seen_ms <= now_ms - kWindowMs; });
}

void EmbeddedLiveState::ProjectState::count(const LiveEvent& event, int64_t seen_ms, int64_t now_ms,
                                            const LiveSettings& settings, Left& left) {
  const int64_t number = seen_ms / kMsPerMinute;
  Minute* minute = minute_of(number);
  if (minute) ++minute->events;
  const uint64_t key = std::hash<std::string_view>{}(event.player);
  auto found = players_.find(key);
  if (found == players_.end()) {
    // At the limit the map is swept at most once a minute, so that a full one does not cost a sweep per event.
    if (players_.size() >= settings.players_max && now_ms - forgotten_at_ms_ >= kMsPerMinute) forget_players(now_ms);
    if (players_.size() >= settings.players_max) {
      ++left.players;
      return;
    }
    found = players_.emplace(key, Presence{seen_ms, number, 0}).first;
  }
  found->second.last_seen_ms = std::max(found->second.last_seen_ms, seen_ms);
  if (mark(found->second, number) && minute) ++minute->players;
}

std::vector<const LiveEvent*> EmbeddedLiveState::ProjectState::add(const std::vector<LiveEvent>& events, int64_t now_ms,
                                                                   const LiveSettings& settings, Left& left) {
  std::vector<const LiveEvent*> recent;
  recent.reserve(events.size());
  const std::lock_guard lock(mutex_);
  for (const LiveEvent& event : events) {
    if (event.time_ms <= now_ms - kWindowMs) {
      ++left.old;
      continue;
    }
    // A sender's clock that runs ahead must not put a player into a minute that has not begun.
    count(event, std::min(event.time_ms, now_ms), now_ms, settings, left);
    recent.push_back(&event);
  }
  // Only what the feed keeps is copied: a micro-batch may hold tens of thousands of events.
  for (size_t i = recent.size() - std::min(recent.size(), kFeedEvents); i < recent.size(); ++i) {
    feed_.push_back(as_shown(*recent[i], settings));
    if (feed_.size() > kFeedEvents) feed_.pop_front();
  }
  return recent;
}

LiveSnapshot EmbeddedLiveState::ProjectState::snapshot(int64_t now_ms) {
  LiveSnapshot result;
  result.as_of_ms = now_ms;
  const std::lock_guard lock(mutex_);
  forget_players(now_ms);
  result.players_30_min = players_.size();
  for (const auto& [key, presence] : players_) {
    if (presence.last_seen_ms > now_ms - kShortWindowMs) ++result.players_5_min;
  }
  const int64_t running = now_ms / kMsPerMinute;
  for (int64_t number = running - kMinutes + 1; number <= running; ++number) {
    const Minute& minute = minutes_[static_cast<size_t>(number) % minutes_.size()];
    const bool same = minute.number == number;
    result.minutes.push_back({number * kMsPerMinute, same ? minute.events : 0, same ? minute.players : 0});
  }
  // The feed may hold events that were recent when they came and are not any more.
  for (auto event = feed_.rbegin(); event != feed_.rend(); ++event) {
    if (event->time_ms > now_ms - kWindowMs) result.events.push_back(*event);
  }
  return result;
}

EmbeddedLiveState::EmbeddedLiveState(LiveSettings settings, const Clock& clock, telemetry::Registry& telemetry)
    : settings_(settings),
      clock_(clock),
      dropped_old_(telemetry.counter(telemetry::kLiveDropped, {"too_old"})),
      dropped_players_(telemetry.counter(telemetry::kLiveDropped, {"players_full"})),
      dropped_properties_(telemetry.counter(telemetry::kLiveDropped, {"properties_too_long"})) {}

EmbeddedLiveState::~EmbeddedLiveState() = default;

std::shared_ptr<EmbeddedLiveState::ProjectState> EmbeddedLiveState::state_of(ProjectId project) {
  const std::lock_guard lock(projects_mutex_);
  auto& state = projects_[project];
  if (!state) state = std::make_shared<ProjectState>();
  return state;
}

void EmbeddedLiveState::publish(ProjectId project, const std::vector<LiveEvent>& events) {
  ProjectState::Left left;
  const std::vector<const LiveEvent*> recent = state_of(project)->add(events, clock_.now_ms(), settings_, left);
  for (const LiveEvent* event : recent) {
    if (event->properties.size() > settings_.properties_bytes_max) ++left.properties;
  }
  dropped_old_.add(left.old);
  dropped_players_.add(left.players);
  dropped_properties_.add(left.properties);
  tell_listeners(project, recent);
}

void EmbeddedLiveState::tell_listeners(ProjectId project, const std::vector<const LiveEvent*>& events) {
  const std::lock_guard lock(listeners_mutex_);
  for (const auto& [id, subscription] : subscriptions_) {
    if (subscription.project != project) continue;
    for (const LiveEvent* event : events) {
      if (event->properties.size() > settings_.properties_bytes_max) {
        subscription.listener(as_shown(*event, settings_));
      } else {
        subscription.listener(*event);
      }
    }
  }
}

LiveSnapshot EmbeddedLiveState::snapshot(ProjectId project, int64_t now_ms) {
  return state_of(project)->snapshot(now_ms);
}

size_t EmbeddedLiveState::forget(ProjectId project, const std::vector<std::string>& players) {
  return state_of(project)->forget(players);
}

uint64_t EmbeddedLiveState::subscribe(ProjectId project, Listener listener) {
  const std::lock_guard lock(listeners_mutex_);
  subscriptions_.emplace(++last_subscription_, Subscription{project, std::move(listener)});
  return last_subscription_;
}

void EmbeddedLiveState::unsubscribe(uint64_t subscription) {
  const std::lock_guard lock(listeners_mutex_);
  subscriptions_.erase(subscription);
}

}  // namespace gm::embedded
