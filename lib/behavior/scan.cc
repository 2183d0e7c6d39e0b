#include "lib/behavior/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_set>

#include "lib/behavior/section_format.h"

namespace gm::behavior {
namespace {

constexpr size_t kPartsPerThread = 16;  // so that threads end at about the same time

bool passes(const AttributeTest& test, const std::unordered_set<uint32_t>& codes, const AttributeValues& values) {
  return codes.contains(values[static_cast<size_t>(test.dimension)]) != test.negated;
}

std::unordered_set<uint32_t> codes_of(const AttributeTest& test, const Section& section) {
  const Texts& values = section.values(test.dimension);
  std::unordered_set<uint32_t> codes;
  for (size_t code = 0; code < values.size(); ++code) {
    if (std::find(test.values.begin(), test.values.end(), values[code]) != test.values.end())
      codes.insert(static_cast<uint32_t>(code));
  }
  return codes;
}

// Clears `bit` for the attribute codes that fail one of the selector's tests.
void restrict_to_tests(const EventSelector& selector, uint32_t bit, const Section& section,
                       std::vector<uint32_t>& masks) {
  for (const AttributeTest& test : selector.tests) {
    const auto codes = codes_of(test, section);
    for (size_t i = 0; i < masks.size(); ++i) {
      if (!passes(test, codes, section.attribute_values()[i])) masks[i] &= ~bit;
    }
  }
}

}  // namespace

struct Scan::Lookup {
  const Section* section = nullptr;
  std::vector<uint32_t> event_masks;      // by event code
  std::vector<uint32_t> attribute_masks;  // by attribute code; empty: no selector has tests
  std::vector<uint64_t> required_blocks;  // bits; empty: any block may hold a required event
  bool has_required = true;               // false: no event of this section is required
};

Scan::Scan(const Snapshot& snapshot, ScanPlan plan) : snapshot_(snapshot), plan_(std::move(plan)) {}
Scan::~Scan() = default;

Scan::Lookup Scan::look_up(const Section& section) const {
  Lookup lookup;
  lookup.section = &section;
  lookup.event_masks.resize(section.names().size());
  for (size_t i = 0; i < plan_.selectors.size(); ++i) {
    const EventSelector& selector = plan_.selectors[i];
    const std::unordered_set<std::string_view> names(selector.names.begin(), selector.names.end());
    for (size_t code = 0; code < section.names().size(); ++code) {
      if (selector.any_name || names.contains(section.names()[code])) lookup.event_masks[code] |= 1u << i;
    }
    if (selector.tests.empty()) continue;
    if (lookup.attribute_masks.empty()) lookup.attribute_masks.resize(section.attribute_values().size(), ~0u);
    restrict_to_tests(selector, 1u << i, section, lookup.attribute_masks);
  }
  if (plan_.required == 0) return lookup;
  const auto presence = section.presence();
  const uint64_t words = section.header().presence_words();
  lookup.has_required = false;
  if (presence.size() > 0) lookup.required_blocks.resize(words);
  for (size_t code = 0; code < lookup.event_masks.size(); ++code) {
    if ((lookup.event_masks[code] & plan_.required) == 0) continue;
    lookup.has_required = true;
    for (size_t w = 0; w < lookup.required_blocks.size(); ++w) lookup.required_blocks[w] |= presence[code * words + w];
  }
  return lookup;
}

Status Scan::prepare() {
  if (plan_.selectors.size() > kSelectorsMax)
    return Error{std::string(kInvalid), fmt::format("at most {} sets of events in one question", kSelectorsMax)};
  ColumnSet columns{ColumnId::player_keys, ColumnId::player_rows, ColumnId::events, ColumnId::times,
                    ColumnId::presence};
  columns.add(plan_.columns);
  // Events of one player in several places at one moment are ordered by their offsets.
  const auto moves = [](const Source& source) { return source.remap && !source.remap->elsewhere.empty(); };
  if (snapshot_.sources.size() > 1 || std::any_of(snapshot_.sources.begin(), snapshot_.sources.end(), moves))
    columns.add({ColumnId::offsets});
  const bool tests = std::any_of(plan_.selectors.begin(), plan_.selectors.end(),
                                 [](const EventSelector& selector) { return !selector.tests.empty(); });
  if (tests) columns.add({ColumnId::attributes});
  if (plan_.sessions) columns.add({ColumnId::session_rows, ColumnId::session_ids});
  lookups_.clear();
  for (const Source& source : snapshot_.sources) {
    if (source.remap && source.remap->stale)
      return Error{std::string(kStale), "an identity merge was taken back; its sections are being rewritten"};
    if (Status verified = source.section->verify(columns); !verified) return verified;
    lookups_.push_back(look_up(*source.section));
  }
  return {};
}

// Reads the players of one range of keys after the other for one visitor.
class Scan::Worker {
 public:
  Worker(const Scan& scan, PlayerVisitor& visitor) : scan_(scan), visitor_(visitor) {}

  void read(KeyRange range) {
    PlayerMerge players(scan_.snapshot_.sources, range);
    while (players.next()) {
      const auto spans = players.spans();
      if (scan_.plan_.required != 0 &&
          std::none_of(spans.begin(), spans.end(), [&](const Span& span) { return may_have_required(span); })) {
        continue;
      }
      hits_.clear();
      for (const Span& span : spans) collect(span);
      if (hits_.empty()) continue;
      if (spans.size() > 1 && scan_.plan_.in_order) sort_hits();
      visitor_.visit({players.key(), hits_});
    }
  }

