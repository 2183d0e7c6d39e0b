#include "lib/behavior/section_format.h"

#include <fmt/format.h>

#include <cstring>

#include "lib/behavior/packed.h"
#include "lib/codec/crc32c.h"

namespace gm::behavior {
namespace {

constexpr uint64_t kRowsPerPresenceByte = 4;

uint32_t header_crc(const SectionHeader& header) {
  const char* bytes = reinterpret_cast<const char*>(&header);
  return codec::crc32c(0, {bytes, kSectionHeaderBytes - sizeof header.crc});
}

Error damaged(std::string_view what) { return {std::string(kCorrupt), fmt::format("behaviour section: {}", what)}; }

bool is_code_width(uint8_t bytes, uint32_t names) {
  if (bytes == 1) return names <= 0x100;
  if (bytes == 2) return names <= 0x10000;
  return bytes == 4;
}

// The sizes that follow from the counts; nullopt for columns of any size.
std::optional<uint64_t> expected_bytes(const SectionHeader& h, ColumnId id) {
  switch (id) {
    case ColumnId::player_keys:
      return h.players * 8;
    case ColumnId::player_rows:
      return (h.players + 1) * 4;
    case ColumnId::events:
      return h.rows * h.event_bytes;
    case ColumnId::times:
      return packed_bytes(h.rows, h.time_bits);
    case ColumnId::dates:
      return packed_bytes(h.rows, h.date_bits);
    case ColumnId::attributes:
      return packed_bytes(h.rows, h.attribute_bits);
    case ColumnId::offsets:
      return packed_bytes(h.rows, h.offset_bits);
    default:
      return std::nullopt;
  }
}

bool pairs_agree(const SectionHeader& h, ColumnId rows, ColumnId values) {
  const uint64_t count = h.column(rows).bytes / 4;
  return h.column(rows).bytes % 4 == 0 && h.column(values).bytes == count * 8 && count <= h.rows;
}

// Differences of times and dates fit their types.
bool ranges_are_possible(const SectionHeader& h) {
  return h.date_base <= h.date_last && h.date_base >= -kDateMax && h.date_last <= kDateMax &&
         h.time_base <= h.time_last && h.time_base >= -kTimeMax && h.time_last <= kTimeMax &&
         h.offset_base <= h.offset_last;
}

bool widths_are_possible(const SectionHeader& h) {
  for (const unsigned bits : {h.time_bits, h.date_bits, h.attribute_bits, h.offset_bits}) {
    if (bits > kPackedBitsMax) return false;
  }
  if (h.block_shift < kBlockShiftMin || h.block_shift > kBlockShiftMax) return false;
  if (h.rows > kRowsMax || h.players > h.rows || h.names > kRowsMax || h.attribute_codes > kRowsMax) return false;
  return is_code_width(h.event_bytes, h.names) && ranges_are_possible(h);
}

bool columns_are_inside(const SectionHeader& h, uint64_t bytes) {
  for (const ColumnPlace& place : h.columns) {
    if (place.at < kSectionHeaderBytes || place.at > bytes || bytes - place.at < kPackedPadding) return false;
    if (place.bytes > bytes - place.at - kPackedPadding) return false;
  }
  return true;
}

}  // namespace

std::optional<uint8_t> block_shift_for(uint64_t names, uint64_t rows) {
  for (uint8_t shift = kBlockShiftMin; shift <= kBlockShiftMax; ++shift) {
    SectionHeader header;
    header.rows = rows;
    header.block_shift = shift;
    if (names * header.presence_words() * 8 <= rows / kRowsPerPresenceByte) return shift;
  }
  return std::nullopt;
}

void seal(SectionHeader& header) { header.crc = header_crc(header); }

Result<SectionHeader> decode_section_header(std::string_view bytes) {
  if (bytes.size() < kSectionHeaderBytes) return damaged("shorter than its header");
  SectionHeader header;
  std::memcpy(static_cast<void*>(&header), bytes.data(), kSectionHeaderBytes);
  if (header.magic != SectionHeader{}.magic) return damaged("no section begins here");
  if (header.crc != header_crc(header)) return damaged("the header does not match its checksum");
  if (header.version != kSectionVersion) return damaged(fmt::format("version {}", header.version));
  if (!widths_are_possible(header)) return damaged("impossible widths or counts");
  if (!columns_are_inside(header, bytes.size())) return damaged("a column lies outside");
  for (size_t i = 0; i < kColumns; ++i) {
    const auto expected = expected_bytes(header, static_cast<ColumnId>(i));
    if (expected && *expected != header.columns[i].bytes)
      return damaged("a column has another size than its rows need");
  }
  if (!pairs_agree(header, ColumnId::session_rows, ColumnId::session_ids) ||
      !pairs_agree(header, ColumnId::revenue_rows, ColumnId::revenue) ||
      !pairs_agree(header, ColumnId::origin_rows, ColumnId::origin_keys) ||
      header.column(ColumnId::moved).bytes % 16 != 0) {
    return damaged("rows and values of a sparse column differ in number");
  }
  const uint64_t presence = header.column(ColumnId::presence).bytes;
  if (presence != 0 && presence != header.names * header.presence_words() * 8) return damaged("presence bits");
  return header;
}

}  // namespace gm::behavior
