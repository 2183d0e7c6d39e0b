#include "lib/behavior/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_set>

#include "lib/behavior/section_format.h"

namespace gm::behavior {
namespace {

constexpr size_t kPartsPerThread = 16;      // at least, so that threads end at about the same time
constexpr size_t kRowsPerPart = 64 * 1024;  // about: what is selected of them stays near the processor

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
  Worker(const Scan& scan, PlayerVisitor& visitor)
      : scan_(scan), visitor_(visitor), selections_(scan.snapshot_.sources.size()) {}

  void read(KeyRange range) {
    for (size_t source = 0; source < selections_.size(); ++source) select_ahead(source, range);
    PlayerMerge players(scan_.snapshot_.sources, range);
    while (players.next()) {
      const auto spans = players.spans();
      if (scan_.plan_.required != 0 &&
          std::none_of(spans.begin(), spans.end(), [&](const Span& span) { return may_have_required(span); })) {
        continue;
      }
      const std::span<Hit> hits = collect(spans);
      if (!hits.empty()) visitor_.visit({players.key(), hits});
    }
  }

 private:
  // The hits of a run of rows of one source. Most players have few rows in each source: going over the rows of many
  // players at once takes half the time of going over each player's.
  struct Selection {
    Row begin = 0, end = 0;
    std::vector<uint32_t> places;  // by row, and one more: number of hits before it
    std::vector<Hit> hits;         // as many as places says, and room: making it anew would fill it

    bool has(const Span& span) const { return begin <= span.begin && span.end <= end; }
    std::span<Hit> of(const Span& span) {
      const uint32_t first = places[span.begin - begin];
      return std::span(hits).subspan(first, places[span.end - begin] - first);
    }
    void make_room(const Span& span) {
      begin = span.begin;
      end = span.end;
      const size_t rows = end - begin;
      if (places.size() <= rows) places.resize(rows + 1);
      if (hits.size() <= rows) hits.resize(rows + 1);  // one more is written to
    }
  };

  void select_ahead(size_t source, KeyRange range) {
    const Section& section = *scan_.snapshot_.sources[source].section;
    const size_t end = range.last == KeyRange{}.last ? section.players() : section.player_at_or_after(range.last + 1);
    const Span all{static_cast<uint32_t>(source), 0, section.first_row(section.player_at_or_after(range.first)),
                   section.first_row(end)};
    Selection& selection = selections_[source];
    selection.begin = selection.end = 0;
    if (all.begin < all.end && mostly_required(all)) select(all, selection);
  }

  // Where required events are rare, most players are passed over by their blocks instead.
  bool mostly_required(const Span& span) const {
    const Lookup& lookup = scan_.lookups_[span.source];
    if (scan_.plan_.required == 0) return true;
    if (!lookup.has_required) return false;
    if (lookup.required_blocks.empty()) return true;
    const unsigned shift = lookup.section->header().block_shift;
    const uint64_t first = span.begin >> shift, last = (span.end - 1) >> shift;
    uint64_t required = 0;
    for (uint64_t block = first; block <= last; ++block)
      required += lookup.required_blocks[block / 64] >> (block % 64) & 1;
    return required * 2 > last - first + 1;
  }

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

  std::span<Hit> collect(std::span<const Span> spans) {
    if (spans.size() == 1) return collect(spans.front());
    hits_.clear();
    for (const Span& span : spans) {
      const std::span<Hit> hits = collect(span);
      hits_.insert(hits_.end(), hits.begin(), hits.end());
    }
    if (scan_.plan_.in_order) sort_hits();
    return hits_;
  }

  std::span<Hit> collect(const Span& span) {
    Selection& ahead = selections_[span.source];
    if (!ahead.has(span)) select(span, alone_);
    const std::span<Hit> hits = (ahead.has(span) ? ahead : alone_).of(span);
    if (scan_.plan_.sessions) add_sessions(span, *scan_.lookups_[span.source].section, hits);
    return hits;
  }

  void select(const Span& span, Selection& selection) const {
    const Lookup& lookup = scan_.lookups_[span.source];
    selection.make_room(span);
    switch (lookup.section->header().event_bytes) {
      case 1:
        select_names<uint8_t>(span, lookup, selection);
        break;
      case 2:
        select_names<uint16_t>(span, lookup, selection);
        break;
      default:
        select_names<uint32_t>(span, lookup, selection);
        break;
    }
    complete(span.source, *lookup.section, selection.of(span));
  }

  // Without a branch that depends on the event: it would be guessed wrong every few rows.
  template <typename Code>
  void select_names(const Span& span, const Lookup& lookup, Selection& selection) const {
    const char* codes = lookup.section->event_codes();
    const uint32_t* masks = lookup.event_masks.data();
    const uint32_t* attribute_masks = lookup.attribute_masks.empty() ? nullptr : lookup.attribute_masks.data();
    const bool every_event = scan_.plan_.every_event;
    Hit* hits = selection.hits.data();
    uint32_t* places = selection.places.data();
    uint32_t count = 0;
    for (Row row = span.begin; row < span.end; ++row) {
      Code code;
      std::memcpy(&code, codes + size_t{row} * sizeof(Code), sizeof code);
      uint32_t mask = masks[code];
      if (attribute_masks != nullptr) mask &= attribute_masks[lookup.section->attributes(row)];
      *places++ = count;
      hits[count].mask = mask;
      hits[count].row = row;
      count += (mask != 0) | every_event;
    }
    *places = count;
  }

  void complete(uint32_t source, const Section& section, std::span<Hit> hits) const {
    const bool in_order = scan_.plan_.in_order;
    const TimeReader time_ms = section.time_reader();
    for (Hit& hit : hits) {
      hit.time_ms = in_order ? time_ms(hit.row) : 0;
      hit.session = 0;
      hit.source = source;
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
  std::vector<Selection> selections_;  // by source: of the range that is being read
  Selection alone_;                    // of one player
  std::vector<Hit> hits_;              // of a player with rows in several places
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
  const std::vector<KeyRange> ranges = split(std::max(threads * kPartsPerThread, snapshot_.rows() / kRowsPerPart));
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
