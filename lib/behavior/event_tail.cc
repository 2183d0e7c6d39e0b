#include "lib/behavior/event_tail.h"

#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <memory>

namespace gm::behavior {
namespace {

constexpr size_t kTextsKeptMax = 100'000;   // dictionaries are begun anew past it
constexpr size_t kRowsMergedMax = 1 << 20;  // of two sections in memory; larger ones wait for the file

uint64_t session_number(std::string_view session) {
  if (session.empty()) return 0;
  const uint64_t hash = XXH3_64bits(session.data(), session.size());
  return hash == 0 ? 1 : hash;
}

HeldSectionPtr held(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  auto section = Section::open(owner, *owner);
  assert(section.ok());  // written a moment ago
  return std::make_shared<HeldSection>(std::move(*section));
}

size_t texts_of(const Dictionaries& dictionaries) {
  size_t texts = dictionaries.names.size() + dictionaries.attributes.all().size();
  for (const TextDictionary& values : dictionaries.values) texts += values.size();
  return texts;
}

}  // namespace

uint32_t EventTail::attributes_of(const store::EventRow& row) {
  const std::array<std::string_view, kDimensions> values = {row.event->country, row.event->platform, row.event->build,
                                                            event::source_name(row.source)};
  const bool known = !dictionaries_.attributes.all().empty();
  if (known && std::equal(values.begin(), values.end(), last_values_.begin())) return last_attributes_;
  AttributeValues codes{};
  for (size_t d = 0; d < kDimensions; ++d) {
    codes[d] = dictionaries_.values[d].code(values[d]);
    last_values_[d] = values[d];
  }
  return last_attributes_ = dictionaries_.attributes.code(codes);
}

void EventTail::add(const store::EventRow& row) {
  EventEntry& entry = pending_.emplace_back();
  entry.player = entry.origin = row.player;
  // Beyond all calendars; a section could not hold the span.
  entry.time_ms = std::clamp(row.time_ms, -kTimeMax, kTimeMax);
  entry.offset = row.log_offset;
  entry.date = std::clamp(row.date, Date{-kDateMax}, Date{kDateMax});
  entry.event = dictionaries_.names.code(row.event->name);
  entry.attributes = attributes_of(row);
  entry.session = session_number(row.event->session);
  entry.revenue_micros = row.event->revenue_micros;
}

void EventTail::fold() {
  if (pending_.empty()) return;
  push(encode_section(pending_, dictionaries_, owner_));
  pending_.clear();
  if (texts_of(dictionaries_) > kTextsKeptMax) dictionaries_ = Dictionaries();
  // As in a binary counter: every event is merged a logarithmic number of times.
  while (folded_.size() >= 2) {
    const size_t last = folded_.back()->section().rows();
    const size_t before = folded_[folded_.size() - 2]->section().rows();
    if (before >= 2 * last || before + last > kRowsMergedMax) break;
    merge_last_two();
  }
}

void EventTail::push(std::string bytes) {
  folded_.push_back(held(std::move(bytes)));
  rows_ += folded_.back()->section().rows();
  bytes_ += folded_.back()->section().bytes();
}

void EventTail::merge_last_two() {
  std::vector<Source> sources;
  for (int i = 0; i < 2; ++i) {
    const Section& section = folded_.back()->section();
    rows_ -= section.rows();
    bytes_ -= section.bytes();
    sources.push_back(*folded_.back()->source(nullptr));
    folded_.pop_back();
  }
  MemorySink sink;
  const auto merged = merge_sections(sources, Identity(), sink, nullptr);
  assert(merged.ok() && merged->displaced.empty());  // memory does not fail, and nobody is somebody else here
  push(sink.take());
}

void EventTail::for_each(const std::function<void(const HeldSectionPtr&)>& each) const {
  for (const HeldSectionPtr& section : taken_) each(section);
  for (const HeldSectionPtr& section : folded_) each(section);
}

const std::vector<HeldSectionPtr>& EventTail::take() {
  assert(pending_.empty() && taken_.empty());
  taken_.swap(folded_);
  rows_ = 0;
  bytes_ = 0;
  return taken_;
}

void EventTail::keep() {
  folded_.insert(folded_.begin(), taken_.begin(), taken_.end());
  taken_.clear();
  rows_ = 0;
  bytes_ = 0;
  for (const HeldSectionPtr& section : folded_) {
    rows_ += section->section().rows();
    bytes_ += section->section().bytes();
  }
}

}  // namespace gm::behavior
