#include "adapters/duckdb/schema.h"

#include <fmt/format.h>

#include <vector>

namespace gm::duckdb {
namespace {

// Migration n brings a file of version n to version n + 1. Released entries never change; add new ones at the end.
const std::vector<std::string>& migrations() {
  static const std::vector<std::string> all = {
      R"sql(
CREATE TABLE events(
  project UINTEGER, date DATE, ts TIMESTAMP_MS, received_at TIMESTAMP_MS, player UBIGINT, event VARCHAR, event_id UUID,
  session VARCHAR, source UTINYINT, country VARCHAR, platform VARCHAR, device VARCHAR, build VARCHAR,
  revenue_micros BIGINT, currency VARCHAR, flags USMALLINT, props VARCHAR, log_partition USMALLINT, log_offset UBIGINT);
CREATE TABLE players(
  project UINTEGER, player UBIGINT, player_id VARCHAR, id_hash UBIGINT, version UBIGINT, first_seen TIMESTAMP_MS,
  cohort_date DATE, last_seen TIMESTAMP_MS, country VARCHAR, platform VARCHAR, build VARCHAR, events UBIGINT,
  sessions UBIGINT, revenue_micros BIGINT);
CREATE TABLE sessions(
  project UINTEGER, player UBIGINT, session VARCHAR, started_at TIMESTAMP_MS, ended_at TIMESTAMP_MS, date DATE,
  events UBIGINT, sign TINYINT);
CREATE TABLE player_days(
  project UINTEGER, date DATE, player UBIGINT, cohort_date DATE, active INTEGER, payer INTEGER, events BIGINT,
  sessions BIGINT, session_ms BIGINT, revenue_micros BIGINT);
CREATE TABLE day_totals(
  project UINTEGER, date DATE, players BIGINT, new_players BIGINT, events BIGINT, late_events BIGINT, sessions BIGINT,
  session_ms BIGINT, payers BIGINT, purchases BIGINT, revenue_micros BIGINT);
CREATE TABLE cohort_days(project UINTEGER, cohort_date DATE, date DATE, players BIGINT, revenue_micros BIGINT);
CREATE TABLE event_days(project UINTEGER, date DATE, event VARCHAR, events BIGINT);
CREATE TABLE rejected_events(
  project UINTEGER, received_at TIMESTAMP_MS, source UTINYINT, reason VARCHAR, detail VARCHAR, raw VARCHAR,
  log_partition USMALLINT, log_offset UBIGINT);
CREATE TABLE log_positions(topic VARCHAR, partition USMALLINT, next_offset UBIGINT);
CREATE TABLE counters(name VARCHAR, value BIGINT);
CREATE TABLE unmerged_days(project UINTEGER, date DATE);
)sql",
      // Two: ids that turn out to be one player.
      R"sql(
ALTER TABLE players ADD COLUMN known BOOLEAN;
UPDATE players SET known = player IN (SELECT player FROM events WHERE event = '$identify');
CREATE TABLE identity_links(
  project UINTEGER, link UUID, kind UTINYINT, member_id VARCHAR, player_id VARCHAR, received_at TIMESTAMP_MS,
  outcome VARCHAR, log_partition USMALLINT, log_offset UBIGINT);
CREATE TABLE player_links(project UINTEGER, member UBIGINT, member_id VARCHAR, id_hash UBIGINT, canonical UBIGINT);
CREATE VIEW player_events AS
  SELECT e.* REPLACE (coalesce(l.canonical, e.player) AS player)
  FROM events e LEFT JOIN player_links l ON l.member = e.player;
CREATE VIEW canonical_players AS SELECT p.* FROM players p ANTI JOIN player_links l ON l.member = p.player;
)sql",
      // Three: one row, a number that belongs to the keys of players and the dates of events as this store has them.
      // Whoever changes those of stored events changes it in the same transaction, for what was derived from them means
      // nothing then.
      R"sql(
CREATE TABLE generation(id BIGINT);
INSERT INTO generation SELECT (hash(uuid()) % 9223372036854775807)::BIGINT;
)sql",
      // Four: money that no rate converts. Which currency is the project's own is not known here, so events of before
      // are told of in every currency; whoever asks leaves out the project's.
      R"sql(
CREATE TABLE unconverted_days(project UINTEGER, date DATE, currency VARCHAR, events BIGINT, micros BIGINT);
INSERT INTO unconverted_days
  SELECT project, date, currency, count(*), least(greatest(sum(revenue_micros), -9223372036854775807), 9223372036854775807)::BIGINT
  FROM events WHERE revenue_micros IS NOT NULL GROUP BY project, date, currency ORDER BY project, date, currency;
)sql",
      // Five: which properties came with which event, of which types. Events of before are learned by a rebuild.
      R"sql(
CREATE TABLE event_shapes(
  project UINTEGER, event VARCHAR, events BIGINT, first_seen TIMESTAMP_MS, last_seen TIMESTAMP_MS);
CREATE TABLE property_shapes(
  project UINTEGER, event VARCHAR, property VARCHAR, type UTINYINT, seen BIGINT, first_seen TIMESTAMP_MS,
  last_seen TIMESTAMP_MS, sample VARCHAR);
CREATE TABLE shape_overflows(project UINTEGER, reason VARCHAR, times BIGINT);
)sql",
      // Six: what was said about sessions (ADR 0026). Those of before stay as they were counted until a rebuild.
      R"sql(
ALTER TABLE sessions ADD COLUMN length_ms BIGINT;
ALTER TABLE sessions ADD COLUMN marks UTINYINT DEFAULT 0;
ALTER TABLE sessions ADD COLUMN told_ms BIGINT DEFAULT -1;
ALTER TABLE sessions ADD COLUMN added_ms BIGINT DEFAULT 0;
UPDATE sessions SET length_ms = epoch_ms(ended_at) - epoch_ms(started_at);
)sql",
  };
  return all;
}

int64_t newest_version() { return static_cast<int64_t>(migrations().size()); }

Result<int64_t> number(Connection& connection, const std::string& sql) {
  auto rows = connection.query(sql);
  if (!rows) return rows.error();
  rows->next_chunk();
  return rows->get<int64_t>(0, 0);
}

// 0: nothing was ever made in the file.
Result<int64_t> stored_version(Connection& connection) {
  const auto tables = number(connection, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_version'");
  if (!tables || *tables == 0) return tables;
  return number(connection, "SELECT coalesce(max(version), 0)::BIGINT FROM schema_version");
}

Status refuse_newer(int64_t found) {
  if (found <= newest_version()) return {};
  return Error{"gm-store-too-new",
               fmt::format("the analytics store has schema version {}, this program knows up to {}; "
                           "use the newer program, or make the store again with this one: gamemetrics rebuild",
                           found, newest_version())};
}

}  // namespace

Status migrate(Connection& connection) {
  if (auto made = connection.execute("CREATE TABLE IF NOT EXISTS schema_version(version BIGINT)"); !made) return made;
  const auto found = stored_version(connection);
  if (!found) return found.error();
  if (auto known = refuse_newer(*found); !known) return known;
  for (int64_t version = found.value(); version < newest_version(); ++version) {
    auto transaction = Transaction::begin(connection);
    if (!transaction) return transaction.error();
    if (auto done = connection.execute(migrations()[static_cast<size_t>(version)]); !done) return done;
    const std::string note = fmt::format("INSERT INTO schema_version VALUES ({})", version + 1);
    if (auto done = connection.execute(note); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
  }
  return {};
}

Status check_version(Connection& connection) {
  const auto found = stored_version(connection);
  return found ? refuse_newer(*found) : Status(found.error());
}

}  // namespace gm::duckdb
