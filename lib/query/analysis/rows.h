#pragma once
// Where rows come from: events, sessions and activity, filtered and divided, as relations for the questions to build
// on.

#include <string>
#include <string_view>
#include <vector>

#include "lib/query/analysis/question.h"
#include "lib/query/language/fragment.h"
#include "lib/query/language/predicate_sql.h"

namespace gm::query {

// What to read of the events.
struct EventRows {
  DateRange range;
  std::string event;                      // empty: any
  std::vector<const Predicate*> filters;  // all of them hold
  std::vector<Field> breakdown;
  std::vector<Fragment> tests;  // further conditions on `e` and, with join_players, `p`
  bool join_players = false;
  // Only (player, date) of the row matters: may be answered from the days on which players were active.
  bool only_presence = false;

  void add(const std::optional<Predicate>& filter) {
    if (filter) filters.push_back(&*filter);
  }
  void add(const EventChoice& choice) {
    event = choice.event;
    add(choice.where);
  }
};

// "<column> BETWEEN <from> AND <to>", both included.
Fragment between(std::string_view column, DateRange range);

// "SELECT <columns><breakdown as b0, b1, ...> FROM events e ...". `columns` may use `e` and, when asked for, `p`.
Fragment select_events(const Fragment& columns, const EventRows& rows, const SqlScope& scope);

// "SELECT <columns><breakdown as b0, b1, ...> FROM players p ...": the players to whom the frame's filter and `tests`
// apply. `columns` and `tests` may use `p`.
Fragment select_players(const Fragment& columns, const Frame& frame, std::vector<Fragment> tests,
                        const SqlScope& scope);

// (player, session, started_at, ended_at, date, length_ms, b0...): sessions that started in the range; with conditions
// or fields of events, those with at least one event that matches, divided by the first of these.
Fragment select_sessions(const EventRows& rows, const SqlScope& scope);

// The start of the interval that holds the row, from its `date` and, for hours, its `time`. Hours are counted from
// `anchor_ms`, the start of the range's first day, so that they are whole in every time zone.
Fragment bucket_sql(Interval interval, std::string_view date, std::string_view time, int64_t anchor_ms);

// ", b0, b1" with a prefix such as "e.".
std::string breakdown_names(size_t count, std::string_view prefix = "");

// CTEs that make `facts` from the CTE `rows`: with `count` breakdown columns, only the `top` values of those in
// `ranking` (a CTE with the same columns), by `weight`, keep their name; the others come together with other = true.
Fragment fold_breakdown(size_t count, std::string_view ranking, const Fragment& weight, int top);

}  // namespace gm::query
