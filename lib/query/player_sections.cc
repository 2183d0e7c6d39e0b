#include "lib/query/player_sections.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <set>
#include <utility>

#include "lib/event/mentioned_ids.h"
#include "lib/query/language/predicate_sql.h"
#include "lib/query/language/tables.h"

namespace gm::query {
namespace {

using store::RowBlock;
using store::RowColumn;
using enum store::ColumnKind;

// A position in the log: events are read on from it.
struct LogCursor {
  int64_t partition = 0;
  int64_t offset = -1;
};

struct Page {
  LogCursor after;
  int64_t read = 0;  // rows before it
};

struct Section {
  PlayerSection shown;
  std::vector<RowColumn> columns;
  // Of the columns in their order; with `by_log` followed by partition and offset.
  Fragment (*select)(const PlayerCopy& whose, const Page& page);
  bool by_log = false;
  // Rows of a section without a player are his when this column mentions one of his ids.
  std::optional<size_t> mentions_in = std::nullopt;
};

Fragment project_of(const PlayerCopy& whose) { return Fragment::value(int64_t{whose.project.value()}); }

Fragment ids_of(const PlayerCopy& whose) {
  std::vector<store::Value> values(whose.ids.begin(), whose.ids.end());
  return Fragment::values(values);
}

// (player, player_id): the keys of his ids. The stored players, for a joined id keeps the key that it had before.
Fragment keys_of(const PlayerCopy& whose) {
  return Fragment::of(
      "(SELECT player, any_value(player_id) AS player_id FROM (SELECT player, player_id FROM players WHERE project = "
      "{} "
      "AND player_id IN ({}) UNION ALL SELECT member, member_id FROM {} WHERE project = {} AND member_id IN ({})) "
      "GROUP "
      "BY player)",
      {project_of(whose), ids_of(whose), std::string(kPlayerLinks), project_of(whose), ids_of(whose)});
}

Fragment source_name() { return text_of(Field{FieldKind::source, ""}, SqlScope{}); }

Fragment paged(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(" ORDER BY ALL LIMIT {} OFFSET {}",
                      {Fragment::value(whose.rows_max), Fragment::value(page.read)});
}

Fragment paged_by_log(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      " AND (CAST(e.log_partition AS BIGINT) > {} OR (CAST(e.log_partition AS BIGINT) = {} AND CAST(e.log_offset AS "
      "BIGINT) > {})) ORDER BY e.log_partition, e.log_offset LIMIT {}",
      {Fragment::value(page.after.partition), Fragment::value(page.after.partition), Fragment::value(page.after.offset),
       Fragment::value(whose.rows_max)});
}

Fragment select_player(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      "SELECT arg_max(player_id, version), arg_max(first_seen, version), arg_max(last_seen, version), "
      "nullif(arg_max(country, version), ''), nullif(arg_max(platform, version), ''), nullif(arg_max(build, version), "
      "''), CAST(arg_max(events, version) AS BIGINT), CAST(arg_max(sessions, version) AS BIGINT), "
      "arg_max(revenue_micros, version) / 1e6 FROM {} WHERE project = {} AND player_id IN ({}) GROUP BY player{}",
      {std::string(kPlayers), project_of(whose), ids_of(whose), paged(whose, page)});
}

Fragment select_events(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      "SELECT e.ts, e.received_at, e.date, e.event, CAST(e.event_id AS VARCHAR), k.player_id, nullif(e.session, ''), "
      "{}, "
      "nullif(e.country, ''), nullif(e.platform, ''), nullif(e.device, ''), nullif(e.build, ''), e.revenue_micros / "
      "1e6, "
      "nullif(e.currency, ''), e.props, CAST(e.log_partition AS BIGINT), CAST(e.log_offset AS BIGINT) FROM {} e JOIN "
      "{} "
      "k ON k.player = e.player WHERE e.project = {}{}",
      {source_name(), std::string(kStoredEvents), keys_of(whose), project_of(whose), paged_by_log(whose, page)});
}

Fragment select_sessions(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      "SELECT s.started_at, s.ended_at, s.date, nullif(s.session, ''), CAST(s.events AS BIGINT) FROM (SELECT player, "
      "session, started_at, ended_at, date, events FROM sessions WHERE project = {} GROUP BY ALL HAVING sum(sign) > 0) "
      "s "
      "WHERE s.player IN (SELECT player FROM {}){}",
      {project_of(whose), keys_of(whose), paged(whose, page)});
}

Fragment select_days(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      "SELECT date, CAST(sum(events) AS BIGINT), CAST(sum(sessions) AS BIGINT), sum(session_ms) / 1e3, "
      "sum(revenue_micros) / 1e6 FROM player_days WHERE project = {} AND player IN (SELECT player FROM {}) GROUP BY "
      "date "
      "HAVING sum(active) > 0{}",
      {project_of(whose), keys_of(whose), paged(whose, page)});
}

