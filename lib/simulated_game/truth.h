#pragma once
// The true numbers of a simulated game, counted the naive way: one player at a time, from his own events, with sets and
// sorting, sharing no code and no idea with the product's processor. What the product answers has to be equal to this.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/simulated_game/session.h"

namespace gm::simulated_game {

struct TruthDay {
  int64_t players = 0;
  int64_t new_players = 0;
  int64_t events = 0;
  int64_t sessions = 0;    // by the day of their start
  int64_t session_ms = 0;  // the same
  int64_t revenue_micros = 0;
  int64_t payers = 0;     // players with revenue on that day
  int64_t players_7 = 0;  // distinct in the 7 days that end here
  int64_t players_30 = 0;

  bool operator==(const TruthDay&) const = default;
};

// One event as the truth sees it.
struct TruthEvent {
  int64_t time_ms = 0;
  std::string session;  // empty: unnamed
  std::string_view name;
  int64_t revenue_micros = 0;
  int64_t told_ms = -1;  // a session's length, as the event tells it; -1: it tells none
};

class Truth {
 public:
  using Counts = std::map<std::string, int64_t, std::less<>>;

  // Days outside first..last are not counted.
  Truth(TimeZone zone, Date first, Date last);

  // All events of one player; every player once.
  void add_player(const std::vector<TruthEvent>& events);
  void add_refused(std::string_view reason) { ++count_of(refused_, reason); }

  const TimeZone& zone() const { return zone_; }
  Date first() const { return first_; }
  Date last() const { return last_; }
  const std::map<Date, TruthDay>& days() const { return days_; }  // every day of the period
  // cohort day -> days later -> players active then
  const std::map<Date, std::map<int, int64_t>>& retention() const { return retention_; }
  const Counts& event_counts() const { return event_counts_; }
  const Counts& refused() const { return refused_; }
  int64_t players() const { return players_; }
  int64_t events() const { return events_; }

  std::string to_json() const;

 private:
  static int64_t& count_of(Counts& counts, std::string_view key);
  void add_sessions(const std::vector<TruthEvent>& by_time);
  void add_session(const std::vector<TruthEvent>& events);

  TimeZone zone_;
  Date first_;
  Date last_;
  std::map<Date, TruthDay> days_;
  std::map<Date, std::map<int, int64_t>> retention_;
  Counts event_counts_;
  Counts refused_;
  int64_t players_ = 0;
  int64_t events_ = 0;
};

}  // namespace gm::simulated_game
