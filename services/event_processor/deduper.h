#pragma once
// Finds events whose id was counted before: within the batch and the latest ids exactly in memory, older ones by a
// filter that asks the store only on a hit. Holds nothing that cannot be read again from the store.

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/store/analytics_store.h"
#include "services/event_processor/id_filter.h"

namespace gm::event_processor {

struct ReceivedId {
  ProjectId project;
  Uuid id;
  int64_t received_ms = 0;
};

// One thread.
class Deduper {
 public:
  // The filter begins small and is made larger when it is full, up to `bytes_max`: its memory is touched everywhere as
  // soon as it holds a few ids.
  Deduper(store::AnalyticsStore& store, int64_t bytes_max, int64_t window_ms);

  // Reads the ids of the window before the newest receipt from the store; gives up early when `stop` turns true. The
  // wall clock plays no part: after a long rest the log may hold events that are old by then.
  Status warm(const std::atomic<bool>& stop);
  // True for each id that is a repeat: of an earlier one in `ids`, or of one remembered or stored. Changes nothing.
  Result<std::vector<bool>> find_repeats(std::span<const ReceivedId> ids);
  // After the ids are stored.
  void remember(std::span<const ReceivedId> ids);

 private:
  // The latest ids, each at one place given by its hash; a newer one takes the place of an older.
  struct Recent {
    Uuid id;
    ProjectId project;
    bool used = false;
  };
  // Reads the stored ids into `filter`, until `stop` or until it is full and may still grow.
  Status fill(IdFilter& filter, const std::atomic<bool>& stop);
  bool may_grow() const { return filter_.overflows() > 0 && filter_bytes_ < filter_bytes_max_; }
  // Replaces the filter by the smallest larger one that holds what is stored. After an error the old one stays, which
  // is right but asks the store more often.
  Status grow(const std::atomic<bool>& stop);
  bool is_recent(uint64_t hash, const ReceivedId& id) const;

  store::AnalyticsStore* store_;
  int64_t window_ms_;
  int64_t filter_bytes_max_;
  int64_t filter_bytes_;
  IdFilter filter_;
  std::vector<Recent> recent_;
  std::vector<uint64_t> hashes_;  // of the batch; kept to save the allocation
};

}  // namespace gm::event_processor
