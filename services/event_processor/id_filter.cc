#include "services/event_processor/id_filter.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace gm::event_processor {
namespace {

constexpr uint32_t kFingerprintMask = 0x0FFFFFFF;
constexpr int kTagShift = 28;
constexpr int64_t kTags = 16;
constexpr int64_t kMarks = 255;
constexpr size_t kCacheLine = 64;

uint32_t fingerprint_of(uint64_t hash) {
  const auto bits = static_cast<uint32_t>(hash >> 36);
  return bits == 0 ? 1 : bits;  // an empty slot is 0
}

// Maps 32 random bits evenly to [0, count).
size_t scale(uint32_t bits, size_t count) { return static_cast<size_t>((uint64_t{bits} * count) >> 32); }

int64_t floor_modulo(int64_t value, int64_t divisor) { return ((value % divisor) + divisor) % divisor; }

uint8_t mark_of(int64_t span) { return static_cast<uint8_t>(1 + floor_modulo(span, kMarks)); }

}  // namespace

IdFilter::Memory IdFilter::zeroed(size_t bytes) {
  // The kernel fills calloc's large blocks with zeros page by page, on first touch.
  void* memory = std::calloc(bytes, 1);
  if (memory == nullptr) throw std::bad_alloc();
  return Memory(memory);
}

IdFilter::IdFilter(int64_t bytes_max, int64_t window_ms)
    : bucket_count_(std::max<size_t>(1, static_cast<size_t>(bytes_max) / (sizeof(Bucket) + 1))),
      span_ms_(std::max<int64_t>(1, (window_ms + kSpansKept - 1) / kSpansKept)),
      memory_(zeroed(bucket_count_ * sizeof(Bucket) + kCacheLine)),
      overflow_memory_(zeroed(bucket_count_)),
      overflow_(static_cast<uint8_t*>(overflow_memory_.get())) {
  advance(newest_);
  const auto address = reinterpret_cast<uintptr_t>(memory_.get());
  buckets_ = reinterpret_cast<Bucket*>((address + kCacheLine - 1) / kCacheLine * kCacheLine);
}

uint64_t IdFilter::hash(ProjectId project, const Uuid& id) {
  const uint64_t parts[] = {id.high, id.low, project.value()};
  return XXH3_64bits(parts, sizeof parts);
}

void IdFilter::prefetch(uint64_t hash) const {
  __builtin_prefetch(&buckets_[first_bucket(hash)]);
  __builtin_prefetch(&buckets_[second_bucket(hash)]);
}

std::optional<ReceivedRange> IdFilter::find(uint64_t hash, int64_t received_ms) const {
  const size_t first = first_bucket(hash);
  const size_t second = second_bucket(hash);
  if (overflows_ > 0 && (is_overflown(first) || is_overflown(second))) {
    return ReceivedRange{received_ms - span_ms_ * kSpansKept, INT64_MAX};
  }
  // A receipt before the window: the clock was far ahead once, and what came since was not kept.
  if (!is_live(span_of(received_ms))) return ReceivedRange{received_ms - span_ms_ * kSpansKept, INT64_MAX};
  const uint32_t fingerprint = fingerprint_of(hash);
  int64_t low = INT64_MAX;
  int64_t high = INT64_MIN;
  match(buckets_[first], fingerprint, low, high);
  match(buckets_[second], fingerprint, low, high);
  if (low > high) return std::nullopt;
  return ReceivedRange{low * span_ms_, (high + 1) * span_ms_ - 1};
}

void IdFilter::insert(uint64_t hash, int64_t received_ms) {
  const int64_t span = span_of(received_ms);
  if (span > newest_) advance(span);
  if (!is_live(span)) return;
  const uint32_t entry = static_cast<uint32_t>(floor_modulo(span, kTags)) << kTagShift | fingerprint_of(hash);
  const size_t first = first_bucket(hash);
  const size_t second = second_bucket(hash);
  const bool prefer_second = live_slots(buckets_[second]) < live_slots(buckets_[first]);
  if (put(buckets_[prefer_second ? second : first], entry)) return;
  mark_overflow(first);
  mark_overflow(second);
}

int64_t IdFilter::span_of(int64_t received_ms) const {
  const int64_t span = received_ms / span_ms_;
  return received_ms % span_ms_ < 0 ? span - 1 : span;
}

void IdFilter::advance(int64_t span) {
  newest_ = span;
  live_tags_ = 0;
  for (int64_t age = 0; age <= kSpansKept; ++age) live_tags_ |= 1u << floor_modulo(span - age, kTags);
}

int64_t IdFilter::span_of_tag(uint32_t tag) const { return newest_ - floor_modulo(newest_ - tag, kTags); }

size_t IdFilter::first_bucket(uint64_t hash) const { return scale(static_cast<uint32_t>(hash), bucket_count_); }

size_t IdFilter::second_bucket(uint64_t hash) const {
  // Other bits than the first bucket's; the multiplication spreads them over the word.
  return scale(static_cast<uint32_t>((hash * 0x9E3779B97F4A7C15ull) >> 32), bucket_count_);
}

bool IdFilter::is_overflown(size_t bucket) const {
  if (overflow_[bucket] == 0) return false;
  for (int64_t age = 0; age <= kSpansKept; ++age) {
    if (overflow_[bucket] == mark_of(newest_ - age)) return true;
  }
  return false;
}

void IdFilter::mark_overflow(size_t bucket) {
  overflow_[bucket] = mark_of(newest_);
  ++overflows_;
}

void IdFilter::match(const Bucket& bucket, uint32_t fingerprint, int64_t& low, int64_t& high) const {
  bool any = false;  // a loop without branches becomes a few vector comparisons
  for (const uint32_t slot : bucket.slots) any |= (slot & kFingerprintMask) == fingerprint;
  if (!any) return;
  for (const uint32_t slot : bucket.slots) {
    if ((slot & kFingerprintMask) != fingerprint || !is_live_entry(slot)) continue;
    const int64_t span = span_of_tag(slot >> kTagShift);
    low = std::min(low, span);
    high = std::max(high, span);
  }
}

bool IdFilter::put(Bucket& bucket, uint32_t entry) {
  for (uint32_t& slot : bucket.slots) {
    if (is_live_entry(slot)) continue;
    slot = entry;
    return true;
  }
  return false;
}

int IdFilter::live_slots(const Bucket& bucket) const {
  int live = 0;
  for (const uint32_t slot : bucket.slots) live += is_live_entry(slot) ? 1 : 0;
  return live;
}

}  // namespace gm::event_processor