 private:
  bool may_have_required(const Span& span) const {
    const Lookup& lookup = scan_.lookups_[span.source];
    if (!lookup.has_required) return false;
    if (lookup.required_blocks.empty()) return true;
    const unsigned shift = lookup.section->header().block_shift;
    for (uint64_t block = span.begin >> shift, last = (span.end - 1) >> shift; block <= last; ++block) {
      if ((lookup.required_blocks[block / 64] >> (block % 64) & 1) != 0) return true;
    }
    return false;
  }

  void collect(const Span& span) {
    const size_t first = hits_.size();
    const Lookup& lookup = scan_.lookups_[span.source];
    switch (lookup.section->header().event_bytes) {
      case 1:
        collect_rows<uint8_t>(span, lookup);
        break;
      case 2:
        collect_rows<uint16_t>(span, lookup);
        break;
      default:
        collect_rows<uint32_t>(span, lookup);
        break;
    }
    if (scan_.plan_.sessions) add_sessions(span, *lookup.section, std::span(hits_).subspan(first));
  }

  template <typename Code>
  void collect_rows(const Span& span, const Lookup& lookup) {
    const Section& section = *lookup.section;
    const char* codes = section.event_codes();
    const uint32_t* masks = lookup.event_masks.data();
    const uint32_t* attribute_masks = lookup.attribute_masks.empty() ? nullptr : lookup.attribute_masks.data();
    const bool every_event = scan_.plan_.every_event, in_order = scan_.plan_.in_order;
    // First which rows, without a branch that depends on the event: it would be guessed wrong every few rows.
    if (rows_.size() < span.end - span.begin) rows_.resize(span.end - span.begin);
    Row* rows = rows_.data();
    size_t count = 0;
    for (Row row = span.begin; row < span.end; ++row) {
      Code code;
      std::memcpy(&code, codes + size_t{row} * sizeof(Code), sizeof code);
      rows[count] = row;
      count += (masks[code] != 0) | every_event;
    }
    for (size_t i = 0; i < count; ++i) {
      const Row row = rows[i];
      Code code;
      std::memcpy(&code, codes + size_t{row} * sizeof(Code), sizeof code);
      uint32_t mask = masks[code];
      if (mask != 0 && attribute_masks != nullptr) mask &= attribute_masks[section.attributes(row)];
      if (mask != 0 || every_event) hits_.push_back({in_order ? section.time_ms(row) : 0, 0, mask, row, span.source});
    }
  }

  static void add_sessions(const Span& span, const Section& section, std::span<Hit> hits) {
    const auto& rows = section.session_rows();
    size_t next = rows.lower_bound(span.begin);
    uint64_t session = 0;
    for (Hit& hit : hits) {
      for (; next < rows.size() && rows[next] <= hit.row; ++next) session = section.session_ids()[next];
      hit.session = session;
    }
  }

  // Mostly there is nothing to do: later sections hold later events.
  void sort_hits() {
    const auto& lookups = scan_.lookups_;
    const auto not_after = [](const Hit& a, const Hit& b) { return a.time_ms >= b.time_ms; };
    if (std::adjacent_find(hits_.begin(), hits_.end(), not_after) == hits_.end()) return;
    std::sort(hits_.begin(), hits_.end(), [&](const Hit& a, const Hit& b) {
      if (a.time_ms != b.time_ms) return a.time_ms < b.time_ms;
      const Section& left = *lookups[a.source].section;
      const Section& right = *lookups[b.source].section;
      return std::pair(left.header().partition, left.offset(a.row)) <
             std::pair(right.header().partition, right.offset(b.row));
    });
  }

  const Scan& scan_;
  PlayerVisitor& visitor_;
  std::vector<Hit> hits_;
  std::vector<Row> rows_;
};

// Ranges of keys with about the same number of rows, by the largest section.
std::vector<KeyRange> Scan::split(size_t parts) const {
  const Section* largest = nullptr;
  for (const Source& source : snapshot_.sources) {
    if (largest == nullptr || source.section->rows() > largest->rows()) largest = source.section.get();
  }
  std::vector<KeyRange> ranges;
  PlayerKey first = 0;
  for (size_t part = 1; part < parts; ++part) {
    const size_t player = largest->players() * part / parts;
    if (player >= largest->players() || largest->player(player) <= first) continue;
    ranges.push_back({first, largest->player(player) - 1});
    first = largest->player(player);
  }
  ranges.push_back({first, KeyRange{}.last});
  return ranges;
}

void Scan::run(std::span<PlayerVisitor* const> visitors) const {
  if (snapshot_.sources.empty()) return;
  const size_t useful = std::max<uint64_t>(1, snapshot_.rows() / kRowsPerThreadMin);
  const size_t threads = std::min(visitors.size(), useful);
  const std::vector<KeyRange> ranges = split(threads == 1 ? 1 : threads * kPartsPerThread);
  std::atomic<size_t> next{0};
  const auto work = [&](PlayerVisitor& visitor) {
    Worker worker(*this, visitor);
    for (size_t i = next++; i < ranges.size(); i = next++) worker.read(ranges[i]);
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < threads; ++i) others.emplace_back([&, i] { work(*visitors[i]); });
  work(*visitors[0]);
  for (std::thread& other : others) other.join();
}

unsigned default_threads() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace gm::behavior
