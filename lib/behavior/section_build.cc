#include "lib/behavior/section_build.h"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace gm::behavior {
namespace {

constexpr uint32_t kUnused = UINT32_MAX;

// Numbers the used codes 0, 1, ... in the order in which they are asked for.
class Renumbering {
 public:
  explicit Renumbering(size_t codes) : to_(codes, kUnused) {}
  uint32_t operator()(uint32_t code) {
    if (to_[code] == kUnused) {
      to_[code] = static_cast<uint32_t>(used_.size());
      used_.push_back(code);
    }
    return to_[code];
  }
  const std::vector<uint32_t>& used() const { return used_; }

 private:
  std::vector<uint32_t> to_;
  std::vector<uint32_t> used_;
};

std::vector<std::string_view> texts_of(const TextDictionary& texts, const std::vector<uint32_t>& codes) {
  std::vector<std::string_view> result;
  for (const uint32_t code : codes) result.push_back(texts.text(code));
  return result;
}

std::vector<std::string_view> all_texts(const TextDictionary& texts) {
  std::vector<std::string_view> result;
  for (uint32_t code = 0; code < texts.size(); ++code) result.push_back(texts.text(code));
  return result;
}

void plan_ranges(SectionPlan& plan, std::span<const EventEntry> entries) {
  const EventEntry& first = entries.front();
  plan.time_first = plan.time_last = first.time_ms;
  plan.offset_first = plan.offset_last = first.offset;
  plan.date_first = plan.date_last = first.date;
  for (const EventEntry& entry : entries) {
    plan.time_first = std::min(plan.time_first, entry.time_ms);
    plan.time_last = std::max(plan.time_last, entry.time_ms);
    plan.offset_first = std::min(plan.offset_first, entry.offset);
    plan.offset_last = std::max(plan.offset_last, entry.offset);
    plan.date_first = std::min(plan.date_first, entry.date);
    plan.date_last = std::max(plan.date_last, entry.date);
  }
}

}  // namespace

std::string encode_section(std::vector<EventEntry>& entries, const Dictionaries& dictionaries, SectionOwner owner) {
  assert(!entries.empty());
  std::sort(entries.begin(), entries.end(), [](const EventEntry& a, const EventEntry& b) {
    return std::tie(a.player, a.time_ms, a.offset) < std::tie(b.player, b.time_ms, b.offset);
  });
  Renumbering names(dictionaries.names.size()), attributes(dictionaries.attributes.all().size());
  for (const EventEntry& entry : entries) {
    names(entry.event);
    attributes(entry.attributes);
  }
  SectionPlan plan;
  plan.project = owner.project;
  plan.partition = owner.partition;
  plan.rows = entries.size();
  plan.players = entries.size();
  plan_ranges(plan, entries);
  plan.names = texts_of(dictionaries.names, names.used());
  std::vector<Renumbering> values;
  for (const TextDictionary& texts : dictionaries.values) values.emplace_back(texts.size());
  for (const uint32_t code : attributes.used()) {
    AttributeValues& renumbered = plan.attribute_values.emplace_back(dictionaries.attributes.all()[code]);
    for (size_t d = 0; d < kDimensions; ++d) renumbered[d] = values[d](renumbered[d]);
  }
  for (size_t d = 0; d < kDimensions; ++d) plan.values[d] = texts_of(dictionaries.values[d], values[d].used());
  MemorySink sink;
  SectionWriter writer(sink, plan);
  bool written = true;
  for (EventEntry entry : entries) {
    entry.event = names(entry.event);
    entry.attributes = attributes(entry.attributes);
    written = writer.add(entry).ok() && written;
  }
  written = writer.finish().ok() && written;
  assert(written);  // memory does not fail
  return sink.take();
}

namespace {

// Reads the sparse columns of one source along with its rows; within a player rows only rise.
class SparseReader {
 public:
  explicit SparseReader(const Section& section) : section_(&section) {}
  void begin(const Span& span) {
    session_at_ = section_->session_rows().lower_bound(span.begin);
    revenue_at_ = section_->revenue_rows().lower_bound(span.begin);
    origin_at_ = section_->origin_rows().lower_bound(span.begin);
    session_ = 0;
    player_ = section_->player(span.player);
  }
  void read(Row row, EventEntry& entry) {
    for (; is_at(section_->session_rows(), session_at_, row); ++session_at_)
      session_ = section_->session_ids()[session_at_];
    entry.session = session_;
    entry.revenue_micros.reset();
    if (is_at(section_->revenue_rows(), revenue_at_, row)) entry.revenue_micros = section_->revenue()[revenue_at_++];
    entry.origin = player_;
    if (is_at(section_->origin_rows(), origin_at_, row)) entry.origin = section_->origin_keys()[origin_at_++];
  }

