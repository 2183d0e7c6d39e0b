#pragma once
// The bytes of a section: one project's events of one log partition, sorted by (player, time, offset), a column each.
// docs/formats/behavior-index.md is the reference; change both or neither.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace gm::behavior {

static_assert(std::endian::native == std::endian::little, "the files of this folder are little-endian");

inline constexpr uint32_t kSectionVersion = 1;
inline constexpr int64_t kTimeMax = int64_t{1} << 55;  // Unix ms, before and after 1970: a million years
inline constexpr int32_t kDateMax = 1 << 29;           // days
inline constexpr uint64_t kRowsMax = UINT32_MAX - 1;   // of one section: rows are numbered with 32 bits

// Error codes of this folder.
inline constexpr std::string_view kCorrupt = "gm-behavior-corrupt";     // bytes on disk are not what was written
inline constexpr std::string_view kStale = "gm-behavior-stale";         // an identity was taken back; being rewritten
inline constexpr std::string_view kBehind = "gm-behavior-behind";       // events are missing; being fed again
inline constexpr std::string_view kInvalid = "gm-behavior-invalid";     // the question cannot be asked so
inline constexpr std::string_view kTooLarge = "gm-behavior-too-large";  // the answer would have too many cells

enum class ColumnId : uint8_t {
  player_keys,   // u64 per player, rising
  player_rows,   // u32 per player: his first row; one more: the number of rows
  events,        // code of the name, 1, 2 or 4 bytes
  times,         // packed, ms since time_base
  dates,         // packed, days since date_base
  attributes,    // packed, code of (country, platform, build, source)
  offsets,       // packed, since offset_base
  session_rows,  // u32: rows at which a player's session id differs from his row before (from none at his first)
  session_ids,   // u64: the id from that row on; 0 = none
  revenue_rows,  // u32: rows with revenue
  revenue,       // i64, micros
  origin_rows,   // u32: rows whose event was another player's before an identity merge
  origin_keys,   // u64: that player
  moved,         // u64, u64: (origin, player) pairs of the two above, each once, rising
  names,         // texts: event names by code
  values,        // four texts: values of each attribute; then u32 x 4 per attribute code
  presence,      // u64 x presence_words() per code: bit b tells whether block b holds an event of the code; or empty
};
inline constexpr size_t kColumns = 17;

struct ColumnPlace {
  uint64_t at = 0;     // from the section's first byte
  uint64_t bytes = 0;  // without padding
  uint32_t crc = 0;
  uint32_t unused = 0;
};

// Stored as it is in memory.
struct SectionHeader {
  std::array<char, 8> magic = {'G', 'M', 'B', 'E', 'H', 'S', 'E', 'C'};
  uint32_t version = kSectionVersion;
  uint32_t project = 0;
  uint32_t partition = 0;
  uint32_t names = 0;
  uint64_t rows = 0;
  uint64_t players = 0;
  uint64_t attribute_codes = 0;
  int64_t time_base = 0, time_last = 0;
  uint64_t offset_base = 0, offset_last = 0;
  int32_t date_base = 0, date_last = 0;
  uint8_t event_bytes = 1, time_bits = 0, date_bits = 0, attribute_bits = 0, offset_bits = 0, block_shift = 8;
  uint16_t unused = 0;
  std::array<ColumnPlace, kColumns> columns{};
  uint32_t unused_too = 0;
  uint32_t crc = 0;  // of all bytes before

  const ColumnPlace& column(ColumnId id) const { return columns[static_cast<size_t>(id)]; }
  ColumnPlace& column(ColumnId id) { return columns[static_cast<size_t>(id)]; }
  uint64_t blocks() const { return (rows + (uint64_t{1} << block_shift) - 1) >> block_shift; }
  uint64_t presence_words() const { return (blocks() + 63) / 64; }
};
inline constexpr size_t kSectionHeaderBytes = sizeof(SectionHeader);
static_assert(kSectionHeaderBytes == 96 + kColumns * 24 + 8);

// Blocks are as short as the presence bits allow at a quarter of a byte a row; nullopt: too many names for that.
std::optional<uint8_t> block_shift_for(uint64_t names, uint64_t rows);
inline constexpr uint8_t kBlockShiftMin = 8;
inline constexpr uint8_t kBlockShiftMax = 12;

void seal(SectionHeader& header);  // sets the checksum
// The header of a section that spans `bytes`: checksum, version and every size agree with each other. Error kCorrupt.
Result<SectionHeader> decode_section_header(std::string_view bytes);

}  // namespace gm::behavior
