#pragma once
// For behavior_bench: the floor. One thread, plain columns in memory in the order of time, the same definitions.

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lib/store/analytics_store.h"

namespace gm::bench {

class Yardstick {
 public:
  void add(std::span<const store::EventRow> rows);
  // Sorts by time. Call once, after the last add().
  void finish();
  size_t size() const { return times_.size(); }
  uint32_t players() const { return players_; }

  static constexpr size_t kSteps = 4;
  using Funnel = std::map<std::string, std::array<uint64_t, kSteps>>;  // by country: players by step
  Funnel funnel(const std::array<std::string, kSteps>& steps, int64_t window_ms) const;

  // [cohort day][age] -> players; ages 0..30 after the first `start`.
  using Retention = std::vector<std::array<uint64_t, 31>>;
  Retention retention(const std::string& start, const std::string& comeback) const;

  std::vector<uint64_t> daily_players(const std::string& event) const;

 private:
  uint8_t code(std::vector<std::string>& texts, std::string_view text);
  uint8_t event_code(const std::string& name) const;

  std::vector<int64_t> times_;
  std::vector<uint32_t> player_;
  std::vector<uint8_t> event_, country_, day_;
  std::vector<std::string> events_, countries_;
  uint32_t players_ = 0;
};

}  // namespace gm::bench
