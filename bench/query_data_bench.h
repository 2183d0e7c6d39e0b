#pragma once
// For the benchmarks of queries: a store with generated events, and the same columns in memory for the yardstick.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/store/analytics_store.h"

namespace gm::bench {

inline constexpr int kDays = 90;
inline constexpr Date kFirstDay{20'690};  // 2026-08-25
inline constexpr uint32_t kProject = 1;

// Of a history with so many events.
std::string store_path(const std::string& directory, int64_t events);

// Creates `path` with about `events` events of events / 40 players over 90 days, and rollups that agree with them. An
// existing file is kept as it is. Ends the program with a message when the store refuses.
void build_store(const std::string& path, int64_t events);

struct Columns {  // one entry per event, in stored order
  std::vector<uint8_t> day;
  std::vector<uint32_t> player;
  std::vector<int64_t> revenue_micros;
  uint32_t players = 0;  // keys are below it
};
Columns load_columns(const std::string& path);

// The events in stored order, about `batch` at a time; their offsets are their places in that order. What a row points
// to lives as long as the call.
using RowsVisitor = std::function<void(std::span<const store::EventRow>)>;
void for_each_batch(const std::string& path, size_t batch, const RowsVisitor& visit);

}  // namespace gm::bench
