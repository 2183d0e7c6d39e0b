#include "lib/simulated_game/history.h"

#include <algorithm>
#include <tuple>

#include "lib/simulated_game/refused.h"

namespace gm::simulated_game {
namespace {

// A client with a wrong clock plays this far from midnight, so that the server's correction, which is only as good as
// the request was quick, cannot move an event to another day.
constexpr int64_t kClearOfMidnight = 15 * kMsPerMinute;

// What goes wrong between client and server in the rough profile, as shares of sessions.
constexpr double kShareLate = 0.04;
constexpr double kShareSplit = 0.10;
constexpr double kShareSentTwice = 0.02;
constexpr double kShareOneEventTwice = 0.02;
constexpr double kShareWithRefused = 0.01;

int64_t minutes_between(SeededRandom& random, double from, double to) {
  return static_cast<int64_t>((from + (to - from) * random.unit()) * kMsPerMinute);
}

int sessions_of_day(const Player& player, SeededRandom& random) {
  int sessions = 1;
  while (sessions < 6 && random.unit() < 0.35 * std::min(1.6, player.engagement)) ++sessions;
  return sessions;
}

}  // namespace

History::History(const Options& options) : options_(options), calendar_(options) {
  truth_ = std::make_unique<Truth>(options_.zone, calendar_.first(), calendar_.first() + (options_.days - 1));
  for (uint32_t number = 0; number < options_.players; ++number) plan_player(make_player(options_, number));
  std::sort(plans_.begin(), plans_.end(), [](const Plan& a, const Plan& b) {
    return std::tie(a.deliver_ms, a.player, a.session.start_ms, a.part) <
           std::tie(b.deliver_ms, b.player, b.session.start_ms, b.part);
  });
}

void History::plan_player(const Player& player) {
  SeededRandom random = random_of(options_.seed, player.number, 1);
  const int installed = calendar_.install_day(random);
  const int64_t margin = player.skew_ms != 0 ? kClearOfMidnight : 0;
  Progress progress;
  int64_t free_from = 0;
  std::vector<TruthEvent> seen;
  for (int day = installed; day < calendar_.days(); ++day) {
    if (day > installed && random.unit() >= std::min(0.95, return_chance(day - installed) * player.engagement))
      continue;
    std::vector<int64_t> starts;
    for (int n = sessions_of_day(player, random); n > 0; --n) starts.push_back(calendar_.moment(day, random));
    std::sort(starts.begin(), starts.end());
    for (const int64_t wanted : starts) {
      SessionSeed session;
      session.seed = random.next();
      session.start_ms = std::max({wanted, free_from, calendar_.start_of(day) + margin});
      session.limit_ms = options_.end_ms;
      if (margin != 0) session.limit_ms = std::min(session.limit_ms, calendar_.end_of(day) - margin);
      if (session.start_ms >= std::min(session.limit_ms, calendar_.end_of(day))) continue;
      session.progress = progress;
      progress = play_session(player, session, events_);
      free_from = events_.back().time_ms + kGapBetweenMs;
      count(player, session, events_, seen);
      plan_session(player, session, events_, random);
    }
  }
  truth_->add_player(seen);
}

void History::count(const Player& player, const SessionSeed& session, const std::vector<GameEvent>& events,
                    std::vector<TruthEvent>& truth) const {
  const std::string id = session_id(player, session.start_ms);
  for (const GameEvent& event : events) {
    const int64_t told_ms = event.name == EventName::session_end ? event.amount * kMsPerSecond : -1;
    truth.push_back({event.time_ms, id, event_name(event.name), event.revenue_micros, told_ms});
  }
}

void History::plan_session(const Player& player, const SessionSeed& session, const std::vector<GameEvent>& events,
                           SeededRandom& random) {
  const size_t n = events.size();
  int64_t delivered = events.back().time_ms + minutes_between(random, 0.01, 0.3);
  if (options_.profile == Profile::tidy) return add_plan(player, session, delivered, Part::whole, n, false);
  if (random.unit() < kShareLate) delivered += minutes_between(random, 60, 3 * 24 * 60);
  const bool refused = options_.refused_events && random.unit() < kShareWithRefused;
  // A session with a wrong clock stays in one request: two requests would be corrected by two slightly different
  // offsets.
  if (player.skew_ms == 0 && n >= 4 && random.unit() < kShareSplit) {
    const int64_t held_up = delivered + minutes_between(random, 1, 600);
    const bool first_late = random.unit() < 0.5;
    add_plan(player, session, first_late ? held_up : delivered, Part::first_half, n / 2, refused);
    add_plan(player, session, first_late ? delivered : held_up, Part::second_half, n - n / 2, false);
  } else {
    add_plan(player, session, delivered, Part::whole, n, refused);
  }
  const double repeat = random.unit();
  const int64_t again = delivered + minutes_between(random, 0.5, 24 * 60);
  if (repeat < kShareSentTwice)
    add_plan(player, session, again, Part::whole, n, false);
  else if (repeat < kShareSentTwice + kShareOneEventTwice)
    add_plan(player, session, again, Part::one_event, 1, false);
}

void History::add_plan(const Player& player, const SessionSeed& session, int64_t deliver_ms, Part part, size_t events,
                       bool refused) {
  const auto total = static_cast<uint32_t>(events) + (refused ? 1 : 0);
  plans_.push_back({deliver_ms, player.number, total, part, refused, session});
  events_to_send_ += total;
  // The kind follows from the serial number, which counts in order of delivery; over all of them each kind comes
  // equally often.
  if (refused)
    truth_->add_refused(refused_reason(static_cast<int>(refused_serial_++ % static_cast<uint64_t>(refused_kinds()))));
}

std::string History::build_of(const Player& player, int64_t time_ms) const {
  return build_name(time_ms - calendar_.start_of(0) - player.build_delay_ms);
}

std::optional<Delivery> History::next() {
  if (next_ == plans_.size()) return std::nullopt;
  if (next_ == 0) refused_serial_ = 0;
  Delivery delivery;
  delivery.deliver_ms = plans_[next_].deliver_ms;
  // Clients with a wrong clock keep their own sent_at. Those without ids are kept apart too: equal events in one
  // request are two events, but a batch that is sent again is the same ones.
  do {
    const Plan& plan = plans_[next_];
    const Player player = make_player(options_, plan.player);
    const bool by_itself = player.skew_ms != 0 || !player.sends_ids;
    if (delivery.events != 0 && by_itself) break;
    delivery.skew_ms = player.skew_ms;
    append(plan, player, delivery);
    ++next_;
    if (by_itself) break;
  } while (next_ < plans_.size() && delivery.skew_ms == 0 &&
           delivery.events + plans_[next_].events <= options_.events_per_request);
  return delivery;
}

void History::append(const Plan& plan, const Player& player, Delivery& delivery) {
  play_session(player, plan.session, events_);
  const size_t half = events_.size() / 2;
  size_t from = 0;
  size_t to = events_.size();
  if (plan.part == Part::first_half) to = half;
  if (plan.part == Part::second_half) from = half;
  if (plan.part == Part::one_event) {
    from = half;
    to = half + 1;
  }
  const ClientContext client{&player, session_id(player, plan.session.start_ms),
                             build_of(player, plan.session.start_ms)};
  for (size_t i = from; i < to; ++i) {
    if (!delivery.body.empty()) delivery.body += ',';
    render_event(events_[i], client, delivery.body);
  }
  delivery.events += plan.events;
  if (!plan.refused) return;
  const uint64_t serial = refused_serial_++;
  delivery.body += ',';
  render_refused(static_cast<int>(serial % static_cast<uint64_t>(refused_kinds())), serial, events_.back().time_ms,
                 delivery.body);
  ++delivery.refused;
}

}  // namespace gm::simulated_game
