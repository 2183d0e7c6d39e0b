#include "services/event_processor/rollups.h"

#include <xxhash.h>

#include "lib/base/saturating.h"

namespace gm::event_processor {
namespace {

bool is_nothing(const store::DayDelta& d) {
  return d.players == 0 && d.new_players == 0 && d.events == 0 && d.late_events == 0 && d.sessions == 0 &&
         d.session_ms == 0 && d.payers == 0 && d.purchases == 0 && d.revenue_micros == 0;
}

}  // namespace

size_t Rollups::DayKeyHash::operator()(const DayKey& key) const { return XXH3_64bits(&key, sizeof key); }

size_t Rollups::EventKeyHash::operator()(const EventKey& key) const {
  const uint64_t seed = uint64_t{key.project} << 32 | static_cast<uint32_t>(key.date);
  return XXH3_64bits_withSeed(key.event.data(), key.event.size(), seed);
}

store::DayDelta& Rollups::day(ProjectId project, Date date) {
  store::DayDelta& delta = days_[{project.value(), date.days, 0}];
  delta.project = project;
  delta.date = date;
  return delta;
}

store::CohortDayDelta& Rollups::cohort_day(ProjectId project, Date cohort_date, Date date) {
  store::CohortDayDelta& delta = cohort_days_[{project.value(), date.days, cohort_date.days}];
  delta.project = project;
  delta.cohort_date = cohort_date;
  delta.date = date;
  return delta;
}

void Rollups::count_event(ProjectId project, Date date, std::string_view event) {
  ++events_[{project.value(), date.days, event}];
}

void Rollups::unconverted(ProjectId project, Date date, std::string_view currency, int64_t micros) {
  store::UnconvertedDelta& delta = unconverted_[{project, date, currency}];
  ++delta.events;
  add_to(delta.micros, micros);
}

void Rollups::finish() {
  for (const auto& [key, delta] : days_) {
    if (!is_nothing(delta)) batch_->days.push_back(delta);
  }
  for (const auto& [key, delta] : cohort_days_) {
    if (delta.players != 0 || delta.revenue_micros != 0) batch_->cohort_days.push_back(delta);
  }
  for (const auto& [key, events] : events_) {
    batch_->event_days.push_back({ProjectId::from_stored(key.project), Date{key.date}, std::string(key.event), events});
  }
  for (auto& [key, delta] : unconverted_) {
    std::tie(delta.project, delta.date) = std::tie(std::get<0>(key), std::get<1>(key));
    delta.currency = std::get<2>(key);
    batch_->unconverted_days.push_back(std::move(delta));
  }
}

}  // namespace gm::event_processor
