// Players and sessions.

#include "lib/query/metric_catalog.h"

namespace gm::query {
namespace {

using enum SeriesMeasure;

constexpr double kMsPerMinuteAsDouble = 60'000;
constexpr std::string_view kFromDayTotals = "Accepted events, added up per day when they are processed (day_totals).";
constexpr std::string_view kFromActivity = "Active days of each player (player_days).";
constexpr std::string_view kFromSessions = "Sessions as the processor found them (sessions).";

std::vector<Metric> window_metrics() {
  return {
      {.name = "wau",
       .title = "Weekly active players",
       .definition = "Distinct players active on at least one of the 7 days that end with the day.",
       .source = kFromActivity,
       .unit = "players",
       .window = "rolling 7 days",
       .numerator = {{Measure::players_in_7_days}},
       .series = {{players_7_days}},
       .intervals = {Interval::day}},
      {.name = "mau",
       .title = "Monthly active players",
       .definition = "Distinct players active on at least one of the 30 days that end with the day.",
       .source = kFromActivity,
       .unit = "players",
       .window = "rolling 30 days",
       .numerator = {{Measure::players_in_30_days}},
       .series = {{players_30_days}},
       .intervals = {Interval::day}},
      {.name = "stickiness",
       .title = "Stickiness (DAU/MAU)",
       .definition =
           "Share of the players of the last 30 days who were active on the day: dau / mau. Empty when nobody "
           "was active in the 30 days.",
       .source = kFromActivity,
       .unit = "share",
       .window = "rolling 30 days",
       .numerator = {{Measure::players_in_1_day}},
       .denominator = Measure::players_in_30_days,
       .series = {{players}, {players_30_days}},
       .formula = "A/B",
       .intervals = {Interval::day}},
      {.name = "wau_calendar",
       .title = "Active players of the calendar week",
       .definition = "Distinct players active in the week, Monday to Sunday, as far as the range reaches into it.",
       .source = kFromActivity,
       .unit = "players",
       .window = "calendar week",
       .series = {{players}},
       .intervals = {Interval::week}},
      {.name = "mau_calendar",
       .title = "Active players of the calendar month",
       .definition = "Distinct players active in the calendar month, as far as the range reaches into it.",
       .source = kFromActivity,
       .unit = "players",
       .window = "calendar month",
       .series = {{players}},
       .intervals = {Interval::month}},
  };
}

std::vector<Metric> per_session_metrics() {
  return {
      {.name = "session_minutes",
       .title = "Session length",
       .definition =
           "Mean length of the sessions that started on the day: session time / sessions. A session's length is "
           "what its session_end tells in `seconds`, else the time from its first to its last event; at most "
           "24 hours unless set otherwise. Empty on days without sessions.",
       .source = kFromDayTotals,
       .unit = "minutes",
       .window = kCalendarDay,
       .numerator = {{Measure::session_ms}},
       .denominator = Measure::sessions,
       .divisor = kMsPerMinuteAsDouble,
       .total = TotalRule::mean,
       .series = {{session_ms}, {sessions}},
       .formula = "A/B/60000"},
      {.name = "session_minutes_median",
       .title = "Session length, median",
       .definition =
           "Median length of the sessions that started on the day, as in session_minutes. Empty on days without "
           "sessions.",
       .source = kFromSessions,
       .unit = "minutes",
       .window = kCalendarDay,
       .series = {{session_median_ms}},
       .formula = "A/60000"},
      {.name = "sessions_per_player",
       .title = "Sessions per active player",
       .definition = "Sessions that started on the day divided by the players active on it: sessions / dau. Empty on "
                     "days without players.",
       .source = kFromDayTotals,
       .unit = "sessions",
       .window = kCalendarDay,
       .numerator = {{Measure::sessions}},
       .denominator = Measure::players,
       .total = TotalRule::mean,
       .series = {{sessions}, {players}},
       .formula = "A/B"},
      {.name = "playtime_minutes",
       .title = "Playtime per active player",
       .definition = "Time in the sessions that started on the day divided by the players active on it: session time / "
                     "dau. Empty on days without players.",
       .source = kFromDayTotals,
       .unit = "minutes",
       .window = kCalendarDay,
       .numerator = {{Measure::session_ms}},
       .denominator = Measure::players,
       .divisor = kMsPerMinuteAsDouble,
       .total = TotalRule::mean,
       .series = {{session_ms}, {players}},
       .formula = "A/B/60000"},
  };
}

}  // namespace

std::vector<Metric> player_metrics() {
  std::vector<Metric> all = {
      {.name = "dau",
       .title = "Daily active players",
       .definition =
           "Distinct players with at least one accepted event on the day. The day is the calendar date of the "
           "event's time in the project's time zone, not of its arrival.",
       .source = kFromDayTotals,
       .unit = "players",
       .window = kCalendarDay,
       .numerator = {{Measure::players}},
       .series = {{players}}},
      {.name = "new_players",
       .title = "New players",
       .definition = "Players whose first event ever lies on the day. Each player is new on exactly one day.",
       .source = kFromDayTotals,
       .unit = "players",
       .window = kCalendarDay,
       .numerator = {{Measure::new_players}},
       .total = TotalRule::sum,
       .series = {{new_players}}},
      {.name = "returning_players",
       .title = "Returning players",
       .definition = "Players active on the day whose first event lies on an earlier day: dau - new_players.",
       .source = kFromDayTotals,
       .unit = "players",
       .window = kCalendarDay,
       .numerator = {{Measure::players}, {Measure::new_players, -1}},
       .series = {{returning_players}}},
  };
  for (Metric& metric : window_metrics()) all.push_back(std::move(metric));
  return all;
}

std::vector<Metric> activity_metrics() {
  std::vector<Metric> all = {
      {.name = "events",
       .title = "Events",
       .definition = "Accepted events that happened on the day; a repeated event id counts once.",
       .source = kFromDayTotals,
       .unit = "events",
       .window = kCalendarDay,
       .numerator = {{Measure::events}},
       .total = TotalRule::sum,
       .series = {{events}}},
      {.name = "sessions",
       .title = "Sessions",
       .definition =
           "Sessions that started on the day. A session is what the game names with a session id, else a player's "
           "events without a pause longer than the session gap (30 minutes unless set otherwise), of which each "
           "session_start begins another and each session_end is the end of one. With a filter on events: sessions "
           "with at least one event that matches.",
       .source = kFromDayTotals,
       .unit = "sessions",
       .window = kCalendarDay,
       .numerator = {{Measure::sessions}},
       .total = TotalRule::sum,
       .series = {{sessions}}},
  };
  for (Metric& metric : per_session_metrics()) all.push_back(std::move(metric));
  return all;
}

}  // namespace gm::query
