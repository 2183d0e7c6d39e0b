#include "services/event_processor/deduper.h"

#include <algorithm>
#include <bit>

namespace gm::event_processor {
namespace {

constexpr size_t kRecentMax = size_t{1} << 17;
constexpr size_t kPrefetchAhead = 8;
constexpr int64_t kFirstShare = 16;  // of the filter's memory, in which it begins
constexpr int64_t kGrowth = 4;

// A sixteenth of the memory, at most 3 MiB: enough for the retries of the last seconds, which are nearly all repeats.
size_t recent_count(int64_t bytes_max, size_t entry_bytes) {
  const size_t affordable = std::max<size_t>(1, static_cast<size_t>(bytes_max) / 16 / entry_bytes);
  return std::min(kRecentMax, std::bit_floor(affordable));
}

// Exact look-up of the ids of one batch: open addressing over their positions.
class BatchIds {
 public:
  explicit BatchIds(size_t count) : slots_(std::bit_ceil(count * 2 + 1), kEmpty), mask_(slots_.size() - 1) {}

  // False when an equal id was added before.
  bool add(std::span<const ReceivedId> ids, uint32_t index, uint64_t hash) {
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      if (slots_[at] == kEmpty) {
        slots_[at] = index;
        return true;
      }
      const ReceivedId& other = ids[slots_[at]];
      if (other.id == ids[index].id && other.project == ids[index].project) return false;
    }
  }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;
  std::vector<uint32_t> slots_;
  size_t mask_;
};

}  // namespace

Deduper::Deduper(store::AnalyticsStore& store, int64_t bytes_max, int64_t window_ms)
    : store_(&store),
      window_ms_(window_ms),
      filter_bytes_max_(bytes_max - static_cast<int64_t>(recent_count(bytes_max, sizeof(Recent)) * sizeof(Recent))),
      filter_bytes_(filter_bytes_max_ / kFirstShare),
      filter_(filter_bytes_, window_ms),
      recent_(recent_count(bytes_max, sizeof(Recent))) {}

Status Deduper::warm(const std::atomic<bool>& stop) {
  if (auto filled = fill(filter_, stop); !filled) return filled;
  return may_grow() ? grow(stop) : Status();
}

Status Deduper::fill(IdFilter& filter, const std::atomic<bool>& stop) {
  const bool largest = filter_bytes_ == filter_bytes_max_;
  // A little more than the window: partitions are not applied in step.
  return store_->visit_event_ids(window_ms_ + window_ms_ / 8,
                                 [&](ProjectId project, const Uuid& id, int64_t received_ms) {
                                   filter.insert(IdFilter::hash(project, id), received_ms);
                                   return !stop.load(std::memory_order_relaxed) && (largest || filter.overflows() == 0);
                                 });
}

Status Deduper::grow(const std::atomic<bool>& stop) {
  const int64_t before = filter_bytes_;
  while (!stop && filter_bytes_ < filter_bytes_max_) {
    filter_bytes_ = std::min(filter_bytes_max_, filter_bytes_ * kGrowth);
    IdFilter larger(filter_bytes_, window_ms_);
    if (auto filled = fill(larger, stop); !filled) {
      filter_bytes_ = before;
      return filled;
    }
    if (larger.overflows() > 0 && filter_bytes_ < filter_bytes_max_) continue;
    filter_ = std::move(larger);
    return {};
  }
  filter_bytes_ = before;
  return {};
}

Result<std::vector<bool>> Deduper::find_repeats(std::span<const ReceivedId> ids) {
  std::vector<bool> repeats(ids.size(), false);
  std::vector<store::EventIdWanted> questions;
  std::vector<size_t> asked;
  BatchIds batch(ids.size());
  hashes_.resize(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) hashes_[i] = IdFilter::hash(ids[i].project, ids[i].id);
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i + kPrefetchAhead < ids.size()) filter_.prefetch(hashes_[i + kPrefetchAhead]);
    if (!batch.add(ids, static_cast<uint32_t>(i), hashes_[i])) {
      repeats[i] = true;
      continue;
    }
    const auto range = filter_.find(hashes_[i], ids[i].received_ms);
    if (!range) continue;
    if (is_recent(hashes_[i], ids[i])) {
      repeats[i] = true;
      continue;
    }
    questions.push_back(
        {ids[i].project, ids[i].id, std::max(range->from_ms, ids[i].received_ms - window_ms_), range->to_ms});
    asked.push_back(i);
  }
  if (questions.empty()) return repeats;
  const auto stored = store_->find_event_ids(questions);
  if (!stored) return stored.error();
  for (size_t i = 0; i < asked.size(); ++i) {
    if (stored.value()[i]) repeats[asked[i]] = true;
  }
  return repeats;
}

void Deduper::remember(std::span<const ReceivedId> ids) {
  for (const ReceivedId& id : ids) {
    const uint64_t hash = IdFilter::hash(id.project, id.id);
    filter_.insert(hash, id.received_ms);
    recent_[hash & (recent_.size() - 1)] = {id.id, id.project, true};
  }
  // Tried again with the next batch when the store cannot answer now.
  if (may_grow()) (void)grow(std::atomic<bool>{false});
}

bool Deduper::is_recent(uint64_t hash, const ReceivedId& id) const {
  const Recent& recent = recent_[hash & (recent_.size() - 1)];
  return recent.used && recent.id == id.id && recent.project == id.project;
}

}  // namespace gm::event_processor
