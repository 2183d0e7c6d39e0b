#include "adapters/duckdb/state_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/duckdb/table_appender.h"
#include "lib/base/calendar_range.h"
#include "lib/store/player_id_hash.h"

namespace gm::duckdb {
namespace {

// bounded_sum: sums are of 128 bits; amounts that add up to more than a BIGINT (lib/base/saturating.h) must not make
// the statement fail, for then the player or the day could never be read again. NULL stays NULL.
constexpr const char* kBoundedSum = R"sql(
CREATE TEMP MACRO bounded_sum(x) AS (CASE WHEN sum(x) > 9223372036854775807 THEN 9223372036854775807
  WHEN sum(x) < -9223372036854775807 THEN -9223372036854775807 ELSE sum(x) END)::BIGINT)sql";

// What a question is about, made anew for each: DuckDB keeps the memory of deleted rows of a temporary table for good.
constexpr const char* kWantedIds =
    "CREATE OR REPLACE TEMP TABLE wanted_ids(position UINTEGER, project UINTEGER, id_hash UBIGINT, player_id VARCHAR)";
constexpr const char* kWantedPlayers =
    "CREATE OR REPLACE TEMP TABLE wanted_players(position UINTEGER, player UBIGINT, since TIMESTAMP_MS, since_date "
    "DATE)";
constexpr const char* kWantedEvents =
    "CREATE OR REPLACE TEMP TABLE wanted_events(position UINTEGER, project UINTEGER, event_id UUID)";

std::string date_literal(Date date) { return fmt::format("DATE '1970-01-01' + {}", date.days); }

Status ask_for_ids(Connection& connection, std::span<const store::PlayerWanted> wanted) {
  if (auto made = connection.execute(kWantedIds); !made) return made;
  TableAppender table(connection, "temp", "wanted_ids");
  for (size_t i = 0; i < wanted.size(); ++i) {
    table.add(static_cast<uint32_t>(i)).add(wanted[i].project.value());
    table.add(store::player_id_hash(wanted[i].player_id)).add_text(wanted[i].player_id).end_row();
  }
  return table.finish();
}

void take_player_row(const Rows& rows, size_t i, store::PlayerState& state) {
  const auto version = rows.get<uint64_t>(2, i);
  if (version <= state.row.version) return;
  state.row.player = rows.get<uint64_t>(1, i);
  state.row.version = version;
  state.row.first_seen_ms = rows.get<int64_t>(3, i);
  state.row.cohort_date = Date{rows.get<int32_t>(4, i)};
  state.row.last_seen_ms = rows.get<int64_t>(5, i);
  state.row.country = rows.text(6, i);
  state.row.platform = rows.text(7, i);
  state.row.build = rows.text(8, i);
  state.row.events = rows.get<uint64_t>(9, i);
  state.row.sessions = rows.get<uint64_t>(10, i);
  state.row.revenue_micros = rows.get<int64_t>(11, i);
  state.row.known = rows.get<bool>(12, i);
}

constexpr const char* kPlayerColumns =
    "w.position, p.player, p.version, p.first_seen, p.cohort_date, p.last_seen, p.country, p.platform, p.build, "
    "p.events, p.sessions, p.revenue_micros, p.known";

}  // namespace

std::string timestamp_literal(int64_t unix_ms) {
  // The cast gives the column's own type (the function answers in microseconds, and fails for what does not fit them),
  // which keeps zone maps usable.
  // Bounds of a search may lie beyond every time that is stored.
  return fmt::format("make_timestamp_ms({})::TIMESTAMP_MS", std::clamp(unix_ms, kYear1Ms, kYear10000Ms));
}

Result<StateReader> StateReader::open(Connection& connection) {
  if (auto made = connection.execute(kBoundedSum); !made) return made.error();
  auto links = connection.query("SELECT 1 FROM player_links LIMIT 1");
  if (!links) return links.error();
  StateReader reader(connection);
  reader.has_links_ = links->next_chunk() > 0;
  return reader;
}

Result<std::vector<store::LogPosition>> StateReader::positions() {
  auto rows = connection_->query("SELECT topic, partition, next_offset FROM log_positions");
  if (!rows) return rows.error();
  std::vector<store::LogPosition> positions;
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      for (int topic = 0; topic < log::kTopicCount; ++topic) {
        if (log::topic_name(static_cast<log::Topic>(topic)) != rows->text(0, i)) continue;
        positions.push_back({static_cast<log::Topic>(topic), rows->get<uint16_t>(1, i), rows->get<uint64_t>(2, i)});
      }
    }
  }
  return positions;
}