Fragment select_links(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      "SELECT received_at, CASE kind WHEN 0 THEN 'identify' WHEN 1 THEN 'alias' ELSE 'undo' END, member_id, player_id, "
      "outcome FROM identity_links WHERE project = {} AND (member_id IN ({}) OR player_id IN ({})){}",
      {project_of(whose), ids_of(whose), ids_of(whose), paged(whose, page)});
}

Fragment select_refused(const PlayerCopy& whose, const Page& page) {
  return Fragment::of(
      "SELECT e.received_at, {}, e.reason, e.detail, e.raw, CAST(e.log_partition AS BIGINT), CAST(e.log_offset AS "
      "BIGINT) FROM rejected_events e WHERE e.project = {}{}",
      {source_name(), project_of(whose), paged_by_log(whose, page)});
}

const std::vector<Section>& sections() {
  static const std::vector<Section> all = {
      {{"player", "what is known of him: one row"},
       {{"player_id", text},
        {"first_seen", moment},
        {"last_seen", moment},
        {"country", text},
        {"platform", text},
        {"build", text},
        {"events", integer},
        {"sessions", integer},
        {"revenue", number}},
       select_player},
      {{"events", "every event that was counted, in the order in which they came"},
       {{"time", moment},
        {"received_at", moment},
        {"date", date},
        {"event", text},
        {"event_id", text},
        {"player_id", text},
        {"session_id", text},
        {"source", text},
        {"country", text},
        {"platform", text},
        {"device", text},
        {"build", text},
        {"revenue", number},
        {"currency", text},
        {"properties", text}},
       select_events,
       true},
      {{"sessions", "his sessions"},
       {{"started_at", moment}, {"ended_at", moment}, {"date", date}, {"session_id", text}, {"events", integer}},
       select_sessions},
      {{"days", "the days on which he was active, and their sums"},
       {{"date", date}, {"events", integer}, {"sessions", integer}, {"session_seconds", number}, {"revenue", number}},
       select_days},
      {{"links", "which ids were said to be his, and what came of it"},
       {{"received_at", moment}, {"kind", text}, {"member", text}, {"player", text}, {"outcome", text}},
       select_links},
      {{"refused_events", "what was refused and names him, as it came"},
       {{"received_at", moment}, {"source", text}, {"reason", text}, {"detail", text}, {"raw", text}},
       select_refused,
       true,
       4},
  };
  return all;
}

class SectionRows final : public store::RowSource {
 public:
  SectionRows(store::AnalyticsStore& store, const Section& section, PlayerCopy whose)
      : store_(store), section_(section), whose_(std::move(whose)), ids_(whose_.ids.begin(), whose_.ids.end()) {}

  const std::vector<RowColumn>& columns() const override { return section_.columns; }

  Result<RowBlock> next() override {
    // Of a page none of whose rows is his there may be a next one.
    while (more_) {
      auto table = store_.run(section_.select(whose_, page_).statement(), whose_.timeout_ms);
      if (!table) return table.error();
      page_.read += static_cast<int64_t>(table->rows.size());
      more_ = table->rows.size() == static_cast<size_t>(whose_.rows_max);
      if (auto rows = his(std::move(table->rows)); !rows.empty()) return rows;
    }
    return RowBlock{};
  }

 private:
  RowBlock his(RowBlock rows) {
    if (section_.by_log && !rows.empty()) {
      const auto& last = rows.back();
      page_.after = {store::as_int(last[section_.columns.size()]), store::as_int(last[section_.columns.size() + 1])};
    }
    if (section_.mentions_in) {
      const auto is_his = [this](std::string_view word) { return ids_.contains(word); };
      std::erase_if(rows, [&](const std::vector<store::Value>& row) {
        return !event::mentions(store::as_text(row[*section_.mentions_in]), is_his);
      });
    }
    for (auto& row : rows) row.resize(section_.columns.size());
    return rows;
  }

  store::AnalyticsStore& store_;
  const Section& section_;
  const PlayerCopy whose_;
  const std::set<std::string, std::less<>> ids_;
  Page page_;
  bool more_ = true;
};

}  // namespace

const std::vector<PlayerSection>& player_sections() {
  static const std::vector<PlayerSection> shown = [] {
    std::vector<PlayerSection> all;
    for (const Section& section : sections()) all.push_back(section.shown);
    return all;
  }();
  return shown;
}

std::unique_ptr<store::RowSource> read_player_section(store::AnalyticsStore& store, std::string_view name,
                                                      PlayerCopy whose) {
  const auto section = std::ranges::find_if(sections(), [&](const Section& one) { return one.shown.name == name; });
  assert(section != sections().end());
  assert(!whose.ids.empty() && whose.rows_max > 0);
  return std::make_unique<SectionRows>(store, *section, std::move(whose));
}

}  // namespace gm::query
