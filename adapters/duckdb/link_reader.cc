// The part of StateReader that reads events again: asked for when a link is taken back or a session is cut.

#include <fmt/format.h>

#include "adapters/duckdb/state_reader.h"
#include "adapters/duckdb/table_appender.h"
#include "lib/base/calendar_range.h"

namespace gm::duckdb {
namespace {

// Of identity_links l: it joins ids now.
std::string joins_now() {
  return fmt::format(
      "l.outcome = '{}' AND NOT EXISTS (SELECT 1 FROM identity_links u WHERE u.project = l.project AND u.link = l.link "
      "AND u.outcome = '{}')",
      store::kLinkJoined, store::kLinkParted);
}

constexpr Date kBeginning{-720'000};  // before every date that can be stored

constexpr const char* kAskedPlayers =
    "CREATE OR REPLACE TEMP TABLE asked_players(player UBIGINT, since BIGINT, until BIGINT)";
constexpr const char* kAskedIds = "CREATE OR REPLACE TEMP TABLE asked_ids(player_id VARCHAR)";

Result<std::vector<store::LinkRow>> read_links(Connection& connection, ProjectId project, const std::string& where) {
  auto rows = connection.query(
      fmt::format("SELECT l.link, l.kind, l.member_id, l.player_id, l.received_at, l.log_partition, l.log_offset, "
                  "l.outcome FROM identity_links l WHERE l.project = {} AND {} AND {} ORDER BY 6, 7",
                  project.value(), joins_now(), where));
  if (!rows) return rows.error();
  std::vector<store::LinkRow> links;
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      links.push_back({project, to_uuid(rows->get<duckdb_hugeint>(0, i)),
                       static_cast<store::LinkKind>(rows->get<uint8_t>(1, i)), std::string(rows->text(2, i)),
                       std::string(rows->text(3, i)), rows->get<int64_t>(4, i), rows->get<uint16_t>(5, i),
                       rows->get<uint64_t>(6, i), std::string(rows->text(7, i))});
    }
  }
  return links;
}

Status ask_for_members(Connection& connection, const store::PlayerState& state) {
  if (auto made = connection.execute(kAskedIds); !made) return made;
  TableAppender table(connection, "temp", "asked_ids");
  table.add_text(state.row.player_id).end_row();
  for (const store::PlayerMember& member : state.members) table.add_text(member.player_id).end_row();
  return table.finish();
}

// The rows of one chunk; texts point into it.
class EventChunk {
 public:
  EventChunk(const Rows& rows, size_t count) : events_(count), stored_(count) {
    for (size_t i = 0; i < count; ++i) {
      event::Event& event = events_[i];
      event.name = rows.text(3, i);
      event.session = rows.text(4, i);
      event.country = rows.text(5, i);
      event.platform = rows.text(6, i);
      event.build = rows.text(7, i);
      if (!rows.is_null(8, i)) event.revenue_micros = rows.get<int64_t>(8, i);
      event.currency = rows.text(9, i);
      event.properties = rows.text(10, i);
      store::EventRow& row = stored_[i];
      row.player = rows.get<uint64_t>(0, i);
      row.date = Date{rows.get<int32_t>(1, i)};
      row.time_ms = rows.get<int64_t>(2, i);
      row.received_ms = rows.get<int64_t>(11, i);
      row.project = ProjectId::from_stored(rows.get<uint32_t>(12, i));
      row.log_partition = rows.get<uint16_t>(13, i);
      row.log_offset = rows.get<uint64_t>(14, i);
      row.event = &event;
    }
  }
  std::span<const store::EventRow> rows() const { return stored_; }

 private:
  std::vector<event::Event> events_;
  std::vector<store::EventRow> stored_;
};

}  // namespace

Result<std::optional<store::LinkedPlayer>> StateReader::find_linked(ProjectId project, const Uuid& link) {
  const auto found = read_links(*connection_, project, fmt::format("l.link = '{}'", link.to_string()));
  if (!found) return found.error();
  if (found->empty()) return std::optional<store::LinkedPlayer>();
  const store::PlayerWanted wanted{project, found->front().member_id, kYear1Ms, kBeginning};
  auto states = load_players(std::span(&wanted, 1));
  if (!states) return states.error();
  store::LinkedPlayer linked{std::move(states->front()), {}};
  if (auto asked = ask_for_members(*connection_, linked.state); !asked) return asked.error();
  auto links = read_links(*connection_, project, "l.member_id IN (SELECT player_id FROM asked_ids)");
  if (!links) return links.error();
  linked.links = std::move(*links);
  return std::optional<store::LinkedPlayer>(std::move(linked));
}

Status StateReader::visit_events(std::span<const store::EventsWanted> wanted,
                                 const store::AnalyticsStore::EventVisitor& visit) {
  if (auto made = connection_->execute(kAskedPlayers); !made) return made;
  int64_t from_ms = INT64_MAX;
  int64_t to_ms = INT64_MIN;
  TableAppender table(*connection_, "temp", "asked_players");
  for (const store::EventsWanted& one : wanted) {
    table.add(one.player).add(one.from_ms).add(one.to_ms).end_row();
    from_ms = std::min(from_ms, one.from_ms);
    to_ms = std::max(to_ms, one.to_ms);
  }
  if (auto done = table.finish(); !done) return done;
  // The bounds of all of them let the store pass over what is older or newer.
  auto rows = connection_->stream(fmt::format(
      "SELECT e.player, e.date, e.ts, e.event, e.session, e.country, e.platform, e.build, e.revenue_micros, "
      "e.currency, e.props, e.received_at, e.project, e.log_partition, e.log_offset FROM events e JOIN asked_players a "
      "ON e.player = a.player WHERE "
      "epoch_ms(e.ts) BETWEEN a.since AND a.until AND e.ts BETWEEN {} AND {}",
      timestamp_literal(from_ms), timestamp_literal(to_ms)));
  if (!rows) return rows.error();
  while (const size_t count = rows->next_chunk()) {
    if (auto visited = visit(EventChunk(*rows, count).rows()); !visited) return visited;
  }
  if (const char* message = duckdb_result_error(&rows->result())) return store_error("read events", message);
  return {};
}

}  // namespace gm::duckdb
