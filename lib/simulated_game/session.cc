#include "lib/simulated_game/session.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace gm::simulated_game {
namespace {

constexpr std::array<std::string_view, kEventNameCount> kNames = {
    "first_open", "session_start",  "tutorial_step", "tutorial_complete", "level_start", "level_complete",
    "level_fail", "economy_source", "economy_sink",  "store_open",        "purchase",    "ad_impression",
    "error",      "crash",          "session_end"};
constexpr std::array<int64_t, 6> kPrices = {990'000, 1'990'000, 4'990'000, 9'990'000, 19'990'000, 99'990'000};
constexpr int kMaxLevel = 400;
constexpr int64_t kLongestPause = 55 * kMsPerMinute;  // of a client that names its session, so longer than the gap rule

class Play {
 public:
  Play(const Player& player, const SessionSeed& session, std::vector<GameEvent>& events)
      : player_(player),
        random_(session.seed),
        now_(session.start_ms),
        limit_(session.limit_ms),
        progress_(session.progress),
        events_(events) {}

  Progress run();

 private:
  // False once the session is cut off; the event is then not there.
  bool happen(EventName name, uint16_t detail = 0, int32_t amount = 0, int64_t revenue_micros = 0);
  void wait(double mean_seconds);
  // The phone rings: silence, but the same session.
  void pause();
  void open();
  void play_round();
  void tutorial();
  void play_level();
  void show_ad();
  void visit_store();
  void stumble();
  void close();

  const Player& player_;
  SeededRandom random_;
  int64_t now_;
  int64_t limit_;
  Progress progress_;
  std::vector<GameEvent>& events_;
  bool over_ = false;
};

Progress Play::run() {
  open();
  const double rounds = exponential(random_, 3.4 * (0.4 + 0.6 * player_.engagement));
  for (int round = 0; round <= static_cast<int>(rounds) && !over_; ++round) play_round();
  close();
  return progress_;
}

bool Play::happen(EventName name, uint16_t detail, int32_t amount, int64_t revenue_micros) {
  if (over_ || now_ >= limit_) {
    over_ = true;
    return false;
  }
  GameEvent& event = events_.emplace_back();
  event.time_ms = now_;
  event.id = Uuid::v7(now_, random_);
  event.name = name;
  event.level = progress_.level;
  event.attempt = progress_.attempt;
  event.detail = detail;
  event.amount = amount;
  event.revenue_micros = revenue_micros;
  return true;
}

void Play::wait(double mean_seconds) {
  const double ms = 1 + std::min(exponential(random_, mean_seconds * 1000), 2.0 * kMsPerMinute);
  now_ += static_cast<int64_t>(ms);
}

void Play::pause() {
  const int64_t longest = player_.names_sessions ? kLongestPause : kGapInsideMs - 8 * kMsPerMinute;
  now_ += 2 * kMsPerMinute + static_cast<int64_t>(random_.unit() * static_cast<double>(longest));
}

void Play::open() {
  if (!progress_.installed && happen(EventName::first_open)) {
    progress_.installed = true;
    wait(1);
  }
  happen(EventName::session_start);
  wait(4);
}

void Play::play_round() {
  if (random_.unit() < 0.015) pause();
  if (progress_.tutorial_step < kTutorialSteps) return tutorial();
  play_level();
  if (random_.unit() < 0.30) show_ad();
  if (random_.unit() < 0.16) visit_store();
  if (random_.unit() < 0.012) stumble();
}

void Play::tutorial() {
  if (!happen(EventName::tutorial_step, ++progress_.tutorial_step)) return;
  wait(14);
  if (progress_.tutorial_step == kTutorialSteps) happen(EventName::tutorial_complete);
  wait(3);
}

void Play::play_level() {
  if (!happen(EventName::level_start)) return;
  wait(42);
  // Every tenth level is hard; each further attempt gets easier.
  const double win = (progress_.level % 10 == 0 ? 0.35 : 0.72) + 0.06 * std::min<int>(progress_.attempt, 4);
  if (random_.unit() >= win) {
    if (happen(EventName::level_fail)) ++progress_.attempt;
    wait(6);
    if (random_.unit() < 0.4)
      happen(EventName::economy_sink, static_cast<uint16_t>(random_.below(3)),
             50 + static_cast<int32_t>(random_.below(100)));
  } else {
    if (!happen(EventName::level_complete)) return;
    wait(3);
    happen(EventName::economy_source, 0, 20 + progress_.level);
    progress_.level = static_cast<uint16_t>(std::min(kMaxLevel, progress_.level + 1));
    progress_.attempt = 1;
  }
  wait(6);
}

void Play::show_ad() {
  // Half of the networks tell what an impression earned.
  const int64_t earned = random_.unit() < 0.5 ? 2'000 + static_cast<int64_t>(random_.below(20'000)) : 0;
  happen(EventName::ad_impression, static_cast<uint16_t>(random_.below(3)), 0, earned);
  wait(22);
}

void Play::visit_store() {
  if (!happen(EventName::store_open)) return;
  wait(12);
  if (random_.unit() >= player_.spending) return;
  const auto item = static_cast<uint16_t>(6 * std::pow(random_.unit(), 3.0));
  happen(EventName::purchase, item, 0, kPrices[item]);
  wait(4);
  happen(EventName::economy_source, 1, static_cast<int32_t>(kPrices[item] / 10'000));
  wait(4);
}

void Play::stumble() {
  const bool crash = random_.unit() < 0.3;
  happen(crash ? EventName::crash : EventName::error, static_cast<uint16_t>(random_.below(5)));
  wait(2);
  over_ = over_ || crash;
}

void Play::close() {
  // One session in ten just vanishes: the app was killed.
  if (over_ || random_.unit() < 0.1) return;
  happen(EventName::session_end, 0, static_cast<int32_t>((now_ - events_.front().time_ms) / kMsPerSecond));
}

}  // namespace

std::string_view event_name(EventName name) { return kNames[static_cast<size_t>(name)]; }

Progress play_session(const Player& player, const SessionSeed& session, std::vector<GameEvent>& events) {
  events.clear();
  return Play(player, session, events).run();
}

}  // namespace gm::simulated_game
