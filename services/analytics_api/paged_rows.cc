#include "services/analytics_api/paged_rows.h"

#include "lib/query/metric.h"
#include "services/analytics_api/render.h"

namespace gm::analytics_api {
namespace {

using store::ColumnKind;
using store::RowBlock;
using store::TimestampMs;
using store::Value;

// Players cost a whole question a page; events cost what they are.
constexpr int kPlayersPerPage = 20'000;
constexpr int kEventsPerPage = 5'000;

Value nullable(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value money(int64_t micros) { return static_cast<double>(micros) / query::kMicros; }

}  // namespace

const std::vector<store::RowColumn>& PlayerRows::columns() const {
  static const std::vector<store::RowColumn> all = {
      {"player_id", ColumnKind::text}, {"first_seen", ColumnKind::moment}, {"last_seen", ColumnKind::moment},
      {"country", ColumnKind::text},   {"platform", ColumnKind::text},     {"build", ColumnKind::text},
      {"events", ColumnKind::integer}, {"sessions", ColumnKind::integer},  {"revenue", ColumnKind::number}};
  return all;
}

Result<RowBlock> PlayerRows::next() {
  if (!more_) return RowBlock{};
  const auto page = read_({kPlayersPerPage, after_});
  if (!page) return page.error();
  after_ = page->next;
  more_ = after_.has_value();
  RowBlock rows;
  for (const query::ListedPlayer& player : page->players) {
    rows.push_back({player.id, TimestampMs{player.first_seen_ms}, TimestampMs{player.last_seen_ms},
                    nullable(player.country), nullable(player.platform), nullable(player.build), player.events,
                    player.sessions, money(player.revenue_micros)});
  }
  return rows;
}

const std::vector<store::RowColumn>& TimelineRows::columns() const {
  static const std::vector<store::RowColumn> all = {{"time", ColumnKind::moment},   {"received_at", ColumnKind::moment},
                                                    {"event", ColumnKind::text},    {"player_id", ColumnKind::text},
                                                    {"country", ColumnKind::text},  {"platform", ColumnKind::text},
                                                    {"build", ColumnKind::text},    {"revenue", ColumnKind::number},
                                                    {"currency", ColumnKind::text}, {"properties", ColumnKind::text}};
  return all;
}

Result<RowBlock> TimelineRows::next() {
  if (!more_) return RowBlock{};
  const auto page = read_(before_, kEventsPerPage);
  if (!page) return page.error();
  before_ = page->next ? query::parse_timeline_cursor(*page->next) : std::nullopt;
  more_ = before_.has_value();
  RowBlock rows;
  for (const store::LiveEvent& event : page->events) {
    rows.push_back({TimestampMs{event.time_ms}, TimestampMs{event.received_ms}, event.event, event.player,
                    nullable(event.country), nullable(event.platform), nullable(event.build),
                    event.revenue_micros ? money(*event.revenue_micros) : Value(), nullable(event.currency),
                    flattened(event.properties)});
  }
  return rows;
}

}  // namespace gm::analytics_api
