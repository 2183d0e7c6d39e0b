#include "lib/query/analysis/units.h"

namespace gm::query {

Fragment with_units(const Fragment& columns, const EventRows& rows, bool per_session, const SqlScope& scope) {
  const Fragment events = select_events(columns, rows, scope);
  if (!per_session) return Fragment::of("SELECT e.*, e.player AS u FROM ({}) e", {events});
  EventRows sessions;
  sessions.range = {rows.range.from - kSessionLookbackDays, rows.range.to};
  return Fragment::of(
      "SELECT e.*, s.u AS u FROM ({}) e ASOF JOIN (SELECT *, row_number() OVER () AS u FROM ({})) s ON e.player = "
      "s.player "
      "AND e.session = s.session AND e.ts >= s.started_at WHERE e.ts <= s.ended_at",
      {events, select_sessions(sessions, scope)});
}

}  // namespace gm::query
