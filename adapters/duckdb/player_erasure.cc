#include "adapters/duckdb/player_erasure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/duckdb/shape_tables.h"
#include "adapters/duckdb/table_appender.h"
#include "lib/event/mentioned_ids.h"

namespace gm::duckdb {
namespace {

// What was derived from stored events, the behaviour index, means nothing any more.
constexpr const char* kNewGeneration = "UPDATE generation SET id = (hash(uuid()) % 9223372036854775807)::BIGINT";

Status execute_all(Connection& connection, const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) {
    if (auto done = connection.execute(sql); !done) return done;
  }
  return {};
}

Status note_players(Connection& connection, const std::vector<store::PlayerKey>& players) {
  if (auto made = connection.execute("CREATE OR REPLACE TEMP TABLE erased_players(player UBIGINT)"); !made) return made;
  TableAppender table(connection, "temp", "erased_players");
  for (const store::PlayerKey player : players) table.add(player).end_row();
  return table.finish();
}

Status note_erased(Connection& connection, const store::PlayerErasure& erasure) {
  if (auto noted = note_players(connection, erasure.players); !noted) return noted;
  if (auto made =
          execute_all(connection, {"CREATE OR REPLACE TEMP TABLE erased_ids(id VARCHAR)",
                                   "CREATE OR REPLACE TEMP TABLE erased_rejects(part USMALLINT, place UBIGINT)"});
      !made)
    return made;
  TableAppender ids(connection, "temp", "erased_ids");
  for (const std::string& id : erasure.ids) ids.add_text(id).end_row();
  return ids.finish();
}

// A rejected event has no player, only bytes that may name one.
Status note_rejects(Connection& connection, const store::PlayerErasure& erasure) {
  const std::set<std::string, std::less<>> ids(erasure.ids.begin(), erasure.ids.end());
  const auto is_his = [&](std::string_view word) { return ids.contains(word); };
  std::vector<std::pair<uint16_t, uint64_t>> found;
  {
    auto rows = connection.stream(fmt::format(
        "SELECT log_partition, log_offset, raw FROM rejected_events WHERE project = {}", erasure.project.value()));
    if (!rows) return rows.error();
    while (const size_t count = rows->next_chunk()) {
      for (size_t i = 0; i < count; ++i) {
        if (event::mentions(rows->text(2, i), is_his))
          found.emplace_back(rows->get<uint16_t>(0, i), rows->get<uint64_t>(1, i));
      }
    }
    if (const char* message = duckdb_result_error(&rows->result())) return store_error("read rejected", message);
  }
  TableAppender table(connection, "temp", "erased_rejects");
  for (const auto& [partition, offset] : found) table.add(partition).add(offset).end_row();
  return table.finish();
}

// His share of every sum, with the opposite sign. Days and cohorts are sums over his days; what an event adds besides
// is told from the events themselves.
std::vector<std::string> taken_back(const store::PlayerErasure& erasure) {
  const std::string purchase = fmt::format("revenue_micros > 0 AND currency = '{}'", erasure.currency);
  const std::string late = fmt::format("epoch_ms(received_at) - epoch_ms(ts) > {} AND (flags & {}) = 0",
                                       erasure.late_after_ms, static_cast<int>(store::kHistorical));
  return {
      "INSERT INTO day_totals SELECT project, date, -bounded_sum(active), 0, -bounded_sum(events), 0, "
      "-bounded_sum(sessions), -bounded_sum(session_ms), -bounded_sum(payer), 0, -bounded_sum(revenue_micros) "
      "FROM player_days SEMI JOIN erased_players USING (player) GROUP BY project, date",
      "INSERT INTO day_totals SELECT project, cohort_date, 0, -count(DISTINCT player), 0, 0, 0, 0, 0, 0, 0 FROM "
      "(SELECT project, player, arg_max(cohort_date, version) AS cohort_date, arg_max(events, version) AS events "
      "FROM canonical_players SEMI JOIN erased_players USING (player) GROUP BY project, player) "
      "WHERE events > 0 GROUP BY project, cohort_date",
      fmt::format("INSERT INTO day_totals SELECT project, date, 0, 0, 0, -count(*) FILTER ({}), 0, 0, 0, "
                  "-count(*) FILTER ({}), 0 FROM events SEMI JOIN erased_players USING (player) GROUP BY project, date",
                  late, purchase),
      "INSERT INTO cohort_days SELECT project, cohort_date, date, -bounded_sum(active), -bounded_sum(revenue_micros) "
      "FROM player_days SEMI JOIN erased_players USING (player) GROUP BY project, cohort_date, date",
      "INSERT INTO event_days SELECT project, date, event, -count(*) FROM events "
      "SEMI JOIN erased_players USING (player) GROUP BY project, date, event",
      fmt::format("INSERT INTO unconverted_days SELECT project, date, currency, -count(*), "
                  "-bounded_sum(revenue_micros) FROM events SEMI JOIN erased_players USING (player) "
                  "WHERE revenue_micros IS NOT NULL AND currency <> '{}' GROUP BY project, date, currency",
                  erasure.currency),
  };
}

// A sum that came out as nothing says that there once was somebody, and in whose words.
std::string drop_empty(ProjectId project, std::string_view table, std::string_view keys, std::string_view sum) {
  return fmt::format(
      "DELETE FROM {0} WHERE project = {3} AND ({1}) IN (SELECT ({1}) FROM {0} WHERE project = {3} GROUP BY {1} "
      "HAVING bounded_sum({2}) <= 0)",
      table, keys, sum, project.value());
}

std::string drop_empty_properties(ProjectId project) {
  return drop_empty(project, "property_shapes", "event, property, type", "seen");
}

std::vector<std::string> without_empty(ProjectId project) {
  return {drop_empty(project, "event_days", "date, event", "events"),
          drop_empty(project, "unconverted_days", "date, currency", "events"),
          drop_empty(project, "event_shapes", "event", "events"), drop_empty_properties(project)};
}

Status take_back_shapes(Connection& connection, ProjectId project, const store::MicroBatch& shapes) {
  if (auto written = write_event_shapes(connection, shapes); !written) return written;
  if (auto written = write_property_shapes(connection, shapes); !written) return written;
  // Whose value a sample was is not known.
  return connection.execute(fmt::format(
      "UPDATE property_shapes SET sample = '' WHERE project = {0} AND (event, property, type) IN (SELECT (event, "
      "property, type) FROM property_shapes WHERE project = {0} AND seen < 0)",
      project.value()));
}

Result<int64_t> remove(Connection& connection, const std::string& sql) {
  auto done = connection.query(sql);
  if (!done) return done.error();
  return static_cast<int64_t>(duckdb_rows_changed(&done->result()));
}

Result<store::ErasedRows> remove_rows(Connection& connection, ProjectId project) {
  store::ErasedRows rows;
  const std::string his = "WHERE player IN (SELECT player FROM erased_players)";
  const std::string ids = "(SELECT id FROM erased_ids)";
  const struct {
    std::string sql;
    int64_t* count;
  } steps[] = {
      {"DELETE FROM events " + his, &rows.events},
      {"DELETE FROM sessions " + his, &rows.sessions},
      {"DELETE FROM player_days " + his, &rows.days},
      {"DELETE FROM players " + his, &rows.players},
      {fmt::format("DELETE FROM identity_links WHERE project = {} AND (member_id IN {} OR player_id IN {})",
                   project.value(), ids, ids),
       &rows.links},
      {"DELETE FROM player_links WHERE member IN (SELECT player FROM erased_players) OR canonical IN (SELECT player "
       "FROM erased_players)",
       nullptr},
      {fmt::format("DELETE FROM rejected_events WHERE project = {} AND (log_partition, log_offset) IN (SELECT (part, "
                   "place) FROM erased_rejects)",
                   project.value()),
       &rows.rejected},
  };
  for (const auto& step : steps) {
    const auto removed = remove(connection, step.sql);
    if (!removed) return removed.error();
    if (step.count != nullptr) *step.count = *removed;
  }
  return rows;
}

std::string quoted(std::string text) {
  for (size_t at = text.find('\''); at != std::string::npos; at = text.find('\'', at + 2)) text.insert(at, "'");
  return "'" + text + "'";
}

Status note_properties(Connection& connection, const store::PlayerRectification& rectification) {
  if (auto made =
          connection.execute("CREATE OR REPLACE TEMP TABLE rectified(part USMALLINT, place UBIGINT, props VARCHAR)");
      !made)
    return made;
  TableAppender table(connection, "temp", "rectified");
  for (const store::PlayerRectification::Properties& one : rectification.properties)
    table.add(static_cast<uint16_t>(one.partition)).add(one.offset).add_text(one.text).end_row();
  return table.finish();
}

// The same as RecordCorrector does with the log, so that a rebuild leads to the same.
std::vector<std::string> put_right(const store::PlayerRectification& rectification, std::string_view column,
                                   const std::optional<std::string>& value) {
  if (!value) return {};
  const std::string his = "player IN (SELECT player FROM erased_players)";
  return {
      fmt::format("UPDATE events SET {0} = {1} WHERE project = {2} AND {3} AND epoch_ms(received_at) <= {4} AND {0} "
                  "<> ''",
                  column, quoted(*value), rectification.project.value(), his, rectification.until_ms),
      fmt::format("UPDATE players SET {0} = (SELECT coalesce(arg_max({0}, ts), '') FROM events WHERE project = {1} "
                  "AND {2} AND {0} <> '') WHERE project = {1} AND {2}",
                  column, rectification.project.value(), his)};
}

// The temporary tables hold his ids: memory, but memory that a spill may write to a file.
Status forget_erased(Connection& connection) {
  return execute_all(
      connection, {"DROP TABLE temp.erased_players", "DROP TABLE temp.erased_ids", "DROP TABLE temp.erased_rejects"});
}

}  // namespace

