#pragma once
// "Was this event id seen before?" in bounded memory: no, or maybe and then when. Never a wrong no within the window.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "lib/base/ids.h"
#include "lib/base/uuid.h"

namespace gm::event_processor {

struct ReceivedRange {
  int64_t from_ms = 0;
  int64_t to_ms = 0;
};

// Buckets of 16 slots (one cache line); an id lies in one of two buckets as a fingerprint of 28 bits and the span of
// receipt (an eighth of the window) in 4 bits. At 85 % fill a new id gets a wrong maybe with a chance of about 1e-7.
// When both buckets are full they are marked, and everything in them is a maybe until the window has passed: a filter
// that is too small makes the store work more, never the count wrong. Memory is touched as ids come. One thread.
class IdFilter {
 public:
  IdFilter(int64_t bytes_max, int64_t window_ms);

  static uint64_t hash(ProjectId project, const Uuid& id);

  // Brings the id's cache lines near.
  void prefetch(uint64_t hash) const;
  // Where to look for the id among the stored events; nullopt: it is new. `received_ms` is the receipt of the repeat.
  std::optional<ReceivedRange> find(uint64_t hash, int64_t received_ms) const;
  void insert(uint64_t hash, int64_t received_ms);

  size_t bucket_count() const { return bucket_count_; }
  uint64_t overflows() const { return overflows_; }

 private:
  static constexpr int kSlots = 16;
  static constexpr int kSpansKept = 8;
  struct Bucket {
    uint32_t slots[kSlots];
  };
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  using Memory = std::unique_ptr<void, Free>;
  static Memory zeroed(size_t bytes);

  int64_t span_of(int64_t received_ms) const;
  // Moves the window so that it ends with `span`.
  void advance(int64_t span);
  bool is_live(int64_t span) const { return span >= newest_ - kSpansKept; }
  // Of a slot's entry: is it in use and in the window?
  bool is_live_entry(uint32_t entry) const { return entry != 0 && (live_tags_ >> (entry >> 28) & 1) != 0; }
  // The newest span so far that has this tag.
  int64_t span_of_tag(uint32_t tag) const;
  size_t first_bucket(uint64_t hash) const;
  size_t second_bucket(uint64_t hash) const;
  bool is_overflown(size_t bucket) const;
  void mark_overflow(size_t bucket);
  // Widens `low`..`high` by the live spans in which the bucket holds the fingerprint.
  void match(const Bucket& bucket, uint32_t fingerprint, int64_t& low, int64_t& high) const;
  // Puts the entry into a slot that is empty or out of the window; false when there is none.
  bool put(Bucket& bucket, uint32_t entry);
  int live_slots(const Bucket& bucket) const;

  size_t bucket_count_;
  int64_t span_ms_;
  int64_t newest_ = 0;      // span of the newest receipt
  uint32_t live_tags_ = 0;  // bit per tag: its newest span is in the window
  uint64_t overflows_ = 0;
  Memory memory_;
  Memory overflow_memory_;
  Bucket* buckets_;    // inside memory_, on a cache line boundary
  uint8_t* overflow_;  // per bucket: 0, or 1 + span of the last overflow modulo 255
};

}  // namespace gm::event_processor