Result<store::PlayerKey> StateReader::highest_player_key() {
  auto rows = connection_->query(
      "SELECT greatest((SELECT coalesce(max(player), 0) FROM players), "
      "(SELECT coalesce(max(member), 0) FROM player_links))::UBIGINT");
  if (!rows) return rows.error();
  rows->next_chunk();
  return rows->get<uint64_t>(0, 0);
}

Result<std::vector<store::PlayerState>> StateReader::load_players(std::span<const store::PlayerWanted> wanted) {
  std::vector<store::PlayerState> states(wanted.size());
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return transaction.error();
  if (auto asked = ask_for_ids(*connection_, wanted); !asked) return asked.error();
  if (auto read = read_player_rows(wanted, states); !read) return read.error();
  if (has_links_) {
    if (auto read = read_canonical_rows(states); !read) return read.error();
  }
  if (std::any_of(states.begin(), states.end(), [](const auto& state) { return state.row.version > 0; })) {
    if (auto asked = ask_for_known(wanted, states); !asked) return asked.error();
    Date since_date = wanted.front().since_date;
    int64_t since_ms = wanted.front().since_ms;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (states[i].row.version == 0) continue;
      since_date = std::min(since_date, wanted[i].since_date);
      since_ms = std::min(since_ms, wanted[i].since_ms);
    }
    if (auto read = read_days(states, since_date); !read) return read.error();
    if (auto read = read_sessions(states, since_ms); !read) return read.error();
    if (has_links_) {
      if (auto read = read_members(states); !read) return read.error();
    }
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return states;
}

Status StateReader::read_player_rows(std::span<const store::PlayerWanted> wanted,
                                     std::vector<store::PlayerState>& states) {
  auto rows = connection_->query(
      fmt::format("SELECT {} FROM players p JOIN wanted_ids w ON p.id_hash = w.id_hash AND p.project = w.project AND "
                  "p.player_id = w.player_id",
                  kPlayerColumns));
  if (!rows) return rows.error();
  for (size_t i = 0; i < wanted.size(); ++i) {
    states[i].row.project = wanted[i].project;
    states[i].row.player_id = wanted[i].player_id;
  }
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) take_player_row(*rows, i, states[rows->get<uint32_t>(0, i)]);
  }
  return {};
}

// What is stored under the id of a member is what he was before he joined.
Status StateReader::read_canonical_rows(std::vector<store::PlayerState>& states) {
  auto rows = connection_->query(fmt::format(
      "SELECT {}, p.player_id FROM wanted_ids w JOIN player_links l ON l.id_hash = w.id_hash AND l.project = "
      "w.project AND l.member_id = w.player_id JOIN players p ON p.player = l.canonical",
      kPlayerColumns));
  if (!rows) return rows.error();
  std::vector<bool> replaced(states.size(), false);
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      const auto position = rows->get<uint32_t>(0, i);
      store::PlayerState& state = states[position];
      if (!replaced[position]) state.row.version = 0;
      replaced[position] = true;
      state.row.player_id = rows->text(13, i);
      take_player_row(*rows, i, state);
    }
  }
  return {};
}

Status StateReader::read_members(std::vector<store::PlayerState>& states) {
  auto rows = connection_->query(
      "SELECT w.position, l.member, l.member_id FROM player_links l JOIN wanted_players w ON l.canonical = w.player "
      "ORDER BY 1, 2");
  if (!rows) return rows.error();
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      states[rows->get<uint32_t>(0, i)].members.push_back({rows->get<uint64_t>(1, i), std::string(rows->text(2, i))});
    }
  }
  return {};
}

Status StateReader::ask_for_known(std::span<const store::PlayerWanted> wanted,
                                  const std::vector<store::PlayerState>& states) {
  if (auto made = connection_->execute(kWantedPlayers); !made) return made;
  TableAppender table(*connection_, "temp", "wanted_players");
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (states[i].row.version == 0) continue;
    table.add(static_cast<uint32_t>(i)).add(states[i].row.player).add(wanted[i].since_ms).add(wanted[i].since_date);
    table.end_row();
  }
  return table.finish();
}

