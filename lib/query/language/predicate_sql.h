#pragma once
// Fields and predicates as SQL over the store's tables. Rows of events go by the alias `e`, rows of players by `p`.
// Every subquery names the project first.

#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/query/language/date_range.h"
#include "lib/query/language/fragment.h"
#include "lib/query/language/predicate.h"

namespace gm::query {

// Whose rows, in which days; what money counts.
struct SqlScope {
  ProjectId project;
  DateRange range;
  std::string currency;  // the project's reporting currency

  Fragment project_value() const { return Fragment::value(int64_t{project.value()}); }
  SqlScope over(DateRange other) const { return {project, other, currency}; }
};

// The revenue of the event in millionths of the reporting currency; NULL when it has none.
Fragment event_micros(const SqlScope& scope);
// The field as text, NULL when it is not set. Fields of players need `p`.
Fragment text_of(const Field& field, const SqlScope& scope);
// The same as a number; NULL when it is none.
Fragment number_of(const Field& field, const SqlScope& scope);

// (player, player_id, country, platform, build, first_day, first_seen, last_seen, events, sessions, revenue_micros,
// and `property_0`... for the player properties named), one row per player; a relation in parentheses.
Fragment players_relation(const SqlScope& scope, const std::vector<Field>& properties = {});

// True or false, never NULL. `player` is the SQL of the row's player key, such as "e.player".
Fragment condition(const Predicate& predicate, const SqlScope& scope, std::string_view player);

}  // namespace gm::query
