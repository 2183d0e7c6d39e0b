#include "services/event_processor/player.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "lib/base/saturating.h"

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
class Change {
 public:
  Change(Player& player, const SessionRules& rules, Rollups& rollups)
      : player_(player),
        rules_(rules),
        rollups_(rollups),
        was_new_(player.is_new()),
        old_cohort_(player.row.cohort_date) {}

  uint64_t apply(std::span<const PlayerEvent> events) {
    take_first_seen(events);
    touch_all_if_moved();
    for (const PlayerEvent& event : events) {
      take_attributes(event);
      add_to_day(event);
      add_to_sessions(event);
    }
    emit();
    return joined_by_time_;
  }

  void join(const Player& other) {
    if (other.row.first_seen_ms < player_.row.first_seen_ms) {
      player_.row.first_seen_ms = other.row.first_seen_ms;
      player_.row.cohort_date = other.row.cohort_date;
    }
    touch_all_if_moved();
    take_attributes(other.row);
    for (const auto& [date, day] : other.days) add_to_day(day);
    for (const auto& [place, session] : other.sessions) {
      extend(joined_session(place.second, session.end_ms, place.first), place.first, place.second, session);
    }
    player_.row.version = std::max(player_.row.version, other.row.version);
    emit();
  }

  void take_back() {
    for (const auto& [date, day] : player_.days) emit(day, old_cohort_, -1);
    for (auto session = player_.sessions.begin(); session != player_.sessions.end(); ++session) {
      rollups_.session(row_of(session, -1));
    }
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
    emit_sessions();
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

  // Events of one session are connected by silences of at most the gap; an event may join two sessions that were apart.
  void add_to_sessions(const PlayerEvent& event) {
    std::string_view id = event.event->session;
    auto target = joined_session(event.time_ms, event.time_ms, id);
    if (target == player_.sessions.end() && !id.empty() && player_.sessions.size() >= rules_.sessions_max) {
      ++joined_by_time_;
      id = {};
      target = joined_session(event.time_ms, event.time_ms, id);
    }
    extend(target, id, event.time_ms, Session{event.time_ms, event.date, 1});
  }

  // Adds a piece to the session that it was found to join; to end(): it is a session of its own.
  void extend(Sessions::iterator target, std::string_view id, int64_t start_ms, const Session& piece) {
    if (target == player_.sessions.end()) {
      target = player_.sessions.emplace(SessionKey(id, start_ms), Session{piece.end_ms, piece.date}).first;
      note_changed(target);
    } else if (start_ms < target->first.second) {
      auto node = player_.sessions.extract(target);
      node.key().second = start_ms;
      node.mapped().date = piece.date;
      target = player_.sessions.insert(std::move(node)).position;
      changed_[target->second.changed] = target;
    }
    target->second.end_ms = std::max(target->second.end_ms, piece.end_ms);
    target->second.events += piece.events;
    count_session(target, 1);
  }

  // The session of that id which events from..to belong to, out of the sums; several become one.
  Sessions::iterator joined_session(int64_t from_ms, int64_t to_ms, std::string_view id) {
    Sessions& all = player_.sessions;
    const int64_t gap = id.empty() ? rules_.gap_ms : rules_.named_gap_ms;
    auto target = all.end();
    for (auto next = all.upper_bound(SessionPlace(id, to_ms + gap)); next != all.begin();) {
      const auto session = std::prev(next);
      if (session->first.first != id || session->second.end_ms + gap < from_ms) break;
      take_back(session);
      if (target != all.end()) {
        session->second.end_ms = std::max(session->second.end_ms, target->second.end_ms);
        session->second.events += target->second.events;
        changed_[target->second.changed] = all.end();
        all.erase(target);
      }
      target = next = session;
    }
    return target;
  }

  // Out of the sums, and out of the store when it is there.
  void take_back(Sessions::iterator session) {
    count_session(session, -1);
    if (!session->second.stored) return;
    rollups_.session(row_of(session, -1));
    note_changed(session);
  }

  void note_changed(Sessions::iterator session) {
    session->second.stored = false;
    session->second.changed = static_cast<uint32_t>(changed_.size());
    changed_.push_back(session);
  }

  void count_session(Sessions::const_iterator place, int sign) {
    const Session& session = place->second;
    const int64_t length_ms = session.end_ms - place->first.second;
    player_.row.sessions += static_cast<uint64_t>(static_cast<int64_t>(sign));
    // A long session may have started on a day we did not load: that day is active already, only its sums change.
    const bool beyond = session.date < player_.since_date;
    if (!beyond) remember_before(session.date);
    PlayerDay& day = find_or_add_day(beyond ? beyond_ : player_.days, session.date);
    day.sessions += sign;
    gm::add_to(day.session_ms, sign * length_ms);
  }

  store::SessionRow row_of(Sessions::const_iterator session, int sign) const {
    return {player_.row.project,    player_.row.player,   session->first.first,   session->first.second,
            session->second.end_ms, session->second.date, session->second.events, sign};
  }

  void emit_sessions() {
    for (const auto& session : changed_) {
      if (session == player_.sessions.end()) continue;  // became part of another
      rollups_.session(row_of(session, 1));
      session->second.stored = true;
    }
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
  const SessionRules& rules_;
  Rollups& rollups_;
  bool was_new_;
  Date old_cohort_;
  bool touched_all_ = false;
  std::map<Date, std::optional<PlayerDay>> before_;  // the touched days as they were; nullopt: not active
  PlayerDays beyond_;                                // changes of days before since_date
  std::vector<Sessions::iterator> changed_;          // sessions that are not stored as they are; end(): gone
  uint64_t joined_by_time_ = 0;
};

}  // namespace

Player Player::from(store::PlayerState state, int64_t since_ms, Date since_date) {
  Player player;
  player.row = std::move(state.row);
  for (const PlayerDay& day : state.days) player.days.emplace_hint(player.days.end(), day.date, day);
  for (store::SessionRow& row : state.sessions) {
    player.sessions.emplace(SessionKey(std::move(row.explicit_id), row.start_ms),
                            Session{row.end_ms, row.date, row.events, true});
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

uint64_t apply_events(Player& player, std::span<const PlayerEvent> events, const SessionRules& rules,
                      Rollups& rollups) {
  return Change(player, rules, rollups).apply(events);
}

void join_player(Player& into, Player& from, const SessionRules& rules, Rollups& rollups) {
  if (from.is_new()) return;
  take_back(from, rules, rollups);
  Change(into, rules, rollups).join(from);
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
