#pragma once
// Money in another currency becomes money in the project's before anything is counted (ADR 0014).

#include <deque>
#include <string>

#include "services/event_processor/project_directory.h"

namespace gm::event_processor {

// What was sent, kept as properties of the event that is stored.
inline constexpr std::string_view kOriginalAmount = "$gm_original_amount";
inline constexpr std::string_view kOriginalCurrency = "$gm_original_currency";

// Owns the events that it changes and their texts; `profile` outlives those.
class MoneyConverter {
 public:
  // The event in the project's currency, or `event` itself when it is already, has no money, or no rate is known for
  // its day.
  const event::Event* convert(const event::Event& event, const ProjectProfile& profile, Date date);
  void clear();

 private:
  std::deque<event::Event> events_;
  std::deque<std::string> texts_;
};

}  // namespace gm::event_processor
