#include "adapters/duckdb/compaction.h"

#include <vector>

namespace gm::duckdb {
namespace {

// The merged rows are computed into a temporary table first, then they replace the old ones.
Status replace_rows(Connection& connection, const std::vector<std::string>& statements) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return transaction.error();
  for (const std::string& sql : statements) {
    if (auto done = connection.execute(sql); !done) return done;
  }
  return transaction->commit();
}

Status merge_by_day(Connection& connection, const std::string& table, const std::string& merged) {
  return replace_rows(
      connection,
      {
          "CREATE TEMP TABLE merged AS " + merged,
          "DELETE FROM " + table + " AS t USING unmerged_days AS u WHERE t.project = u.project AND t.date = u.date",
          "INSERT INTO " + table + " SELECT * FROM merged",
          "DROP TABLE temp.merged",
      });
}

Status merge_whole(Connection& connection, const std::string& table, const std::string& merged) {
  return replace_rows(connection, {
                                      "CREATE TEMP TABLE merged AS " + merged,
                                      "DELETE FROM " + table,
                                      "INSERT INTO " + table + " SELECT * FROM merged",
                                      "DROP TABLE temp.merged",
                                  });
}

constexpr const char* kMergedPlayerDays = R"sql(
SELECT project, date, player, cohort_date, sum(active)::INTEGER AS active, sum(payer)::INTEGER AS payer,
  bounded_sum(events) AS events, bounded_sum(sessions) AS sessions, bounded_sum(session_ms) AS session_ms,
  bounded_sum(revenue_micros) AS revenue_micros
FROM player_days SEMI JOIN unmerged_days USING (project, date)
GROUP BY project, date, player, cohort_date
HAVING sum(active) <> 0 OR sum(payer) <> 0 OR sum(events) <> 0 OR sum(sessions) <> 0 OR sum(session_ms) <> 0
  OR sum(revenue_micros) <> 0
ORDER BY project, date, player)sql";

constexpr const char* kMergedSessions = R"sql(
SELECT project, player, session, started_at, ended_at, date, events, sum(sign)::TINYINT AS sign, length_ms, marks,
  told_ms, added_ms
FROM sessions SEMI JOIN unmerged_days USING (project, date)
GROUP BY project, player, session, started_at, ended_at, date, events, length_ms, marks, told_ms, added_ms
HAVING sum(sign) <> 0
ORDER BY project, date, started_at)sql";

constexpr const char* kMergedDays = R"sql(
SELECT project, date, bounded_sum(players), bounded_sum(new_players), bounded_sum(events), bounded_sum(late_events),
  bounded_sum(sessions), bounded_sum(session_ms), bounded_sum(payers), bounded_sum(purchases),
  bounded_sum(revenue_micros)
FROM day_totals GROUP BY project, date ORDER BY project, date)sql";

constexpr const char* kMergedCohortDays = R"sql(
SELECT project, cohort_date, date, bounded_sum(players), bounded_sum(revenue_micros)
FROM cohort_days GROUP BY project, cohort_date, date
HAVING sum(players) <> 0 OR sum(revenue_micros) <> 0 ORDER BY project, cohort_date, date)sql";

constexpr const char* kMergedEventDays = R"sql(
SELECT project, date, event, bounded_sum(events)
FROM event_days GROUP BY project, date, event HAVING sum(events) <> 0 ORDER BY project, date, event)sql";

constexpr const char* kMergedUnconvertedDays = R"sql(
SELECT project, date, currency, bounded_sum(events), bounded_sum(micros)
FROM unconverted_days GROUP BY project, date, currency ORDER BY project, date, currency)sql";

constexpr const char* kMergedEventShapes = R"sql(
SELECT project, event, bounded_sum(events), min(first_seen), max(last_seen)
FROM event_shapes GROUP BY project, event ORDER BY project, event)sql";

constexpr const char* kMergedPropertyShapes = R"sql(
SELECT project, event, property, type, bounded_sum(seen), min(first_seen), max(last_seen), max(sample)
FROM property_shapes GROUP BY project, event, property, type ORDER BY project, event, property, type)sql";

constexpr const char* kMergedShapeOverflows =
    "SELECT project, reason, bounded_sum(times) FROM shape_overflows GROUP BY project, reason";

constexpr const char* kMergedCounters = "SELECT name, bounded_sum(value) FROM counters GROUP BY name";

constexpr const char* kDropOldPlayers = R"sql(
DELETE FROM players USING (
  SELECT player, max(version) AS newest FROM players GROUP BY player HAVING count(*) > 1) AS latest
WHERE players.player = latest.player AND players.version < latest.newest)sql";

}  // namespace

Status compact_tables(Connection& connection, std::set<UnmergedDay>& unmerged) {
  Status first_failure;
  // A table that cannot be merged leaves the others their turn.
  const auto note = [&](const Status& done) {
    if (!done && first_failure.ok()) first_failure = done;
    return done.ok();
  };
  const bool player_days = note(merge_by_day(connection, "player_days", kMergedPlayerDays));
  const bool sessions = note(merge_by_day(connection, "sessions", kMergedSessions));
  // Only when both tables are merged may the list of days be forgotten.
  if (player_days && sessions && note(connection.execute("DELETE FROM unmerged_days"))) unmerged.clear();
  note(merge_whole(connection, "day_totals", kMergedDays));
  note(merge_whole(connection, "cohort_days", kMergedCohortDays));
  note(merge_whole(connection, "event_days", kMergedEventDays));
  note(merge_whole(connection, "unconverted_days", kMergedUnconvertedDays));
  note(merge_whole(connection, "event_shapes", kMergedEventShapes));
  note(merge_whole(connection, "property_shapes", kMergedPropertyShapes));
  note(merge_whole(connection, "shape_overflows", kMergedShapeOverflows));
  note(merge_whole(connection, "counters", kMergedCounters));
  note(connection.execute(kDropOldPlayers));
  return first_failure;
}

}  // namespace gm::duckdb