 private:
  static bool is_at(const PlainView<uint32_t>& rows, size_t at, Row row) { return at < rows.size() && rows[at] == row; }
  const Section* section_;
  size_t session_at_ = 0, revenue_at_ = 0, origin_at_ = 0;
  uint64_t session_ = 0;
  PlayerKey player_ = 0;
};

// One source on its way into the merged section.
struct Input {
  const Section* section;
  std::vector<uint32_t> names, attributes;  // codes in the merged dictionaries
};

Input input_of(const Section& section, Dictionaries& merged) {
  Input input{&section, {}, {}};
  for (const std::string& name : section.names()) input.names.push_back(merged.names.code(name));
  for (AttributeValues values : section.attribute_values()) {
    for (size_t d = 0; d < kDimensions; ++d)
      values[d] = merged.values[d].code(section.values(static_cast<Dimension>(d))[values[d]]);
    input.attributes.push_back(merged.attributes.code(values));
  }
  return input;
}

SectionPlan plan_of(std::span<const Source> sources, const Dictionaries& merged) {
  SectionPlan plan;
  const SectionHeader& first = sources.front().section->header();
  plan.project = first.project;
  plan.partition = first.partition;
  plan.time_first = first.time_base;
  plan.time_last = first.time_last;
  plan.offset_first = first.offset_base;
  plan.offset_last = first.offset_last;
  plan.date_first = Date{first.date_base};
  plan.date_last = Date{first.date_last};
  for (const Source& source : sources) {
    const SectionHeader& header = source.section->header();
    plan.rows += header.rows;
    plan.players += header.players;
    plan.time_first = std::min(plan.time_first, header.time_base);
    plan.time_last = std::max(plan.time_last, header.time_last);
    plan.offset_first = std::min(plan.offset_first, header.offset_base);
    plan.offset_last = std::max(plan.offset_last, header.offset_last);
    plan.date_first = std::min(plan.date_first, Date{header.date_base});
    plan.date_last = std::max(plan.date_last, Date{header.date_last});
  }
  plan.names = all_texts(merged.names);
  for (size_t d = 0; d < kDimensions; ++d) plan.values[d] = all_texts(merged.values[d]);
  plan.attribute_values = merged.attributes.all();
  return plan;
}

class Merger {
 public:
  Merger(std::span<const Source> sources, const Identity& identity) : sources_(sources), identity_(identity) {
    for (const Source& source : sources) inputs_.push_back(input_of(*source.section, merged_));
    for (const Input& input : inputs_) sparse_.emplace_back(*input.section);
  }

  Result<MergedSection> run(ByteSink& sink, const std::function<bool()>& stopped) {
    const SectionPlan plan = plan_of(sources_, merged_);
    if (plan.rows > kRowsMax) return Error{std::string(kInvalid), "too many events for one section"};
    SectionWriter writer(sink, plan);
    PlayerMerge players(sources_, {});
    while (players.next()) {
      if (stopped && stopped()) return Error{std::string(kInvalid), "stopped"};
      read(players);
      for (const EventEntry& entry : entries_) {
        if (Status added = writer.add(entry); !added) return added.error();
      }
    }
    MergedSection result;
    result.rows = writer.rows();
    if (result.rows > 0) {
      const auto bytes = writer.finish();
      if (!bytes) return bytes.error();
      result.bytes = *bytes;
    }
    if (!displaced_.empty()) result.displaced = encode_section(displaced_, merged_, {plan.project, plan.partition});
    return result;
  }

 private:
  void read(const PlayerMerge& players) {
    entries_.clear();
    for (const Span& span : players.spans()) {
      sparse_[span.source].begin(span);
      for (Row row = span.begin; row < span.end; ++row) read_row(players.key(), span.source, row);
    }
    if (players.spans().size() == 1) return;
    std::sort(entries_.begin(), entries_.end(), [](const EventEntry& a, const EventEntry& b) {
      return std::tie(a.time_ms, a.offset) < std::tie(b.time_ms, b.offset);
    });
  }

  void read_row(PlayerKey player, uint32_t source, Row row) {
    const Input& input = inputs_[source];
    const Section& section = *input.section;
    EventEntry entry;
    sparse_[source].read(row, entry);
    if (identity_.erased(entry.origin)) return;
    entry.player = identity_.canonical(entry.origin);
    if (identity_.erased(entry.player)) return;
    entry.time_ms = section.time_ms(row);
    entry.offset = section.offset(row);
    entry.date = section.date(row);
    entry.event = input.names[section.event(row)];
    entry.attributes = input.attributes[section.attributes(row)];
    (entry.player == player ? entries_ : displaced_).push_back(entry);
  }

  std::span<const Source> sources_;
  const Identity& identity_;
  Dictionaries merged_;
  std::vector<Input> inputs_;
  std::vector<SparseReader> sparse_;
  std::vector<EventEntry> entries_;  // of one player
  std::vector<EventEntry> displaced_;
};

}  // namespace

Result<MergedSection> merge_sections(std::span<const Source> sources, const Identity& identity, ByteSink& sink,
                                     const std::function<bool()>& stopped) {
  return Merger(sources, identity).run(sink, stopped);
}

}  // namespace gm::behavior
