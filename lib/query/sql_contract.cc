#include "lib/query/sql_contract.h"

#include <utility>

#include "lib/query/language/predicate_sql.h"
#include "lib/query/language/tables.h"

namespace gm::query {
namespace {

using store::SqlColumn;
using store::SqlTable;
using enum store::ColumnKind;

struct Column {
  SqlColumn shown;
  Fragment made;              // over the table's relation
  bool names_player = false;  // reads `n`, the players' own ids
};

struct TableParts {
  std::string_view name, meaning;
  Fragment relation;    // of one project, with its alias
  Fragment player_key;  // what `n` is joined by; empty: no column names a player
  std::vector<Column> columns;
};

// (player, player_id)
Fragment player_names(const SqlScope& scope) {
  return Fragment::of("(SELECT player, any_value(player_id) AS player_id FROM {} WHERE project = {} GROUP BY player)",
                      {std::string(kPlayers), scope.project_value()});
}

std::string_view type_of(store::ColumnKind kind) {
  switch (kind) {
    case text:
      return "VARCHAR";
    case integer:
      return "BIGINT";
    case number:
      return "DOUBLE";
    case flag:
      return "BOOLEAN";
    case date:
      return "DATE";
    case moment:
      return "TIMESTAMP";
  }
  return "VARCHAR";
}

store::Statement rows_of(const TableParts& parts, const Fragment& names, const std::vector<size_t>& places) {
  std::vector<Fragment> columns;
  bool named = false;
  for (const size_t place : places) {
    const Column& column = parts.columns[place];
    columns.push_back(Fragment::of("CAST({} AS {})", {column.made, std::string(type_of(column.shown.kind))}));
    named = named || column.names_player;
  }
  // Who asks for no name of a player pays for none.
  const Fragment join =
      named ? Fragment::of(" LEFT JOIN {} n ON n.player = {}", {names, parts.player_key}) : Fragment();
  return Fragment::of("SELECT {} FROM {}{}", {Fragment::join(columns, ", "), parts.relation, join}).statement();
}

SqlTable table_of(TableParts parts, const Fragment& names) {
  SqlTable table{parts.name, parts.meaning, {}, nullptr};
  for (const Column& column : parts.columns) table.columns.push_back(column.shown);
  table.rows = [parts = std::move(parts), names](const std::vector<size_t>& places) {
    return rows_of(parts, names, places);
  };
  return table;
}

Fragment field(FieldKind kind, const SqlScope& scope) { return text_of(Field{kind, ""}, scope); }

Column player_id() { return {{"player_id", text, "the player's id"}, "n.player_id", true}; }

TableParts events(const SqlScope& scope) {
  return {"events",
          "one row an accepted event",
          Fragment::of("(SELECT * FROM {} WHERE project = {}) e", {std::string(kEvents), scope.project_value()}),
          "e.player",
          {{{"date", date, "the day in the project's time zone"}, "e.date"},
           {{"time", moment, "when it happened, UTC"}, "e.ts"},
           {{"received_at", moment, "when it came, UTC"}, "e.received_at"},
           {{"event", text, "its name"}, "e.event"},
           {{"event_id", text, "its id, a UUID"}, "e.event_id"},
           player_id(),
           {{"session_id", text, "the session that the sender named"}, field(FieldKind::session, scope)},
           {{"source", text, "the dialect it came in"}, field(FieldKind::source, scope)},
           {{"country", text, "ISO 3166 code"}, field(FieldKind::country, scope)},
           {{"platform", text, "such as ios"}, field(FieldKind::platform, scope)},
           {{"device", text, "the device's model"}, field(FieldKind::device, scope)},
           {{"build", text, "the game's version"}, field(FieldKind::build, scope)},
           {{"revenue", number, "the amount as it was sent, in `currency`"}, "e.revenue_micros / 1e6"},
           {{"currency", text, "ISO 4217, of `revenue`"}, "nullif(e.currency, '')"},
           {{"properties", text, "a JSON object: properties->>'level'"}, "e.props"}}};
}

TableParts players(const SqlScope& scope) {
  return {"players",
          "one row a player",
          Fragment::of("{} p", {players_relation(scope)}),
          {},
          {{{"player_id", text, "the player's id"}, "p.player_id"},
           {{"first_day", date, "the day of the first event, in the project's time zone"}, "p.first_day"},
           {{"first_seen", moment, "the first event, UTC"}, "p.first_seen"},
           {{"last_seen", moment, "the last event, UTC"}, "p.last_seen"},
           {{"country", text, "newest known"}, "nullif(p.country, '')"},
           {{"platform", text, "newest known"}, "nullif(p.platform, '')"},
           {{"build", text, "newest known"}, "nullif(p.build, '')"},
           {{"events", integer, "events so far"}, "p.events"},
           {{"sessions", integer, "sessions so far"}, "p.sessions"},
           {{"revenue", number, "in the reporting currency"}, "p.revenue_micros / 1e6"}}};
}

TableParts sessions(const SqlScope& scope) {
  return {"sessions",
          "one row a session",
          Fragment::of("(SELECT player, session, started_at, ended_at, date, events, length_ms FROM sessions WHERE "
                       "project = {} GROUP BY ALL HAVING sum(sign) > 0) s",
                       {scope.project_value()}),
          "s.player",
          {{{"date", date, "the day of its start"}, "s.date"},
           player_id(),
           {{"session_id", text,
             "the id that the sender gave; null: found by silences and by session_start and session_end"},
            "nullif(s.session, '')"},
           {{"started_at", moment, "its first event, UTC"}, "s.started_at"},
           {{"ended_at", moment, "its last event, UTC"}, "s.ended_at"},
           {{"events", integer, "events in it"}, "s.events"},
           {{"seconds", number, "its length, as it counts"}, "s.length_ms / 1e3"}}};
}

TableParts player_days(const SqlScope& scope) {
  return {"player_days",
          "one row a player and day on which the player was active",
          Fragment::of("(SELECT date, player, cohort_date, sum(payer) AS payer, sum(events) AS events, sum(sessions) "
                       "AS sessions, sum(session_ms) AS session_ms, sum(revenue_micros) AS revenue_micros FROM "
                       "player_days WHERE project = {} GROUP BY date, player, cohort_date HAVING sum(active) > 0) d",
                       {scope.project_value()}),
          "d.player",
          {{{"date", date, "the day in the project's time zone"}, "d.date"},
           player_id(),
           {{"first_day", date, "the day of the player's first event"}, "d.cohort_date"},
           {{"events", integer, "events of the day"}, "d.events"},
           {{"sessions", integer, "sessions begun on the day"}, "d.sessions"},
           {{"session_seconds", number, "their length"}, "d.session_ms / 1e3"},
           {{"payer", flag, "paid on the day"}, "d.payer > 0"},
           {{"revenue", number, "in the reporting currency"}, "d.revenue_micros / 1e6"}}};
}

TableParts days(const SqlScope& scope) {
  return {"days",
          "one row a day",
          Fragment::of("(SELECT date, sum(players) AS players, sum(new_players) AS new_players, sum(events) AS events, "
                       "sum(late_events) AS late_events, sum(sessions) AS sessions, sum(session_ms) AS session_ms, "
                       "sum(payers) AS payers, sum(purchases) AS purchases, sum(revenue_micros) AS revenue_micros "
                       "FROM day_totals WHERE project = {} GROUP BY date) t",
                       {scope.project_value()}),
          {},
          {{{"date", date, "the day in the project's time zone"}, "t.date"},
           {{"players", integer, "active players"}, "t.players"},
           {{"new_players", integer, "of them, those whose first day it is"}, "t.new_players"},
           {{"events", integer, "accepted events"}, "t.events"},
           {{"late_events", integer, "of them, those that came late"}, "t.late_events"},
           {{"sessions", integer, "sessions begun"}, "t.sessions"},
           {{"session_seconds", number, "their length"}, "t.session_ms / 1e3"},
           {{"payers", integer, "players who paid"}, "t.payers"},
           {{"purchases", integer, "events with revenue above 0"}, "t.purchases"},
           {{"revenue", number, "in the reporting currency"}, "t.revenue_micros / 1e6"}}};
}

TableParts event_days(const SqlScope& scope) {
  return {"event_days",
          "one row a day and name of an event",
          Fragment::of("(SELECT date, event, sum(events) AS events FROM event_days WHERE project = {} GROUP BY date, "
                       "event HAVING sum(events) > 0) t",
                       {scope.project_value()}),
          {},
          {{{"date", date, "the day in the project's time zone"}, "t.date"},
           {{"event", text, "its name"}, "t.event"},
           {{"events", integer, "how often"}, "t.events"}}};
}

TableParts rejected_events(const SqlScope& scope) {
  return {"rejected_events",
          "one row an event that was refused",
          Fragment::of("(SELECT * FROM rejected_events WHERE project = {}) e", {scope.project_value()}),
          {},
          {{{"received_at", moment, "when it came, UTC"}, "e.received_at"},
           {{"source", text, "the dialect it came in"}, field(FieldKind::source, scope)},
           {{"reason", text, "the stable reason, such as player_id_missing"}, "e.reason"},
           {{"detail", text, "what exactly was wrong"}, "e.detail"},
           {{"raw", text, "its bytes as they came, as far as they are kept"}, "e.raw"}}};
}

}  // namespace

std::vector<SqlTable> sql_tables(ProjectId project, const std::string& currency) {
  const SqlScope scope{project, {}, currency};
  const Fragment names = player_names(scope);
  std::vector<SqlTable> tables;
  for (const auto make : {events, players, sessions, player_days, days, event_days, rejected_events}) {
    tables.push_back(table_of(make(scope), names));
  }
  return tables;
}

}  // namespace gm::query