Result<store::ErasedRows> erase_player(Connection& connection, const store::PlayerErasure& erasure) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return transaction.error();
  if (auto noted = note_erased(connection, erasure); !noted) return noted.error();
  if (auto noted = note_rejects(connection, erasure); !noted) return noted.error();
  if (auto done = execute_all(connection, taken_back(erasure)); !done) return done.error();
  if (auto done = take_back_shapes(connection, erasure.project, erasure.shapes); !done) return done.error();
  auto rows = remove_rows(connection, erasure.project);
  if (!rows) return rows;
  if (auto done = execute_all(connection, without_empty(erasure.project)); !done) return done.error();
  if (auto done = connection.execute(kNewGeneration); !done) return done.error();
  if (auto done = forget_erased(connection); !done) return done.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return rows;
}

Status rectify_player(Connection& connection, const store::PlayerRectification& rectification) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return transaction.error();
  if (auto noted = note_players(connection, rectification.players); !noted) return noted;
  if (auto noted = note_properties(connection, rectification); !noted) return noted;
  std::vector<std::string> statements = {fmt::format(
      "UPDATE events SET props = r.props FROM temp.rectified r WHERE project = {} AND log_partition = r.part "
      "AND log_offset = r.place",
      rectification.project.value())};
  for (const auto& [column, value] :
       {std::pair("country", rectification.country), std::pair("platform", rectification.platform)}) {
    for (std::string& sql : put_right(rectification, column, value)) statements.push_back(std::move(sql));
  }
  if (auto done = execute_all(connection, statements); !done) return done;
  if (auto done = take_back_shapes(connection, rectification.project, rectification.shapes); !done) return done;
  if (auto done = execute_all(connection, {drop_empty_properties(rectification.project), kNewGeneration,
                                           "DROP TABLE temp.erased_players", "DROP TABLE temp.rectified"});
      !done)
    return done;
  return transaction->commit();
}

Status copy_database(const std::string& from, const std::string& to, int64_t memory_bytes_max) {
  // A database of its own: the store's may open no other file.
  auto database = Database::open(":memory:", {{"memory_limit", fmt::format("{}B", memory_bytes_max)},
                                              {"autoinstall_known_extensions", "false"},
                                              {"autoload_known_extensions", "false"}});
  if (!database) return database.error();
  auto connection = Connection::open(*database);
  if (!connection) return connection.error();
  return execute_all(*connection, {fmt::format("ATTACH {} AS before (READ_ONLY)", quoted(from)),
                                   fmt::format("ATTACH {} AS after", quoted(to)), "COPY FROM DATABASE before TO after",
                                   "CHECKPOINT after", "DETACH after", "DETACH before"});
}

}  // namespace gm::duckdb
