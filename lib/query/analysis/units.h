#pragma once
// Private to this folder: events of one unit, a player or a session, in order.

#include "lib/query/analysis/context.h"

namespace gm::query {

// `columns` of events (they have to hold player, ts, date, session) plus `u`, the number of the unit that each event
// belongs to: the player's key, or a number of the session. `rows.range` says which events are read.
Fragment with_units(const Fragment& columns, const EventRows& rows, bool per_session, const SqlScope& scope);

// Sessions may have begun so many days before the first event that is read.
inline constexpr int kSessionLookbackDays = 2;

}  // namespace gm::query
