// Money: what players paid.

#include "lib/query/metric_catalog.h"

namespace gm::query {
namespace {

using enum SeriesMeasure;

constexpr std::string_view kFromDayTotals = "Accepted events, added up per day when they are processed (day_totals).";
constexpr std::string_view kFromEvents = "Accepted events (events).";

std::vector<Metric> money_sums() {
  return {
      {.name = "revenue",
       .title = "Revenue",
       .definition = "Sum of the revenue of the day's events in the project's reporting currency, refunds "
                     "(negative amounts) taken off. Money in another currency is converted by the newest rate at or "
                     "before the day; without one it is not in the number but told beside it (unconverted).",
       .source = kFromDayTotals,
       .unit = kCurrencyUnit,
       .window = kCalendarDay,
       .numerator = {{Measure::revenue_micros}},
       .divisor = kMicros,
       .total = TotalRule::sum,
       .series = {{revenue}}},
      {.name = "payers",
       .title = "Paying players",
       .definition =
           "Distinct players with at least one event with revenue above 0 in the reporting currency on the day.",
       .source = kFromDayTotals,
       .unit = "players",
       .window = kCalendarDay,
       .numerator = {{Measure::payers}},
       .series = {{payers}}},
      {.name = "purchases",
       .title = "Purchases",
       .definition = "Events of the day with revenue above 0 in the reporting currency.",
       .source = kFromEvents,
       .unit = "events",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{purchases}}},
  };
}

std::vector<Metric> money_ratios() {
  return {
      {.name = "arpdau",
       .title = "Revenue per active player",
       .definition =
           "Revenue of the day divided by the players active on the day: revenue / dau. Empty on days without "
           "players.",
       .source = kFromDayTotals,
       .unit = kCurrencyUnit,
       .window = kCalendarDay,
       .numerator = {{Measure::revenue_micros}},
       .denominator = Measure::players,
       .divisor = kMicros,
       .total = TotalRule::mean,
       .series = {{revenue}, {players}},
       .formula = "A/B",
       .intervals = {Interval::day}},
      {.name = "arpu",
       .title = "Revenue per active player of the period",
       .definition = "Revenue of the period divided by the distinct players active in it. The period is the calendar "
                     "month unless asked otherwise, as far as the range reaches into it.",
       .source = kFromEvents,
       .unit = kCurrencyUnit,
       .window = "calendar month",
       .series = {{revenue}, {players}},
       .formula = "A/B",
       .intervals = {Interval::month, Interval::week, Interval::day}},
      {.name = "arppu",
       .title = "Revenue per paying player",
       .definition =
           "Revenue of the day divided by the players who paid on it: revenue / payers. Empty on days without "
           "paying players.",
       .source = kFromDayTotals,
       .unit = kCurrencyUnit,
       .window = kCalendarDay,
       .numerator = {{Measure::revenue_micros}},
       .denominator = Measure::payers,
       .divisor = kMicros,
       .total = TotalRule::mean,
       .series = {{revenue}, {payers}},
       .formula = "A/B"},
      {.name = "conversion",
       .title = "Share of players who paid",
       .definition = "Players who paid on the day divided by the players active on it: payers / dau. Empty on days "
                     "without players.",
       .source = kFromDayTotals,
       .unit = "share",
       .window = kCalendarDay,
       .numerator = {{Measure::payers}},
       .denominator = Measure::players,
       .total = TotalRule::mean,
       .series = {{payers}, {players}},
       .formula = "A/B"},
  };
}

std::vector<Metric> ad_metrics() {
  return {
      {.name = "ad_impressions",
       .title = "Ad impressions",
       .definition = "Events ad_impression of the day.",
       .source = kFromEvents,
       .unit = "events",
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{events, "ad_impression"}}},
      {.name = "ad_impressions_per_player",
       .title = "Ad impressions per active player",
       .definition = "Events ad_impression of the day divided by the players active on it.",
       .source = kFromEvents,
       .unit = "events",
       .window = kCalendarDay,
       .total = TotalRule::none,
       .series = {{events, "ad_impression"}, {players}},
       .formula = "A/B"},
      {.name = "ad_revenue",
       .title = "Ad revenue",
       .definition = "Sum of the revenue of the day's ad_impression events in the project's reporting currency.",
       .source = kFromEvents,
       .unit = kCurrencyUnit,
       .window = kCalendarDay,
       .total = TotalRule::sum,
       .series = {{revenue, "ad_impression"}}},
      {.name = "ecpm",
       .title = "Ad revenue per thousand impressions",
       .definition = "1000 times ad_revenue / ad_impressions of the day. Empty on days without impressions.",
       .source = kFromEvents,
       .unit = kCurrencyUnit,
       .window = kCalendarDay,
       .series = {{revenue, "ad_impression"}, {events, "ad_impression"}},
       .formula = "1000*A/B"},
  };
}

}  // namespace

std::vector<Metric> money_metrics() {
  std::vector<Metric> all = money_sums();
  for (const auto rows : {money_ratios, ad_metrics}) {
    for (Metric& metric : rows()) all.push_back(std::move(metric));
  }
  return all;
}

}  // namespace gm::query
