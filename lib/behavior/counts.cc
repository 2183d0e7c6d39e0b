#include "lib/behavior/counts.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/base/saturating.h"
#include "lib/behavior/breakdown.h"

namespace gm::behavior {
namespace {

constexpr uint64_t kCellsMax = 4'000'000;

struct Cell {
  uint64_t events = 0;
  uint64_t players = 0;
  int64_t revenue_micros = 0;
};

DateRange days_of(const Snapshot& snapshot, const CountsQuery& query) {
  const DateRange dates = snapshot.dates();
  return {std::max(dates.from, query.range.from), std::min(dates.to, query.range.to)};
}

ScanPlan plan_of(const CountsQuery& query) {
  ScanPlan plan;
  plan.selectors = {query.events};
  plan.required = 1;
  plan.in_order = false;
  plan.columns = Breakdown::columns(query.breakdown);
  plan.columns.add({ColumnId::dates});
  if (query.revenue) plan.columns.add({ColumnId::revenue_rows, ColumnId::revenue});
  return plan;
}

// Cells of one breakdown value follow each other, day by day; the last one of a value is the whole range.
class CountingVisitor final : public PlayerVisitor {
 public:
  CountingVisitor(const Snapshot& snapshot, const CountsQuery& query, const Breakdown& breakdown, DateRange days)
      : snapshot_(&snapshot),
        breakdown_(&breakdown),
        days_(days),
        revenue_(query.revenue),
        split_(query.breakdown.has_value()),
        width_(static_cast<size_t>(days.to - days.from) + 2),
        cells_((breakdown.values().size() + 1) * width_),
        last_player_(cells_.size()) {}

  void visit(const PlayerHits& player) override {
    ++player_;
    for (const Hit& hit : player.hits) {
      const Section& section = *snapshot_->sources[hit.source].section;
      const Date date = section.date(hit.row);
      if (!days_.has(date)) continue;
      const int64_t revenue = revenue_ ? revenue_of(section, hit.row) : 0;
      const auto day = static_cast<size_t>(date - days_.from);
      count(0, day, revenue);
      if (split_) count(1 + breakdown_->of(hit), day, revenue);
    }
  }

  void add(const CountingVisitor& other) {
    for (size_t i = 0; i < cells_.size(); ++i) {
      cells_[i].events += other.cells_[i].events;
      cells_[i].players += other.cells_[i].players;
      add_to(cells_[i].revenue_micros, other.cells_[i].revenue_micros);
    }
  }
  // Group 0 is the total.
  std::span<const Cell> group(size_t index) const { return std::span(cells_).subspan(index * width_, width_); }

 private:
  static int64_t revenue_of(const Section& section, Row row) {
    const size_t at = section.revenue_rows().lower_bound(row);
    return at < section.revenue_rows().size() && section.revenue_rows()[at] == row ? section.revenue()[at] : 0;
  }
  void count(size_t group, size_t day, int64_t revenue) {
    const size_t at = group * width_ + day;
    Cell& cell = cells_[at];
    ++cell.events;
    if (revenue != 0) add_to(cell.revenue_micros, revenue);
    if (last_player_[at] == player_) return;
    last_player_[at] = player_;
    ++cell.players;
    const size_t whole = group * width_ + width_ - 1;
    if (last_player_[whole] == player_) return;
    last_player_[whole] = player_;
    ++cells_[whole].players;
  }

  const Snapshot* snapshot_;
  const Breakdown* breakdown_;
  DateRange days_;
  bool revenue_, split_;
  size_t width_;
  std::vector<Cell> cells_;
  std::vector<uint64_t> last_player_;  // per cell: who was counted last, by his place in this visitor's order
  uint64_t player_ = 0;
};

class ListingVisitor final : public PlayerVisitor {
 public:
  ListingVisitor(const Snapshot& snapshot, DateRange days, const Breakdown& breakdown, Breakdown::Chosen group)
      : snapshot_(&snapshot), days_(days), breakdown_(&breakdown), group_(group) {}

  void visit(const PlayerHits& player) override {
    const bool any = std::any_of(player.hits.begin(), player.hits.end(), [&](const Hit& hit) {
      return days_.has(snapshot_->sources[hit.source].section->date(hit.row)) && group_.has(breakdown_->of(hit));
    });
    if (any) players.push_back(player.player);
  }
  void add(const ListingVisitor& other) { players.insert(players.end(), other.players.begin(), other.players.end()); }
  std::vector<PlayerKey> players;

 private:
  const Snapshot* snapshot_;
  DateRange days_;
  const Breakdown* breakdown_;
  Breakdown::Chosen group_;
};

CountsGroup group_of(std::string value, std::span<const Cell> cells, Date first) {
  CountsGroup group;
  group.value = std::move(value);
  group.players = cells.back().players;
  for (size_t day = 0; day + 1 < cells.size(); ++day) {
    const Cell& cell = cells[day];
    if (cell.events == 0) continue;
    group.days.push_back({first + static_cast<int32_t>(day), cell.events, cell.players, cell.revenue_micros});
  }
  return group;
}

}  // namespace

Result<CountsAnswer> counts(const Snapshot& snapshot, const CountsQuery& query) {
  Scan scan(snapshot, plan_of(query));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const DateRange days = days_of(snapshot, query);
  CountsAnswer answer;
  if (days.to < days.from) return answer;
  const Breakdown breakdown(snapshot, query.breakdown);
  const size_t values = breakdown.values().size();
  if ((values + 1) * (static_cast<uint64_t>(int64_t{days.to.days} - days.from.days) + 2) > kCellsMax)
    return Error{std::string(kTooLarge),
                 fmt::format("more than {} cells; ask for fewer days or no breakdown", kCellsMax)};
  const auto counted = run_parallel(scan, CountingVisitor(snapshot, query, breakdown, days), query.threads);
  answer.total = group_of("", counted.group(0), days.from);
  for (size_t value = 0; query.breakdown && value < values; ++value) {
    CountsGroup group = group_of(breakdown.values()[value], counted.group(1 + value), days.from);
    group.other = breakdown.is_other(value);
    if (!group.days.empty()) answer.groups.push_back(std::move(group));
  }
  return answer;
}

Result<PlayerList> counts_players(const Snapshot& snapshot, const CountsQuery& query, const CountsCell& cell,
                                  size_t limit) {
  Scan scan(snapshot, plan_of(query));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Breakdown breakdown(snapshot, query.breakdown);
  const auto group = breakdown.choose(cell.value, cell.other);
  if (group.nothing) return PlayerList{};
  DateRange days = query.range;
  if (cell.date) days = days.has(*cell.date) ? DateRange{*cell.date, *cell.date} : DateRange{{1}, {0}};
  const ListingVisitor model(snapshot, days, breakdown, group);
  return first_players(run_parallel(scan, model, query.threads).players, limit);
}

}  // namespace gm::behavior
