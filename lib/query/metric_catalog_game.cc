// The typed game model: docs/reference/game-model.md names the events.

#include "lib/query/metric_catalog.h"

namespace gm::query {
namespace {

using enum SeriesMeasure;

constexpr std::string_view kFromEvents = "Accepted events (events).";
constexpr std::string_view kAmount = "amount";

std::vector<Metric> economy_metrics() {
  return {
      {.name = "economy_source",
       .title = "Virtual currency won",
       .definition =
           "Sum of the amounts of the day's economy_source events. Break it down by property.currency: amounts "
           "of different currencies do not add up to anything.",
       .source = kFromEvents,
       .unit = "amount",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{sum, "economy_source", kAmount}}},
      {.name = "economy_sink",
       .title = "Virtual currency spent",
       .definition = "Sum of the amounts of the day's economy_sink events. Break it down by property.currency.",
       .source = kFromEvents,
       .unit = "amount",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{sum, "economy_sink", kAmount}}},
      {.name = "economy_net",
       .title = "Virtual currency, net",
       .definition = "economy_source - economy_sink of the day. Break it down by property.currency.",
       .source = kFromEvents,
       .unit = "amount",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{sum, "economy_source", kAmount}, {sum, "economy_sink", kAmount}},
       .formula = "A-B"},
      {.name = "economy_ratio",
       .title = "Virtual currency, spent per won",
       .definition = "economy_sink / economy_source of the day. Empty on days without sources. Break it down by "
                     "property.currency.",
       .source = kFromEvents,
       .unit = "ratio",
       .window = kCalendarDay,
       .series = {{sum, "economy_sink", kAmount}, {sum, "economy_source", kAmount}},
       .formula = "A/B"},
  };
}

std::vector<Metric> level_metrics() {
  return {
      {.name = "level_starts",
       .title = "Level starts",
       .definition = "Events level_start of the day. Break it down by property.level.",
       .source = kFromEvents,
       .unit = "events",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{events, "level_start"}}},
      {.name = "level_completion",
       .title = "Level completion",
       .definition = "Events level_complete divided by events level_start of the day. Empty on days without starts.",
       .source = kFromEvents,
       .unit = "share",
       .window = kCalendarDay,
       .series = {{events, "level_complete"}, {events, "level_start"}},
       .formula = "A/B"},
      {.name = "level_fail_rate",
       .title = "Level fail rate",
       .definition = "Events level_fail divided by level_fail and level_complete together, of the day. Empty on days "
                     "without either.",
       .source = kFromEvents,
       .unit = "share",
       .window = kCalendarDay,
       .series = {{events, "level_fail"}, {events, "level_complete"}},
       .formula = "A/(A+B)"},
  };
}

std::vector<Metric> health_metrics() {
  return {
      {.name = "errors",
       .title = "Errors",
       .definition = "Events named error that happened on the day.",
       .source = kFromEvents,
       .unit = "events",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{events, "error"}}},
      {.name = "crashes",
       .title = "Crashes",
       .definition = "Events named crash that happened on the day.",
       .source = kFromEvents,
       .unit = "events",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{events, "crash"}}},
      {.name = "crash_free_players",
       .title = "Crash-free players",
       .definition = "Share of the players active on the day without an event crash on it. Empty on days without "
                     "players.",
       .source = kFromEvents,
       .unit = "share",
       .window = kCalendarDay,
       .series = {{players, "crash"}, {players}},
       .formula = "1-A/B"},
      {.name = "crash_free_sessions",
       .title = "Crash-free sessions",
       .definition = "Share of the sessions that started on the day without an event crash in them. Empty on days "
                     "without sessions.",
       .source = kFromEvents,
       .unit = "share",
       .window = kCalendarDay,
       .series = {{sessions, "crash"}, {sessions}},
       .formula = "1-A/B"},
      {.name = "k_factor",
       .title = "K-factor",
       .definition =
           "Invites per active player times the share of invites that became players: events invite_sent / "
           "dau * (players with an event invite_accepted / events invite_sent). Empty on days without invites.",
       .source = kFromEvents,
       .unit = "players",
       .window = kCalendarDay,
       .series = {{events, "invite_sent"}, {players}, {players, "invite_accepted"}},
       .formula = "A/B*(C/A)"},
  };
}

}  // namespace

std::vector<Metric> game_metrics() {
  std::vector<Metric> all = economy_metrics();
  for (Metric& metric : level_metrics()) all.push_back(std::move(metric));
  for (Metric& metric : health_metrics()) all.push_back(std::move(metric));
  return all;
}

}  // namespace gm::query
