#pragma once
// Every answer is made from one relation, `facts`: a row for each thing that is counted, with the coordinates of its
// cell and the player it belongs to. The numbers are aggregates of it by cell; the players behind a cell are its
// distinct players there. Both come from the same text and the same bound values, so they cannot disagree.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/query/analysis/answer.h"
#include "lib/query/language/fragment.h"
#include "lib/query/language/predicate_sql.h"
#include "lib/store/analytics_store.h"

namespace gm::query {

struct Coordinate {
  std::string name;    // as shown
  std::string column;  // of `facts`
  ColumnType type = ColumnType::text;
};

struct CellValue {
  std::string name;
  Fragment aggregate;  // over the rows of `facts` of one cell
  std::string where;   // which of those rows it is about; empty: all
};

struct Cells {
  Fragment ctes;  // "a AS (...), facts AS (...)"
  std::vector<Coordinate> coordinates;
  std::vector<CellValue> values;
  // So many leading coordinates may be left out, which adds the cells over all their values.
  size_t totals_over = 0;

  // (coordinates..., 1 when it is a total, values...)
  store::Statement answer() const;
};

// What to look at of a cell: rows of `facts`.
struct CellChoice {
  std::vector<std::pair<std::string, store::Value>> coordinates;  // by name; those not named are left open
  std::string value;                                              // name of a value; empty: the first
};

struct PlayerPage {
  int limit = 100;
  std::optional<int64_t> after;  // player key of the page before
};

// Condition on `facts`. Error gm-query-invalid when there is no such coordinate or value.
Result<Fragment> cell_condition(const Cells& cells, const CellChoice& choice);
// (players)
store::Statement count_players(const Cells& cells, const Fragment& where);
// (player, player_id, first_seen, last_seen, country, platform, build, events, sessions, revenue_micros), by key.
store::Statement list_players(const Cells& cells, const Fragment& where, const SqlScope& scope, const PlayerPage& page);
// The same of these players.
store::Statement list_players(std::span<const store::PlayerKey> keys, const SqlScope& scope);

}  // namespace gm::query
