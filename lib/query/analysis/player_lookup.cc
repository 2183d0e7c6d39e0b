#include "lib/query/analysis/player_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lib/base/uuid.h"
#include "lib/behavior/timeline.h"
#include "lib/query/analysis/analyst.h"
#include "lib/query/language/predicate_sql.h"
#include "lib/query/language/tables.h"
#include "lib/store/player_id_hash.h"

namespace gm::query {
namespace {

using store::as_moment_ms;
using store::as_text;
using store::Value;

store::LiveEvent event_of(const std::vector<Value>& row, const std::string& player) {
  store::LiveEvent event;
  event.time_ms = as_moment_ms(row[0]);
  event.received_ms = as_moment_ms(row[2]);
  event.event = as_text(row[3]);
  event.player = player;
  event.country = as_text(row[4]);
  event.platform = as_text(row[5]);
  event.build = as_text(row[6]);
  if (!store::is_null(row[7])) event.revenue_micros = store::as_int(row[7]);
  event.currency = as_text(row[8]);
  event.properties = as_text(row[9]);
  return event;
}

// What the column of players holds: beside a number of another type it is compared value by value, wherever it lies.
Fragment player_key(int64_t player) { return Fragment::of("CAST({} AS UBIGINT)", {Fragment::value(player)}); }

// The hash beside an id is a third of the work: texts are compared for the row that it finds.
Fragment is_id(const char* column, const std::string& id) {
  return Fragment::of("id_hash = CAST({} AS UBIGINT) AND {} = {}",
                      {Fragment::value(std::to_string(store::player_id_hash(id))), column, Fragment::value(id)});
}

// One key is compared as such: a list of one takes the store more than twice as long.
Fragment is_one_of(const std::vector<int64_t>& players) {
  if (players.size() == 1) return Fragment::of(" = {}", {player_key(players.front())});
  std::vector<Fragment> keys;
  for (const int64_t player : players) keys.push_back(player_key(player));
  return Fragment::of(" IN ({})", {Fragment::join(keys, ", ")});
}

// The days that surely hold the next `limit` events before the cursor, from the player's active days (which are a
// hundredth of the events).
Fragment days_of(int64_t player, const std::optional<TimelineCursor>& before, int limit, const SqlScope& scope,
                 const TimeZone& zone) {
  const Fragment until =
      before ? Fragment::of(" AND date <= {}", {Fragment::value(zone.local_date(before->time_ms))}) : Fragment();
  return Fragment::of(
      "SELECT date FROM (SELECT date, sum(sum(events)) OVER (ORDER BY date DESC) - sum(events) AS "
      "newer FROM "
      "player_days WHERE project = {} AND player = {}{} GROUP BY date HAVING sum(active) > 0) WHERE newer < {}",
      {scope.project_value(), player_key(player), until,
       // The cursor's own day may have been read in part or whole.
       Fragment::value(int64_t{limit})});
}

Fragment moments_list(const std::vector<int64_t>& times_ms) {
  std::vector<Value> moments;
  for (const int64_t time_ms : times_ms) moments.emplace_back(store::TimestampMs{time_ms});
  return Fragment::values(moments);
}

PlayerTimeline page_of(const store::Table& events, const std::string& player, int limit) {
  PlayerTimeline timeline;
  const size_t count = std::min(events.rows.size(), static_cast<size_t>(limit));
  for (size_t i = 0; i < count; ++i) timeline.events.push_back(event_of(events.rows[i], player));
  if (events.rows.size() > count) {
    const auto& last = events.rows[count - 1];
    timeline.next = fmt::format("{}_{}", as_moment_ms(last[0]), as_text(last[1]));
  }
  return timeline;
}

}  // namespace

std::optional<TimelineCursor> parse_timeline_cursor(std::string_view text) {
  const size_t dash = text.find('_');
  if (dash == std::string_view::npos) return std::nullopt;
  TimelineCursor cursor;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + dash, cursor.time_ms);
  const auto id = Uuid::parse(text.substr(dash + 1));
  if (failure != std::errc() || end != text.data() + dash || !id) return std::nullopt;
  cursor.event_id = id->to_string();
  return cursor;
}

Result<PlayersAnswer> Analyst::find_players(const Scope& scope, const std::optional<std::string>& search,
                                            int limit) const {
  const SqlScope sql{scope.project, {}, scope.currency};
  // By any of his ids.
  const Fragment test =
      search ? Fragment::of(
                   "(contains(p.player_id, {}) OR p.player IN (SELECT canonical FROM {} WHERE project = {} AND "
                   "contains(member_id, {})))",
                   {Fragment::value(*search), std::string(kPlayerLinks), sql.project_value(), Fragment::value(*search)})
             : Fragment("true");
  const auto table =
      run(Fragment::of("SELECT CAST(p.player AS BIGINT), p.player_id, p.first_seen, p.last_seen, p.country, "
                       "p.platform, p.build, CAST(p.events AS BIGINT), CAST(p.sessions AS BIGINT), p.revenue_micros, "
                       "count(*) OVER () FROM {} p WHERE {} ORDER BY p.last_seen DESC, p.player LIMIT {}",
                       {players_relation(sql), test, Fragment::value(int64_t{limit})})
              .statement());
  if (!table) return table.error();
  PlayersAnswer answer;
  for (const auto& row : table->rows) {
    answer.players.push_back(listed_player(row));
    answer.total = store::as_int(row[10]);
  }
  return answer;
}

