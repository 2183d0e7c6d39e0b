#pragma once
// Who was active on which day, held in memory as bits and kept in step with the store, so that rolling windows need no
// scan of all player days. Derived and rebuildable; bounded.
//
// A day is read again when its totals have changed since it was read. That is exact as long as no player's activity on
// a day changes without a change of the day's totals: every event that is counted changes `events`.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "lib/base/result.h"
#include "lib/query/calendar.h"
#include "lib/query/compiler.h"
#include "lib/query/metric.h"
#include "lib/query/rolling.h"
#include "lib/store/analytics_store.h"

namespace gm::query {

struct ActivitySettings {
  int64_t timeout_ms = 0;     // of one statement
  int64_t bytes_max = 0;      // query.activity_memory
  int64_t rows_per_read = 0;  // of one statement; below query.rows_max
};

// Safe to use from several threads; requests for one project take turns.
class ActivityIndex {
 public:
  // `store` outlives this.
  ActivityIndex(store::AnalyticsStore& store, const ActivitySettings& settings) : store_(store), settings_(settings) {}

  // One entry per day of the range. Errors are the store's.
  Result<std::vector<DayPlayersPtr>> days(ProjectId project, DateRange range);

  size_t bytes() const { return bytes_.load(); }

 private:
  struct Day {
    DayMeasures totals{};  // when it was read
    DayPlayersPtr players;
  };
  struct Project {
    std::mutex mutex;
    std::map<Date, Day> days;
    uint64_t last_used = 0;
    bool forgotten = false;  // no longer in `projects_`: whoever still works on it must not count its bytes
  };
  using Totals = std::map<Date, DayMeasures>;

  std::shared_ptr<Project> project_of(ProjectId id);
  Result<Totals> read_totals(ProjectId id, DateRange range) const;
  Status refresh(ProjectId id, Project& project, const Totals& totals);
  // Reads the days of `range`, all of which have totals or no players.
  Status read_days(ProjectId id, Project& project, DateRange range, const Totals& totals);
  Status read_blocks(ProjectId id, DateRange range, int64_t from_player, int64_t to_player,
                     std::map<Date, DayPlayers>& into) const;
  void keep(Project& project, Date date, const DayMeasures& totals, DayPlayers players);
  template <typename Unwanted>
  void drop(Project& project, bool forget, const Unwanted& unwanted);
  std::shared_ptr<Project> take_oldest_but(ProjectId current);
  // Drops what was not used for longest until the rest fits.
  void make_room(ProjectId current, Project& used, DateRange range);

  store::AnalyticsStore& store_;
  const ActivitySettings settings_;
  const Compiler compiler_;
  std::atomic<size_t> bytes_{0};

  std::mutex mutex_;  // of the two below; never held while the store is read
  std::map<ProjectId, std::shared_ptr<Project>> projects_;
  uint64_t uses_ = 0;
};

}  // namespace gm::query
