#include "services/event_processor/player.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "lib/base/saturating.h"
#include "services/event_processor/player_sessions.h"

namespace gm::event_processor {
namespace {

using store::PlayerDay;

constexpr int32_t kHorizonDays =
    2;  // a local day starts at most this long before an instant in it, zone changes included

const PlayerDay* find_day(const PlayerDays& days, Date date) {
  const auto found = days.find(date);
  return found == days.end() ? nullptr : &found->second;
}

PlayerDay& find_or_add_day(PlayerDays& days, Date date) {
  PlayerDay& day = days[date];
  day.date = date;
  return day;
}

// Applies one group of events to one player, then tells the rollups the difference between before and after.
class Change final : private SessionSums {
 public:
  Change(Player& player, const SessionRules& rules, Rollups& rollups)
      : player_(player),
        rollups_(rollups),
        sessions_(player, rules, rollups, *this),
        was_new_(player.is_new()),
        old_cohort_(player.row.cohort_date) {}

  uint64_t apply(std::span<const PlayerEvent> events, std::span<const SessionPiece> opened) {
    take_first_seen(events);
    touch_all_if_moved();
    for (const PlayerEvent& event : events) {
      take_attributes(event);
      add_to_day(event);
    }
    const uint64_t joined_by_time = sessions_.add(events, opened);
    emit();
    return joined_by_time;
  }

  void join(const Player& other, std::span<const SessionPiece> own, std::span<const SessionPiece> theirs) {
    if (was_new_) player_.row.last_seen_ms = other.row.first_seen_ms;
    if (was_new_ || other.row.first_seen_ms < player_.row.first_seen_ms) {
      player_.row.first_seen_ms = other.row.first_seen_ms;
      player_.row.cohort_date = other.row.cohort_date;
    }
    touch_all_if_moved();
    take_attributes(other.row);
    for (const auto& [date, day] : other.days) add_to_day(day);
    sessions_.join(other.sessions, own, theirs);
    player_.row.version = std::max(player_.row.version, other.row.version);
    emit();
  }

  void take_back() {
    for (const auto& [date, day] : player_.days) emit(day, old_cohort_, -1);
    sessions_.take_back_all();
    --rollups_.day(player_.row.project, old_cohort_).new_players;
  }

 private:
  bool moved() const { return !was_new_ && player_.row.cohort_date != old_cohort_; }

  void touch_all_if_moved() {
    if (!moved()) return;
    for (const auto& [date, day] : player_.days) before_.emplace(date, day);
    touched_all_ = true;
  }

  void emit() {
    ++player_.row.version;
    sessions_.emit();
    emit_days();
    emit_new_player();
    rollups_.player(player_.row);
  }

  void take_first_seen(std::span<const PlayerEvent> events) {
    const auto earliest = std::min_element(events.begin(), events.end(),
                                           [](const auto& a, const auto& b) { return a.time_ms < b.time_ms; });
    if (was_new_ || earliest->time_ms < player_.row.first_seen_ms) {
      player_.row.first_seen_ms = earliest->time_ms;
      player_.row.cohort_date = earliest->date;
    }
    if (was_new_) player_.row.last_seen_ms = earliest->time_ms;
  }

  void take_attributes(const PlayerEvent& event) {
    const bool newest = event.time_ms >= player_.row.last_seen_ms;
    const auto take = [&](std::string& known, std::string_view given) {
      if (!given.empty() && (newest || known.empty()) && known != given) known = given;
    };
    take(player_.row.country, event.event->country);
    take(player_.row.platform, event.event->platform);
    take(player_.row.build, event.event->build);
    if (newest) player_.row.last_seen_ms = event.time_ms;
    ++player_.row.events;
    gm::add_to(player_.row.revenue_micros, event.revenue_micros);
  }