Result<PlayerTimeline> Analyst::timeline(const Scope& scope, const std::string& player,
                                         const std::optional<TimelineCursor>& before, int limit) const {
  const SqlScope sql{scope.project, {}, scope.currency};
  const auto found = resolve(sql, player);
  if (!found) return found.error();
  if (const auto moments = moments_in_index(scope, found->keys.front(), before, limit)) {
    const auto events = read_events(sql, found->keys, *moments, before, limit + 1);
    if (!events) return events.error();
    return page_of(*events, found->id, limit);
  }
  // Twice the page makes up for what was read of the cursor's own day, as a rule; else all of the player's days are
  // looked at.
  for (const int wanted : {2 * limit + 1, INT32_MAX}) {
    const auto found_days = run(days_of(found->keys.front(), before, wanted, sql, scope.zone).statement());
    if (!found_days) return found_days.error();
    behavior::TimelineMoments moments;
    for (const auto& row : found_days->rows) moments.dates.push_back(std::get<Date>(row[0]));
    const auto events = read_events(sql, found->keys, moments, before, limit + 1);
    if (!events) return events.error();
    if (events->rows.size() > static_cast<size_t>(limit) || wanted == INT32_MAX)
      return page_of(*events, found->id, limit);
  }
  return PlayerTimeline{};
}

// When the events of the next page were, which the index knows without reading every player's days; none when it cannot
// be asked.
std::optional<behavior::TimelineMoments> Analyst::moments_in_index(const Scope& scope, int64_t player,
                                                                   const std::optional<TimelineCursor>& before,
                                                                   int limit) const {
  if (!index_ || !settings_.use_index) return std::nullopt;
  const auto snapshot = index_->snapshot(scope.project);
  if (!snapshot) return std::nullopt;
  auto moments = behavior::timeline_moments(*snapshot, static_cast<store::PlayerKey>(player),
                                            before ? before->time_ms : INT64_MAX, static_cast<size_t>(limit) + 1);
  if (moments) return std::move(moments).value();
  (void)give_up(moments.error());
  return std::nullopt;
}

Result<Analyst::ResolvedPlayer> Analyst::resolve(const SqlScope& scope, const std::string& player) const {
  // By the id of the player himself, as a rule; a join with the other ids would cost as much again.
  auto found = run(Fragment::of("SELECT CAST(player AS BIGINT), player_id FROM {} WHERE project = {} AND {} "
                                "LIMIT 1",
                                {std::string(kPlayers), scope.project_value(), is_id("player_id", player)})
                       .statement());
  if (found && found->rows.empty()) {
    found =
        run(Fragment::of(
                "SELECT CAST(p.player AS BIGINT), p.player_id FROM {} p JOIN {} l ON l.canonical = p.player WHERE "
                "l.project = {} AND l.{} LIMIT 1",
                {std::string(kPlayers), std::string(kPlayerLinks), scope.project_value(), is_id("member_id", player)})
                .statement());
  }
  if (!found) return found.error();
  if (found->rows.empty())
    return Error{"gm-player-unknown", fmt::format("no event of a player '{}' has been counted", player)};
  const auto& row = found->rows.front();
  ResolvedPlayer resolved{store::as_text(row[1]), {store::as_int(row[0])}};
  const auto members = run(Fragment::of("SELECT CAST(member AS BIGINT) FROM {} WHERE project = {} AND canonical = {}",
                                        {std::string(kPlayerLinks), scope.project_value(), Fragment::value(row[0])})
                               .statement());
  if (!members) return members.error();
  for (const auto& member : members->rows) resolved.keys.push_back(store::as_int(member[0]));
  return resolved;
}

// Of the stored events, because a test on who they came in with finds the few places where they lie. Days and times by
// name and not as a range: most players are there on a few days of many, and for a small part of each.
Result<store::Table> Analyst::read_events(const SqlScope& scope, const std::vector<int64_t>& players,
                                          const behavior::TimelineMoments& moments,
                                          const std::optional<TimelineCursor>& before, int limit) const {
  if (moments.dates.empty()) return store::Table{};
  Fragment times, older;
  if (!moments.times_ms.empty()) times = Fragment::of(" AND ts IN ({})", {moments_list(moments.times_ms)});
  if (before) {
    const Fragment time = Fragment::value(store::TimestampMs{before->time_ms});
    older = Fragment::of(" AND (ts < {} OR (ts = {} AND event_id < CAST({} AS UUID)))",
                         {time, time, Fragment::value(before->event_id)});
  }
  return run(
      Fragment::of("SELECT ts, event_id, received_at, event, country, platform, build, revenue_micros, currency, props "
                   "FROM {} WHERE project = {} AND player{} AND date IN ({}){}{} ORDER BY ts DESC, event_id DESC "
                   "LIMIT {}",
                   {std::string(kStoredEvents), scope.project_value(), is_one_of(players),
                    Fragment::values(std::vector<Value>(moments.dates.begin(), moments.dates.end())), times, older,
                    Fragment::value(int64_t{limit})})
          .statement());
}

}  // namespace gm::query
