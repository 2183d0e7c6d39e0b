#include "lib/query/analysis/cells.h"

#include <fmt/format.h>

#include <algorithm>

namespace gm::query {
namespace {

// A listed player, of the relation `p`.
constexpr const char* kListed =
    "CAST(p.player AS BIGINT), p.player_id, p.first_seen, p.last_seen, p.country, p.platform, p.build, CAST(p.events "
    "AS "
    "BIGINT), CAST(p.sessions AS BIGINT), p.revenue_micros";

std::string columns_from(const std::vector<Coordinate>& coordinates, size_t first) {
  std::string text;
  for (size_t i = first; i < coordinates.size(); ++i) text += (text.empty() ? "" : ", ") + coordinates[i].column;
  return text;
}

std::string grouping_of(const Cells& cells) {
  const std::string all = columns_from(cells.coordinates, 0);
  if (cells.totals_over == 0) return all;
  return fmt::format("GROUPING SETS (({}), ({}))", all, columns_from(cells.coordinates, cells.totals_over));
}

}  // namespace

store::Statement Cells::answer() const {
  std::vector<Fragment> columns;
  for (const Coordinate& coordinate : coordinates) columns.emplace_back(coordinate.column);
  columns.emplace_back(totals_over == 0 ? std::string("CAST(0 AS BIGINT)")
                                        : fmt::format("CAST(grouping({}) AS BIGINT)", coordinates.front().column));
  for (const CellValue& value : values) columns.push_back(value.aggregate);
  const std::string grouping = grouping_of(*this);
  return Fragment::of("WITH {} SELECT {} FROM facts{}",
                      {ctes, Fragment::join(columns, ", "), grouping.empty() ? "" : " GROUP BY " + grouping})
      .statement();
}

Result<Fragment> cell_condition(const Cells& cells, const CellChoice& choice) {
  std::vector<Fragment> tests;
  for (const auto& [name, value] : choice.coordinates) {
    const auto found = std::find_if(cells.coordinates.begin(), cells.coordinates.end(),
                                    [&](const Coordinate& each) { return each.name == name; });
    if (found == cells.coordinates.end()) return Error{"gm-query-invalid", "a cell of this question has no " + name};
    tests.push_back(Fragment::of("{} IS NOT DISTINCT FROM {}", {found->column, Fragment::value(value)}));
  }
  const auto value = choice.value.empty()
                         ? cells.values.begin()
                         : std::find_if(cells.values.begin(), cells.values.end(),
                                        [&](const CellValue& each) { return each.name == choice.value; });
  if (value == cells.values.end())
    return Error{"gm-query-invalid", "a cell of this question has no value " + choice.value};
  if (!value->where.empty()) tests.emplace_back("(" + value->where + ")");
  return Fragment::join(tests, " AND ", "true");
}

store::Statement count_players(const Cells& cells, const Fragment& where) {
  return Fragment::of("WITH {} SELECT count(DISTINCT player) FROM facts WHERE {}", {cells.ctes, where}).statement();
}

store::Statement list_players(const Cells& cells, const Fragment& where, const SqlScope& scope,
                              const PlayerPage& page) {
  const Fragment after = page.after ? Fragment::of(" AND player > {}", {Fragment::value(*page.after)}) : Fragment();
  return Fragment::of(
             "WITH {} SELECT {} FROM (SELECT DISTINCT player FROM facts WHERE {}{} ORDER BY player LIMIT {}) f JOIN {} "
             "p ON p.player = f.player ORDER BY p.player",
             {cells.ctes, kListed, where, after, Fragment::value(int64_t{page.limit}), players_relation(scope)})
      .statement();
}

store::Statement list_players(std::span<const store::PlayerKey> keys, const SqlScope& scope) {
  std::vector<store::Value> values;
  for (const store::PlayerKey key : keys) values.emplace_back(static_cast<int64_t>(key));
  return Fragment::of("SELECT {} FROM {} p WHERE p.player IN ({}) ORDER BY p.player",
                      {kListed, players_relation(scope), Fragment::values(values)})
      .statement();
}

}  // namespace gm::query