  void take_attributes(const store::PlayerRow& other) {
    const bool newest = other.last_seen_ms >= player_.row.last_seen_ms;
    const auto take = [&](std::string& known, const std::string& given) {
      if (!given.empty() && (newest || known.empty())) known = given;
    };
    take(player_.row.country, other.country);
    take(player_.row.platform, other.platform);
    take(player_.row.build, other.build);
    if (newest) player_.row.last_seen_ms = other.last_seen_ms;
    player_.row.events += other.events;
    gm::add_to(player_.row.revenue_micros, other.revenue_micros);
    player_.row.known = player_.row.known || other.known;
  }

  void add_to_day(const PlayerDay& other) {
    remember_before(other.date);
    PlayerDay& day = find_or_add_day(player_.days, other.date);
    day.events += other.events;
    gm::add_to(day.revenue_micros, other.revenue_micros);
    day.payer = day.payer || other.payer;
  }

  void add_to_day(const PlayerEvent& event) {
    remember_before(event.date);
    PlayerDay& day = find_or_add_day(player_.days, event.date);
    ++day.events;
    gm::add_to(day.revenue_micros, event.revenue_micros);
    day.payer = day.payer || event.is_purchase();
  }

  // Keeps the day as it was when it is touched for the first time.
  void remember_before(Date date) {
    if (touched_all_) return;
    const auto [place, fresh] = before_.try_emplace(date);
    if (!fresh) return;
    if (const PlayerDay* day = find_day(player_.days, date)) place->second = *day;
  }

  void count_session(Date date, int64_t length_ms, int sign) override {
    // A long session may have started on a day we did not load: that day is active already, only its sums change.
    const bool beyond = date < player_.since_date;
    if (!beyond) remember_before(date);
    PlayerDay& day = find_or_add_day(beyond ? beyond_ : player_.days, date);
    day.sessions += sign;
    gm::add_to(day.session_ms, sign * length_ms);
  }

  void emit_days() {
    const Date cohort = player_.row.cohort_date;
    if (moved()) {
      for (const auto& [date, day] : before_) emit(*day, old_cohort_, -1);
      for (const auto& [date, day] : player_.days) emit(day, cohort, 1);
      return;
    }
    for (const auto& [date, before] : before_) emit_difference(before, player_.days.at(date), cohort);
    for (const auto& [date, day] : beyond_) emit_beyond(day, cohort);
  }

  void emit_difference(const std::optional<PlayerDay>& before, const PlayerDay& after, Date cohort) {
    const PlayerDay was = before.value_or(PlayerDay());
    write({player_.row.project, after.date, player_.row.player, cohort, before ? 0 : 1,
           (after.payer ? 1 : 0) - (was.payer ? 1 : 0), after.events - was.events, after.sessions - was.sessions,
           difference_of(after.session_ms, was.session_ms), difference_of(after.revenue_micros, was.revenue_micros)});
  }

  void emit(const PlayerDay& day, Date cohort, int sign) {
    write({player_.row.project, day.date, player_.row.player, cohort, sign, day.payer ? sign : 0, sign * day.events,
           sign * day.sessions, sign * day.session_ms, sign * day.revenue_micros});
  }

  void emit_beyond(const PlayerDay& day, Date cohort) {
    if (day.sessions == 0 && day.session_ms == 0) return;
    write({player_.row.project, day.date, player_.row.player, cohort, 0, 0, 0, day.sessions, day.session_ms, 0});
  }

  void write(const store::PlayerDayDelta& delta) {
    rollups_.player_day(delta);
    store::DayDelta& day = rollups_.day(delta.project, delta.date);
    day.players += delta.active;
    day.payers += delta.payer;
    day.events += delta.events;
    day.sessions += delta.sessions;
    gm::add_to(day.session_ms, delta.session_ms);
    gm::add_to(day.revenue_micros, delta.revenue_micros);
    if (delta.active == 0 && delta.revenue_micros == 0) return;
    store::CohortDayDelta& cohort = rollups_.cohort_day(delta.project, delta.cohort_date, delta.date);
    cohort.players += delta.active;
    gm::add_to(cohort.revenue_micros, delta.revenue_micros);
  }

