#include "lib/behavior/section_writer.h"

#include <cassert>

#include "lib/behavior/packed.h"
#include "lib/behavior/texts.h"
#include "lib/codec/crc32c.h"

namespace gm::behavior {
namespace {

constexpr size_t kBufferBytes = 128 << 10;
constexpr uint64_t kAlignment = 8;

uint64_t aligned(uint64_t at) { return (at + kAlignment - 1) / kAlignment * kAlignment; }
uint64_t span_of(int64_t first, int64_t last) { return static_cast<uint64_t>(last) - static_cast<uint64_t>(first); }
uint8_t bits_of_span(uint64_t span) { return static_cast<uint8_t>(bits_for(span)); }

uint8_t bytes_per_code(size_t names) {
  if (names <= 0x100) return 1;
  return names <= 0x10000 ? 2 : 4;
}

template <typename T>
void append_raw(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

SectionHeader header_of(const SectionPlan& plan) {
  SectionHeader h;
  h.project = plan.project;
  h.partition = plan.partition;
  h.names = static_cast<uint32_t>(plan.names.size());
  h.attribute_codes = plan.attribute_values.size();
  h.time_base = plan.time_first;
  h.time_last = plan.time_last;
  h.offset_base = plan.offset_first;
  h.offset_last = plan.offset_last;
  h.date_base = plan.date_first.days;
  h.date_last = plan.date_last.days;
  h.event_bytes = bytes_per_code(plan.names.size());
  h.time_bits = bits_of_span(span_of(plan.time_first, plan.time_last));
  h.date_bits = bits_of_span(span_of(plan.date_first.days, plan.date_last.days));
  h.attribute_bits = bits_of_span(plan.attribute_values.empty() ? 0 : plan.attribute_values.size() - 1);
  h.offset_bits = bits_of_span(plan.offset_last - plan.offset_first);
  return h;
}

}  // namespace

Status MemorySink::write_at(uint64_t offset, std::string_view bytes) {
  if (bytes_.size() < offset + bytes.size()) bytes_.resize(offset + bytes.size());
  bytes_.replace(offset, bytes.size(), bytes);
  return {};
}

Status ColumnWriter::append(const void* bytes, size_t size) {
  buffer_.append(static_cast<const char*>(bytes), size);
  return buffer_.size() >= kBufferBytes ? flush() : Status{};
}

Status ColumnWriter::append_packed(uint64_t value, unsigned bits) {
  bits_ |= static_cast<unsigned __int128>(value) << bits_held_;
  bits_held_ += bits;
  if (bits_held_ < 64) return {};
  const auto word = static_cast<uint64_t>(bits_);
  bits_ >>= 64;
  bits_held_ -= 64;
  return append(word);
}

Status ColumnWriter::flush() {
  if (Status written = sink_->write_at(place_.at + place_.bytes, buffer_); !written) return written;
  place_.crc = codec::crc32c(place_.crc, buffer_);
  place_.bytes += buffer_.size();
  buffer_.clear();
  return {};
}

Status ColumnWriter::finish() {
  const auto rest = static_cast<uint64_t>(bits_);
  buffer_.append(reinterpret_cast<const char*>(&rest), packed_bytes(1, bits_held_));
  return flush();
}

SectionWriter::SectionWriter(ByteSink& sink, const SectionPlan& plan)
    : sink_(sink), plan_(plan), header_(header_of(plan)), end_(kSectionHeaderBytes) {
  assert(plan.rows <= kRowsMax);
  const auto reserve = [&](ColumnId id, uint64_t bytes) {
    column(id).begin(sink_, end_);
    end_ = aligned(end_ + bytes + kPackedPadding);
  };
  reserve(ColumnId::player_keys, plan.players * 8);
  reserve(ColumnId::player_rows, (plan.players + 1) * 4);
  reserve(ColumnId::events, plan.rows * header_.event_bytes);
  reserve(ColumnId::times, packed_bytes(plan.rows, header_.time_bits));
  reserve(ColumnId::dates, packed_bytes(plan.rows, header_.date_bits));
  reserve(ColumnId::attributes, packed_bytes(plan.rows, header_.attribute_bits));
  reserve(ColumnId::offsets, packed_bytes(plan.rows, header_.offset_bits));
  block_shift_ = block_shift_for(plan.names.size(), plan.rows);
  header_.block_shift = block_shift_.value_or(kBlockShiftMax);
  if (!block_shift_) return;
  SectionHeader planned = header_;
  planned.rows = plan.rows;
  presence_words_ = planned.presence_words();
  presence_.resize(plan.names.size() * presence_words_);
}

Status SectionWriter::begin_player(PlayerKey player) {
  player_ = player;
  session_ = 0;
  ++header_.players;
  if (Status done = column(ColumnId::player_keys).append(player); !done) return done;
  return column(ColumnId::player_rows).append(static_cast<uint32_t>(header_.rows));
}

Status SectionWriter::add(const EventEntry& entry) {
  assert(header_.rows < plan_.rows);
  if (header_.players == 0 || entry.player != player_) {
    if (Status begun = begin_player(entry.player); !begun) return begun;
  }
  const uint64_t time = span_of(header_.time_base, entry.time_ms);
  const auto date = static_cast<uint64_t>(entry.date.days - header_.date_base);
  if (Status done = column(ColumnId::events).append(&entry.event, header_.event_bytes); !done) return done;
  if (Status done = column(ColumnId::times).append_packed(time, header_.time_bits); !done) return done;
  if (Status done = column(ColumnId::dates).append_packed(date, header_.date_bits); !done) return done;
  if (Status done = column(ColumnId::attributes).append_packed(entry.attributes, header_.attribute_bits); !done)
    return done;
  if (Status done = column(ColumnId::offsets).append_packed(entry.offset - header_.offset_base, header_.offset_bits);
      !done) {
    return done;
  }
  add_sparse(entry);
  if (block_shift_) mark_presence(entry.event);
  ++header_.rows;
  return {};
}

void SectionWriter::add_sparse(const EventEntry& entry) {
  const auto row = static_cast<uint32_t>(header_.rows);
  if (entry.session != session_) {
    append_raw(session_rows_, row);
    append_raw(session_ids_, entry.session);
    session_ = entry.session;
  }
  if (entry.revenue_micros) {
    append_raw(revenue_rows_, row);
    append_raw(revenue_, *entry.revenue_micros);
  }
  if (entry.origin != entry.player) {
    append_raw(origin_rows_, row);
    append_raw(origin_keys_, entry.origin);
    moved_.emplace(entry.origin, entry.player);
  }
}

void SectionWriter::mark_presence(uint32_t event) {
  const uint64_t block = header_.rows >> *block_shift_;
  presence_[event * presence_words_ + block / 64] |= uint64_t{1} << (block % 64);
}

Status SectionWriter::append_column(ColumnId id, std::string_view bytes) {
  ColumnWriter& writer = column(id);
  writer.begin(sink_, end_);
  if (Status done = writer.append(bytes.data(), bytes.size()); !done) return done;
  end_ = aligned(end_ + bytes.size() + kPackedPadding);
  return {};
}

std::string SectionWriter::encode_names() const {
  std::string out;
  append_texts(out, plan_.names);
  return out;
}

std::string SectionWriter::encode_values() const {
  std::string out;
  for (const auto& values : plan_.values) append_texts(out, values);
  for (const AttributeValues& codes : plan_.attribute_values) append_raw(out, codes);
  return out;
}

std::string SectionWriter::encode_moved() const {
  std::string out;
  for (const auto& [origin, player] : moved_) {
    append_raw(out, origin);
    append_raw(out, player);
  }
  return out;
}

// Fewer rows than planned need fewer words per name.
std::string SectionWriter::encode_presence() const {
  std::string out;
  if (!block_shift_) return out;
  for (size_t name = 0; name < plan_.names.size(); ++name) {
    out.append(reinterpret_cast<const char*>(presence_.data() + name * presence_words_), header_.presence_words() * 8);
  }
  return out;
}

Status SectionWriter::finish_columns() {
  const auto rows = static_cast<uint32_t>(header_.rows);
  if (Status done = column(ColumnId::player_rows).append(rows); !done) return done;
  const std::pair<ColumnId, std::string> rest[] = {
      {ColumnId::session_rows, std::move(session_rows_)},
      {ColumnId::session_ids, std::move(session_ids_)},
      {ColumnId::revenue_rows, std::move(revenue_rows_)},
      {ColumnId::revenue, std::move(revenue_)},
      {ColumnId::origin_rows, std::move(origin_rows_)},
      {ColumnId::origin_keys, std::move(origin_keys_)},
      {ColumnId::moved, encode_moved()},
      {ColumnId::names, encode_names()},
      {ColumnId::values, encode_values()},
      {ColumnId::presence, encode_presence()},
  };
  for (const auto& [id, bytes] : rest) {
    if (Status done = append_column(id, bytes); !done) return done;
  }
  for (size_t i = 0; i < kColumns; ++i) {
    if (Status done = columns_[i].finish(); !done) return done;
    header_.columns[i] = columns_[i].place();
  }
  return {};
}

Result<uint64_t> SectionWriter::finish() {
  if (Status done = finish_columns(); !done) return done.error();
  seal(header_);
  const std::string_view padding("\0\0\0\0\0\0\0\0", kPackedPadding);
  if (Status done = sink_.write_at(end_ - kPackedPadding, padding); !done) return done.error();
  const std::string_view header(reinterpret_cast<const char*>(&header_), kSectionHeaderBytes);
  if (Status done = sink_.write_at(0, header); !done) return done.error();
  return end_;
}

}  // namespace gm::behavior
