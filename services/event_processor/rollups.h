#pragma once
// Gathers a micro-batch's changes of sums, one row per key however many events touch it.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "lib/store/analytics_store.h"

namespace gm::event_processor {

class Rollups {
 public:
  explicit Rollups(store::MicroBatch& batch) : batch_(&batch) {}

  // Rows written as they are.
  void player(store::PlayerRow row) { batch_->players.push_back(std::move(row)); }
  void session(store::SessionRow row) { batch_->sessions.push_back(std::move(row)); }
  void player_day(const store::PlayerDayDelta& delta) { batch_->player_days.push_back(delta); }
  // Sums to add to.
  store::DayDelta& day(ProjectId project, Date date);
  store::CohortDayDelta& cohort_day(ProjectId project, Date cohort_date, Date date);
  void count_event(ProjectId project, Date date, std::string_view event);
  void unconverted(ProjectId project, Date date, std::string_view currency, int64_t micros);

  // Moves the sums into the batch, without those that came out as nothing.
  void finish();

 private:
  struct DayKey {
    uint32_t project;
    int32_t date;
    int32_t cohort;  // 0 for plain days
    bool operator==(const DayKey&) const = default;
  };
  struct DayKeyHash {
    size_t operator()(const DayKey& key) const;
  };
  struct EventKey {
    uint32_t project;
    int32_t date;
    std::string_view event;
    bool operator==(const EventKey&) const = default;
  };
  struct EventKeyHash {
    size_t operator()(const EventKey& key) const;
  };

  store::MicroBatch* batch_;
  std::unordered_map<DayKey, store::DayDelta, DayKeyHash> days_;
  std::unordered_map<DayKey, store::CohortDayDelta, DayKeyHash> cohort_days_;
  std::unordered_map<EventKey, int64_t, EventKeyHash> events_;
  std::map<std::tuple<ProjectId, Date, std::string_view>, store::UnconvertedDelta> unconverted_;  // texts as given
};

}  // namespace gm::event_processor
