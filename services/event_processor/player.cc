#include "services/event_processor/player.h"

#include <algorithm>

namespace gm::event_processor {
namespace {

using store::PlayerDay;

constexpr int32_t kHorizonDays =
    2;  // a local day starts at most this long before an instant in it, zone changes included

PlayerDay* find_day(std::vector<PlayerDay>& days, Date date) {
  // Nearly always one of the last.
  for (size_t i = days.size(); i-- > 0;) {
    if (days[i].date == date) return &days[i];
    if (days[i].date < date) break;
  }
  return nullptr;
}

PlayerDay& find_or_add_day(std::vector<PlayerDay>& days, Date date) {
  if (PlayerDay* known = find_day(days, date)) return *known;
  const auto at = std::find_if(days.rbegin(), days.rend(), [&](const PlayerDay& d) { return d.date < date; }).base();
  PlayerDay fresh;
  fresh.date = date;
  return *days.insert(at, fresh);
}

int64_t length_ms(const Session& session) { return session.end_ms - session.start_ms; }

// Applies one group of events to one player, then tells the rollups the difference between before and after.
class Change {
 public:
  Change(Player& player, const SessionRules& rules, Rollups& rollups)
      : player_(player),
        rules_(rules),
        rollups_(rollups),
        was_new_(player.is_new()),
        old_cohort_(player.row.cohort_date) {}

  void apply(std::span<const PlayerEvent> events) {
    take_first_seen(events);
    if (moved()) {
      before_ = player_.days;
      touched_all_ = true;
    }
    for (const PlayerEvent& event : events) {
      take_attributes(event);
      add_to_day(event);
      add_to_sessions(event);
    }
    ++player_.row.version;
    emit_sessions();
    emit_days();
    emit_new_player();
    rollups_.player(player_.row);
  }

 private:
  bool moved() const { return !was_new_ && player_.row.cohort_date != old_cohort_; }

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
    player_.row.revenue_micros += event.revenue_micros;
  }

  void add_to_day(const PlayerEvent& event) {
    remember_before(event.date);
    PlayerDay& day = find_or_add_day(player_.days, event.date);
    ++day.events;
    day.revenue_micros += event.revenue_micros;
    day.payer = day.payer || event.is_purchase();
  }

  // Keeps the day as it was when it is touched for the first time.
  void remember_before(Date date) {
    if (touched_all_ || std::find(touched_.begin(), touched_.end(), date) != touched_.end()) return;
    touched_.push_back(date);
    if (const PlayerDay* day = find_day(player_.days, date)) before_.push_back(*day);
  }

  // Events of one session are connected by silences of at most the gap; an event may join two sessions that were apart.
  void add_to_sessions(const PlayerEvent& event) {
    const std::string_view id = event.event->session;
    const int64_t gap = id.empty() ? rules_.gap_ms : rules_.named_gap_ms;
    Session* target = nullptr;
    for (size_t i = 0; i < player_.sessions.size();) {
      Session& session = player_.sessions[i];
      const bool joins =
          session.explicit_id == id && event.time_ms >= session.start_ms - gap && event.time_ms <= session.end_ms + gap;
      if (!joins) {
        ++i;
        continue;
      }
      take_back(session);
      if (target == nullptr) {
        target = &session;
        ++i;
        continue;
      }
      merge(*target, session);
      player_.sessions.erase(player_.sessions.begin() + static_cast<ptrdiff_t>(i));
    }
    if (target == nullptr) {
      player_.sessions.push_back({std::string(id), event.time_ms, event.time_ms, event.date, 0, false});
      target = &player_.sessions.back();
    }
    merge(*target, {std::string(), event.time_ms, event.time_ms, event.date, 1, false});
    count_session(*target, 1);
  }

  static void merge(Session& into, const Session& other) {
    if (other.start_ms < into.start_ms) {
      into.start_ms = other.start_ms;
      into.date = other.date;
    }
    into.end_ms = std::max(into.end_ms, other.end_ms);
    into.events += other.events;
  }

  // Out of the sums, and out of the store when it is there.
  void take_back(Session& session) {
    count_session(session, -1);
    if (session.stored) rollups_.session(row_of(session, -1));
    session.stored = false;
  }

  void count_session(const Session& session, int sign) {
    player_.row.sessions += static_cast<uint64_t>(static_cast<int64_t>(sign));
    if (session.date < player_.since_date) {
      // A long session that started on a day we did not load: that day is active already, only its sums change.
      PlayerDay& day = find_or_add_day(beyond_, session.date);
      day.sessions += sign;
      day.session_ms += sign * length_ms(session);
      return;
    }
    remember_before(session.date);
    PlayerDay& day = find_or_add_day(player_.days, session.date);
    day.sessions += sign;
    day.session_ms += sign * length_ms(session);
  }

