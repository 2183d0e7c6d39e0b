#include "bench/behavior_yardstick_bench.h"

#include <algorithm>
#include <numeric>

#include "bench/query_data_bench.h"

namespace gm::bench {

uint8_t Yardstick::code(std::vector<std::string>& texts, std::string_view text) {
  const auto found = std::find(texts.begin(), texts.end(), text);
  if (found != texts.end()) return static_cast<uint8_t>(found - texts.begin());
  texts.emplace_back(text);
  return static_cast<uint8_t>(texts.size() - 1);
}

uint8_t Yardstick::event_code(const std::string& name) const {
  return static_cast<uint8_t>(std::find(events_.begin(), events_.end(), name) - events_.begin());
}

void Yardstick::add(std::span<const store::EventRow> rows) {
  for (const store::EventRow& row : rows) {
    times_.push_back(row.time_ms);
    player_.push_back(static_cast<uint32_t>(row.player));
    event_.push_back(code(events_, row.event->name));
    country_.push_back(code(countries_, row.event->country));
    day_.push_back(static_cast<uint8_t>(row.date - kFirstDay));
    players_ = std::max(players_, static_cast<uint32_t>(row.player) + 1);
  }
}

void Yardstick::finish() {
  std::vector<uint32_t> order(times_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return times_[a] < times_[b]; });
  const auto apply = [&](auto& column) {
    auto sorted = column;
    for (size_t i = 0; i < order.size(); ++i) sorted[i] = column[order[i]];
    column = std::move(sorted);
  };
  apply(times_);
  apply(player_);
  apply(event_);
  apply(country_);
  apply(day_);
}

Yardstick::Funnel Yardstick::funnel(const std::array<std::string, kSteps>& steps, int64_t window_ms) const {
  struct State {
    std::array<int64_t, kSteps> begun{};  // of the attempt that has taken so many steps
    std::array<uint8_t, kSteps> country{};
    uint8_t open = 0, best = 0, best_country = 0;
  };
  std::array<uint8_t, 256> step_of{};
  for (size_t i = 0; i < kSteps; ++i) step_of[event_code(steps[i])] = static_cast<uint8_t>(i + 1);
  std::vector<State> states(players_);
  for (size_t i = 0; i < times_.size(); ++i) {
    const uint8_t step = step_of[event_[i]];
    if (step == 0) continue;
    State& state = states[player_[i]];
    if (step == 1) {
      state.begun[0] = times_[i];
      state.country[0] = country_[i];
      state.open |= 1;
    } else {
      if ((state.open >> (step - 2) & 1) == 0 || times_[i] - state.begun[step - 2] > window_ms) continue;
      state.begun[step - 1] = state.begun[step - 2];
      state.country[step - 1] = state.country[step - 2];
      state.open = static_cast<uint8_t>(state.open | 1u << (step - 1));
    }
    if (step <= state.best) continue;
    state.best = step;
    state.best_country = state.country[step - 1];
  }
  std::vector<std::array<uint64_t, kSteps>> counts(countries_.size());
  for (const State& state : states) {
    for (size_t step = 0; step < state.best; ++step) ++counts[state.best_country][step];
  }
  Funnel result;
  for (size_t i = 0; i < counts.size(); ++i) result[countries_[i]] = counts[i];
  return result;
}

Yardstick::Retention Yardstick::retention(const std::string& start, const std::string& comeback) const {
  const uint8_t start_code = event_code(start), comeback_code = event_code(comeback);
  std::vector<unsigned __int128> days(players_);
  std::vector<uint8_t> first(players_, 255);
  for (size_t i = 0; i < times_.size(); ++i) {
    if (event_[i] == start_code && first[player_[i]] == 255) first[player_[i]] = day_[i];
    // Day 0 is the rest of the day behind the start.
    if (event_[i] == comeback_code && first[player_[i]] != 255)
      days[player_[i]] |= static_cast<unsigned __int128>(1) << day_[i];
  }
  Retention result(kDays);
  for (uint32_t player = 0; player < players_; ++player) {
    if (first[player] == 255) continue;
    const auto since = static_cast<uint32_t>(days[player] >> first[player]);
    for (size_t age = 0; age <= 30; ++age) result[first[player]][age] += since >> age & 1;
  }
  return result;
}

std::vector<uint64_t> Yardstick::daily_players(const std::string& event) const {
  const uint8_t wanted = event_code(event);
  std::vector<uint64_t> result(kDays);
  std::vector<uint8_t> last(players_, 255);
  // Days follow each other: sorted by time.
  for (size_t i = 0; i < times_.size(); ++i) {
    if (event_[i] != wanted || last[player_[i]] == day_[i]) continue;
    last[player_[i]] = day_[i];
    ++result[day_[i]];
  }
  return result;
}

}  // namespace gm::bench