Status StateReader::read_days(std::vector<store::PlayerState>& states, Date since) {
  auto rows = connection_->query(
      fmt::format("SELECT w.position, d.date, bounded_sum(d.payer), bounded_sum(d.events), bounded_sum(d.sessions), "
                  "bounded_sum(d.session_ms), bounded_sum(d.revenue_micros) FROM player_days d JOIN wanted_players w "
                  "ON d.player = w.player AND d.date >= w.since_date WHERE d.date >= {} "
                  "GROUP BY w.position, d.date HAVING sum(d.active) > 0 ORDER BY 1, 2",
                  date_literal(since)));
  if (!rows) return rows.error();
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      store::PlayerDay day;
      day.date = Date{rows->get<int32_t>(1, i)};
      day.payer = rows->get<int64_t>(2, i) > 0;
      day.events = rows->get<int64_t>(3, i);
      day.sessions = rows->get<int64_t>(4, i);
      day.session_ms = rows->get<int64_t>(5, i);
      day.revenue_micros = rows->get<int64_t>(6, i);
      states[rows->get<uint32_t>(0, i)].days.push_back(day);
    }
  }
  return {};
}

Status StateReader::read_sessions(std::vector<store::PlayerState>& states, int64_t since_ms) {
  auto rows = connection_->query(
      fmt::format("SELECT w.position, s.session, s.started_at, s.ended_at, s.date, s.events, s.length_ms, "
                  "s.marks, s.told_ms, s.added_ms FROM sessions s JOIN wanted_players w "
                  "ON s.player = w.player AND s.ended_at >= w.since WHERE s.ended_at >= {} "
                  "GROUP BY ALL HAVING sum(s.sign) > 0 ORDER BY 1, 3, 2",
                  timestamp_literal(since_ms)));
  if (!rows) return rows.error();
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      store::PlayerState& state = states[rows->get<uint32_t>(0, i)];
      store::SessionRow session;
      session.project = state.row.project;
      session.player = state.row.player;
      session.explicit_id = rows->text(1, i);
      session.start_ms = rows->get<int64_t>(2, i);
      session.end_ms = rows->get<int64_t>(3, i);
      session.date = Date{rows->get<int32_t>(4, i)};
      session.events = rows->get<uint64_t>(5, i);
      session.length_ms = rows->get<int64_t>(6, i);
      session.marks = rows->get<uint8_t>(7, i);
      session.told_ms = rows->get<int64_t>(8, i);
      session.added_ms = rows->get<int64_t>(9, i);
      state.sessions.push_back(std::move(session));
    }
  }
  return {};
}

Result<std::vector<bool>> StateReader::find_event_ids(std::span<const store::EventIdWanted> wanted) {
  std::vector<bool> found(wanted.size(), false);
  if (wanted.empty()) return found;
  if (auto made = connection_->execute(kWantedEvents); !made) return made.error();
  int64_t from = wanted.front().received_from_ms;
  int64_t to = wanted.front().received_to_ms;
  TableAppender table(*connection_, "temp", "wanted_events");
  for (size_t i = 0; i < wanted.size(); ++i) {
    table.add(static_cast<uint32_t>(i)).add(wanted[i].project.value()).add(wanted[i].id).end_row();
    from = std::min(from, wanted[i].received_from_ms);
    to = std::max(to, wanted[i].received_to_ms);
  }
  if (auto done = table.finish(); !done) return done.error();
  auto rows = connection_->query(
      fmt::format("SELECT w.position, e.received_at FROM events e JOIN wanted_events w ON e.event_id = w.event_id AND "
                  "e.project = w.project WHERE e.received_at >= {} AND e.received_at <= {}",
                  timestamp_literal(from), timestamp_literal(to)));
  if (!rows) return rows.error();
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      const auto position = rows->get<uint32_t>(0, i);
      const auto received_ms = rows->get<int64_t>(1, i);
      if (received_ms >= wanted[position].received_from_ms && received_ms <= wanted[position].received_to_ms) {
        found[position] = true;
      }
    }
  }
  return found;
}

Status StateReader::visit_event_ids(int64_t window_ms, const store::AnalyticsStore::EventIdVisitor& visit) {
  auto newest = connection_->query("SELECT max(received_at) FROM events");
  if (!newest) return newest.error();
  newest->next_chunk();
  if (newest->is_null(0, 0)) return {};
  const std::string sql = fmt::format("SELECT project, event_id, received_at FROM events WHERE received_at >= {}",
                                      timestamp_literal(newest->get<int64_t>(0, 0) - window_ms));
  auto rows = connection_->stream(sql);
  if (!rows) return rows.error();
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      const auto project = ProjectId::from_stored(rows->get<uint32_t>(0, i));
      if (!visit(project, to_uuid(rows->get<duckdb_hugeint>(1, i)), rows->get<int64_t>(2, i))) return {};
    }
  }
  if (const char* message = duckdb_result_error(&rows->result())) return store_error("read event ids", message);
  return {};
}

}  // namespace gm::duckdb