  void emit_new_player() {
    if (!was_new_ && !moved()) return;
    if (!was_new_) --rollups_.day(player_.row.project, old_cohort_).new_players;
    ++rollups_.day(player_.row.project, player_.row.cohort_date).new_players;
  }

  Player& player_;
  Rollups& rollups_;
  SessionChange sessions_;
  bool was_new_;
  Date old_cohort_;
  bool touched_all_ = false;
  std::map<Date, std::optional<PlayerDay>> before_;  // the touched days as they were; nullopt: not active
  PlayerDays beyond_;                                // changes of days before since_date
};

}  // namespace

Player Player::from(store::PlayerState state, int64_t since_ms, Date since_date) {
  Player player;
  player.row = std::move(state.row);
  for (const PlayerDay& day : state.days) player.days.emplace_hint(player.days.end(), day.date, day);
  for (store::SessionRow& row : state.sessions) {
    player.sessions.emplace(
        SessionKey(std::move(row.explicit_id), row.start_ms),
        Session{row.end_ms, row.date, row.events, row.marks, true, 0, row.told_ms, row.added_ms, row.length_ms});
  }
  for (store::PlayerMember& member : state.members) player.members.push_back(std::move(member));
  // Nothing is known of a new player because there is nothing: that is complete.
  player.since_ms = player.is_new() ? kBeginningMs : since_ms;
  player.since_date = player.is_new() ? kBeginningDate : since_date;
  return player;
}

store::PlayerKey Player::key_of(std::string_view player_id) const {
  for (const store::PlayerMember& member : members) {
    if (member.player_id == player_id) return member.player;
  }
  return row.player;
}

Horizon horizon_of(const PlayerEvent& event, const SessionRules& rules) {
  // One more gap than needed, so that the events that follow do not ask again.
  return {std::max(kBeginningMs, event.time_ms - 2 * rules.gap_max_ms()),
          std::max(kBeginningDate, event.date - kHorizonDays)};
}

bool knows_enough(const Player& player, const PlayerEvent& event, const SessionRules& rules) {
  if (player.is_whole()) return true;
  if (event.time_ms < player.row.first_seen_ms && event.date != player.row.cohort_date) return false;
  return event.time_ms - rules.gap_max_ms() >= player.since_ms && event.date >= player.since_date;
}

uint64_t apply_events(Player& player, std::span<const PlayerEvent> events, const SessionRules& rules, Rollups& rollups,
                      std::span<const SessionPiece> opened) {
  return Change(player, rules, rollups).apply(events, opened);
}

void join_player(Player& into, Player& from, const SessionRules& rules, Rollups& rollups,
                 std::span<const SessionPiece> opened_into, std::span<const SessionPiece> opened_from) {
  if (from.is_new()) {
    into.row.known = into.row.known || from.row.known;
    into.row.version = std::max(into.row.version, from.row.version);
    return;
  }
  take_back(from, rules, rollups);
  Change(into, rules, rollups).join(from, opened_into, opened_from);
}

void take_back(Player& player, const SessionRules& rules, Rollups& rollups) {
  if (!player.is_new()) Change(player, rules, rollups).take_back();
}

void forget_old(Player& player, int64_t kept_ms) {
  const int64_t since_ms = player.row.last_seen_ms - kept_ms;
  const Date since_date = player.days.rbegin()->first - static_cast<int32_t>((kept_ms + kMsPerDay - 1) / kMsPerDay);
  if (since_ms > player.since_ms) {
    const auto dropped = std::erase_if(player.sessions, [&](const auto& s) { return s.second.end_ms < since_ms; });
    if (dropped > 0) player.since_ms = since_ms;
  }
  if (since_date > player.since_date) {
    const auto first_kept = player.days.lower_bound(since_date);
    if (first_kept != player.days.begin()) player.since_date = since_date;
    player.days.erase(player.days.begin(), first_kept);
  }
}

}  // namespace gm::event_processor
