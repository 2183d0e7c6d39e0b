#include "lib/simulated_game/live.h"

#include <algorithm>

namespace gm::simulated_game {
namespace {

constexpr double kEventsPerSession = 13;  // of the players this game draws, measured by live_test
constexpr int64_t kSessionsReachBack =
    4 * kMsPerMinute;  // how far back the sessions reach that run when the game is started
constexpr char kLiveBuild[] = "1.6.0";

}  // namespace

LiveGame::LiveGame(const Options& options, double events_per_second, int64_t flush_ms, int64_t now_ms)
    : options_(options),
      flush_ms_(flush_ms),
      sessions_per_ms_(events_per_second / kEventsPerSession / kMsPerSecond),
      random_(random_of(options.seed, static_cast<uint32_t>(now_ms / kMsPerSecond), 2)),
      next_session_ms_(static_cast<double>(now_ms)),
      playing_(options.players, false) {
  // Start in the middle of things: sessions that began during the last minutes are under way.
  for (double start = static_cast<double>(now_ms - kSessionsReachBack); start < static_cast<double>(now_ms);
       start += exponential(random_, 1 / sessions_per_ms_)) {
    begin_session(static_cast<int64_t>(start), now_ms);
  }
}

void LiveGame::begin_session(int64_t start_ms, int64_t skip_before_ms) {
  auto number = static_cast<uint32_t>(random_.below(options_.players));
  // A player who is busy passes his turn to the next; when all are busy the game is full.
  for (uint32_t tries = 0; playing_[number]; ++tries) {
    if (tries == options_.players) return;
    number = (number + 1) % options_.players;
  }
  Active active;
  active.player = make_player(options_, number);
  active.start_ms = start_ms;
  SessionSeed session;
  session.seed = random_.next();
  session.start_ms = start_ms;
  session.progress = {static_cast<uint16_t>(1 + random_.below(80)), 1, kTutorialSteps, true};
  play_session(active.player, session, active.events);
  while (active.sent < active.events.size() && active.events[active.sent].time_ms < skip_before_ms) ++active.sent;
  if (active.sent == active.events.size()) return;
  playing_[number] = true;
  size_t index = active_.size();
  if (free_.empty()) {
    active_.push_back(std::move(active));
  } else {
    index = free_.back();
    free_.pop_back();
    active_[index] = std::move(active);
  }
  wait_for(index);
}

void LiveGame::wait_for(size_t index) {
  const Active& active = active_[index];
  due_.push({active.events[active.sent].time_ms + flush_ms_, index});
}

std::vector<Delivery> LiveGame::until(int64_t now_ms) {
  while (next_session_ms_ <= static_cast<double>(now_ms)) {
    const auto start_ms = static_cast<int64_t>(next_session_ms_);
    begin_session(start_ms, start_ms);
    next_session_ms_ += exponential(random_, 1 / sessions_per_ms_);
  }
  std::vector<Delivery> deliveries;
  while (!due_.empty() && due_.top().at_ms <= now_ms) {
    const Due due = due_.top();
    due_.pop();
    Active& active = active_[due.active];
    deliveries.push_back(flush(active, due.at_ms));
    if (active.sent < active.events.size()) {
      wait_for(due.active);
      continue;
    }
    playing_[active.player.number] = false;
    active = {};
    free_.push_back(due.active);
  }
  return deliveries;
}

std::vector<Delivery> LiveGame::finish(int64_t now_ms) {
  std::vector<Delivery> deliveries = until(now_ms);
  for (Active& active : active_) {
    if (active.sent == active.events.size() || active.events[active.sent].time_ms > now_ms) continue;
    deliveries.push_back(flush(active, now_ms));
  }
  return deliveries;
}

Delivery LiveGame::flush(Active& active, int64_t upto_ms) const {
  Delivery delivery;
  delivery.deliver_ms = upto_ms;
  delivery.skew_ms = active.player.skew_ms;
  const ClientContext client{&active.player, session_id(active.player, active.start_ms), kLiveBuild};
  for (; active.sent < active.events.size() && active.events[active.sent].time_ms <= upto_ms; ++active.sent) {
    if (!delivery.body.empty()) delivery.body += ',';
    render_event(active.events[active.sent], client, delivery.body);
    ++delivery.events;
  }
  return delivery;
}

}  // namespace gm::simulated_game