  store::SessionRow row_of(const Session& session, int sign) const {
    return {player_.row.project, player_.row.player, session.explicit_id, session.start_ms,
            session.end_ms,      session.date,       session.events,      sign};
  }

  void emit_sessions() {
    for (Session& session : player_.sessions) {
      if (session.stored) continue;
      rollups_.session(row_of(session, 1));
      session.stored = true;
    }
  }

  void emit_days() {
    const Date cohort = player_.row.cohort_date;
    if (moved()) {
      for (const PlayerDay& day : before_) emit(day, old_cohort_, -1);
      for (const PlayerDay& day : player_.days) emit(day, cohort, 1);
      return;
    }
    for (const Date date : touched_) {
      const PlayerDay* after = find_day(player_.days, date);
      emit_difference(find_day_in_before(date), *after, cohort);
    }
    for (const PlayerDay& day : beyond_) emit_beyond(day, cohort);
  }

  const PlayerDay* find_day_in_before(Date date) const {
    const auto found = std::find_if(before_.begin(), before_.end(), [&](const PlayerDay& d) { return d.date == date; });
    return found == before_.end() ? nullptr : &*found;
  }

  void emit_difference(const PlayerDay* before, const PlayerDay& after, Date cohort) {
    const PlayerDay none;
    const PlayerDay& was = before != nullptr ? *before : none;
    write({player_.row.project, after.date, player_.row.player, cohort, before != nullptr ? 0 : 1,
           (after.payer ? 1 : 0) - (was.payer ? 1 : 0), after.events - was.events, after.sessions - was.sessions,
           after.session_ms - was.session_ms, after.revenue_micros - was.revenue_micros});
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
    day.session_ms += delta.session_ms;
    day.revenue_micros += delta.revenue_micros;
    if (delta.active == 0 && delta.revenue_micros == 0) return;
    store::CohortDayDelta& cohort = rollups_.cohort_day(delta.project, delta.cohort_date, delta.date);
    cohort.players += delta.active;
    cohort.revenue_micros += delta.revenue_micros;
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
  std::vector<Date> touched_;
  std::vector<PlayerDay> before_;  // the touched days that were active before
  std::vector<PlayerDay> beyond_;  // changes of days before since_date
};

}  // namespace

Player Player::from(store::PlayerState state, int64_t since_ms, Date since_date) {
  Player player;
  player.row = std::move(state.row);
  player.days = std::move(state.days);
  for (store::SessionRow& row : state.sessions) {
    player.sessions.push_back({std::move(row.explicit_id), row.start_ms, row.end_ms, row.date, row.events, true});
  }
  // Nothing is known of a new player because there is nothing: that is complete.
  player.since_ms = player.is_new() ? kBeginningMs : since_ms;
  player.since_date = player.is_new() ? kBeginningDate : since_date;
  return player;
}

Horizon horizon_of(const PlayerEvent& event, const SessionRules& rules) {
  // One more gap than needed, so that the events that follow do not ask again.
  return {std::max(kBeginningMs, event.time_ms - 2 * rules.gap_max_ms()),
          std::max(kBeginningDate, event.date - kHorizonDays)};
}

bool knows_enough(const Player& player, const PlayerEvent& event, const SessionRules& rules) {
  const bool complete = player.since_ms == kBeginningMs && player.since_date == kBeginningDate;
  if (complete) return true;
  if (event.time_ms < player.row.first_seen_ms && event.date != player.row.cohort_date) return false;
  return event.time_ms - rules.gap_max_ms() >= player.since_ms && event.date >= player.since_date;
}

void apply_events(Player& player, std::span<const PlayerEvent> events, const SessionRules& rules, Rollups& rollups) {
  Change(player, rules, rollups).apply(events);
}

void forget_old(Player& player, int64_t kept_ms) {
  const int64_t since_ms = player.row.last_seen_ms - kept_ms;
  const Date since_date = player.days.back().date - static_cast<int32_t>((kept_ms + kMsPerDay - 1) / kMsPerDay);
  if (since_ms > player.since_ms) {
    const auto dropped = std::erase_if(player.sessions, [&](const Session& s) { return s.end_ms < since_ms; });
    if (dropped > 0) player.since_ms = since_ms;
  }
  if (since_date > player.since_date) {
    const auto dropped = std::erase_if(player.days, [&](const PlayerDay& d) { return d.date < since_date; });
    if (dropped > 0) player.since_date = since_date;
  }
}

}  // namespace gm::event_processor
