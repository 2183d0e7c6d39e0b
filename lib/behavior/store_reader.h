#pragma once
// Private to this folder: the analytics store as the index is fed from it.

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/behavior/identity.h"
#include "lib/event/event.h"
#include "lib/log/event_log.h"
#include "lib/store/analytics_store.h"

namespace gm::behavior {

// What the store says of itself at one moment.
struct StoreState {
  uint64_t generation = 0;  // of its players' keys and events' dates
  std::map<log::Partition, log::Offset> next;

  log::Offset position(log::Partition partition) const {
    const auto found = next.find(partition);
    return found == next.end() ? 0 : found->second;
  }
};

struct StoredEvents {
  store::Table table;               // holds the texts of `events`
  std::deque<event::Event> events;  // never moves: rows point into it
  std::vector<store::EventRow> rows;
};

// Safe to use from several threads. Errors are the store's.
class StoreReader {
 public:
  // `store` outlives this. A statement may take `timeout_ms`.
  StoreReader(store::AnalyticsStore& store, int64_t timeout_ms) : store_(store), timeout_ms_(timeout_ms) {}

  Result<StoreState> state() const;
  // Whose events count as whose now, of every project; read `read_max` rows at once.
  Result<std::map<ProjectId, std::vector<Identity::Link>>> links(int64_t read_max) const;
  // The stored events of the partition with offsets in [from, upto).
  Result<StoredEvents> events(log::Partition partition, log::Offset from, log::Offset upto) const;

 private:
  store::AnalyticsStore& store_;
  int64_t timeout_ms_;
};

}  // namespace gm::behavior
