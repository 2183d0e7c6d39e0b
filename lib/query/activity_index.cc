#include "lib/query/activity_index.h"

#include <algorithm>
#include <utility>

namespace gm::query {
namespace {

const std::vector<Measure>& versioning_measures() {
  static const std::vector<Measure> measures = {Measure::players,     Measure::new_players,   Measure::events,
                                                Measure::late_events, Measure::sessions,      Measure::session_ms,
                                                Measure::payers,      Measure::revenue_micros};
  return measures;
}

const DayPlayersPtr& nobody() {
  static const DayPlayersPtr players = std::make_shared<const DayPlayers>();
  return players;
}

}  // namespace

std::shared_ptr<ActivityIndex::Project> ActivityIndex::project_of(ProjectId id) {
  const std::lock_guard lock(mutex_);
  auto& project = projects_[id];
  if (!project) project = std::make_shared<Project>();
  project->last_used = ++uses_;
  return project;
}

Result<ActivityIndex::Totals> ActivityIndex::read_totals(ProjectId id, DateRange range) const {
  const auto& measures = versioning_measures();
  const auto table = store_.run(compiler_.day_totals(id, range, measures), settings_.timeout_ms);
  if (!table) return table.error();
  Totals totals;
  for (const auto& row : table->rows) {
    const auto* date = std::get_if<Date>(&row[0]);
    if (!date) continue;
    for (size_t i = 0; i < measures.size(); ++i)
      totals[*date][static_cast<size_t>(measures[i])] = store::as_int(row[i + 1]);
  }
  return totals;
}

Result<std::vector<DayPlayersPtr>> ActivityIndex::days(ProjectId id, DateRange range) {
  const std::shared_ptr<Project> project = project_of(id);
  std::vector<DayPlayersPtr> result;
  {
    const std::lock_guard lock(project->mutex);
    // Read before the players: what is committed in between makes the day look changed the next time, and is read
    // again.
    const auto totals = read_totals(id, range);
    if (!totals) return totals.error();
    if (const Status status = refresh(id, *project, *totals); !status) return status.error();
    for (Date date = range.from; date <= range.to; date = date + 1) {
      const auto found = project->days.find(date);
      result.push_back(totals->contains(date) && found != project->days.end() ? found->second.players : nobody());
    }
  }
  make_room(id, *project, range);
  return result;
}

Status ActivityIndex::refresh(ProjectId id, Project& project, const Totals& totals) {
  std::vector<Date> stale;
  for (const auto& [date, measures] : totals) {
    const auto found = project.days.find(date);
    if (found == project.days.end() || found->second.totals != measures) stale.push_back(date);
  }
  for (size_t first = 0; first < stale.size();) {
    size_t last = first;
    while (last + 1 < stale.size() && stale[last + 1] - stale[last] == 1) ++last;
    if (Status status = read_days(id, project, {stale[first], stale[last]}, totals); !status) return status;
    first = last + 1;
  }
  return {};
}

Status ActivityIndex::read_days(ProjectId id, Project& project, DateRange range, const Totals& totals) {
  const auto bounds = store_.run(compiler_.player_bounds(id, range), settings_.timeout_ms);
  if (!bounds) return bounds.error();
  const bool empty = bounds->rows.empty() || store::is_null(bounds->rows.front()[0]);
  const int64_t first = empty ? 0 : store::as_int(bounds->rows.front()[0]) / kPlayersPerBlock;
  const int64_t last = empty ? 0 : store::as_int(bounds->rows.front()[1]) / kPlayersPerBlock;
  // As many days in one statement as surely fit, or a part of one day.
  const int64_t blocks = std::min(last - first + 1, settings_.rows_per_read);
  const auto days_per_read = static_cast<int>(std::clamp<int64_t>(settings_.rows_per_read / blocks, 1, range.days()));
  for (Date date = range.from; date <= range.to; date = date + days_per_read) {
    const DateRange part{date, std::min(range.to, date + (days_per_read - 1))};
    std::map<Date, DayPlayers> players;
    for (int64_t block = first; block <= last; block += blocks) {
      const int64_t end = (std::min(last, block + blocks - 1) + 1) * kPlayersPerBlock - 1;
      if (Status status = read_blocks(id, part, block * kPlayersPerBlock, end, players); !status) return status;
    }
    for (Date each = part.from; each <= part.to; each = each + 1)
      keep(project, each, totals.at(each), std::move(players[each]));
  }
  return {};
}

Status ActivityIndex::read_blocks(ProjectId id, DateRange range, int64_t from_player, int64_t to_player,
                                  std::map<Date, DayPlayers>& into) const {
  const auto table = store_.run(compiler_.active_players(id, range, from_player, to_player), settings_.timeout_ms);
  if (!table) return table.error();
  for (const auto& row : table->rows) {
    const auto* date = std::get_if<Date>(&row[0]);
    const auto bits = static_cast<uint64_t>(store::as_int(row[2]));
    if (date && bits != 0) into[*date].blocks.push_back({static_cast<uint64_t>(store::as_int(row[1])), bits});
  }
  return {};
}

void ActivityIndex::keep(Project& project, Date date, const DayMeasures& totals, DayPlayers players) {
  players.blocks.shrink_to_fit();
  Day& day = project.days[date];
  if (!project.forgotten) bytes_ += players.bytes() - (day.players ? day.players->bytes() : 0);
  day = {totals, std::make_shared<const DayPlayers>(std::move(players))};
}

template <typename Unwanted>
void ActivityIndex::drop(Project& project, bool forget, const Unwanted& unwanted) {
  const std::lock_guard lock(project.mutex);
  std::erase_if(project.days, [&](const auto& entry) {
    if (!unwanted(entry.first)) return false;
    if (!project.forgotten) bytes_ -= entry.second.players->bytes();
    return true;
  });
  project.forgotten = project.forgotten || forget;
}

std::shared_ptr<ActivityIndex::Project> ActivityIndex::take_oldest_but(ProjectId current) {
  const std::lock_guard lock(mutex_);
  auto oldest = projects_.end();
  for (auto each = projects_.begin(); each != projects_.end(); ++each) {
    if (each->first == current) continue;
    if (oldest == projects_.end() || each->second->last_used < oldest->second->last_used) oldest = each;
  }
  if (oldest == projects_.end()) return nullptr;
  std::shared_ptr<Project> project = std::move(oldest->second);
  projects_.erase(oldest);
  return project;
}

void ActivityIndex::make_room(ProjectId current, Project& used, DateRange range) {
  const auto too_much = [&] { return bytes_.load() > static_cast<size_t>(settings_.bytes_max); };
  while (too_much()) {
    const std::shared_ptr<Project> oldest = take_oldest_but(current);
    if (!oldest) break;
    drop(*oldest, true, [](Date) { return true; });
  }
  if (too_much()) drop(used, false, [&](Date date) { return date < range.from || date > range.to; });
  if (too_much()) drop(used, false, [](Date) { return true; });
}

}  // namespace gm::query
