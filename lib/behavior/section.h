#pragma once
// Reads a section in place. docs/formats/behavior-index.md.

#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/base/time.h"
#include "lib/behavior/packed.h"
#include "lib/behavior/section_format.h"
#include "lib/behavior/texts.h"
#include "lib/store/analytics_store.h"

namespace gm::behavior {

using store::PlayerKey;
using Row = uint32_t;

// What an event carries besides its name that can be tested and broken down by.
enum class Dimension : uint8_t { country, platform, build, source };
inline constexpr size_t kDimensions = 4;
using AttributeValues = std::array<uint32_t, kDimensions>;  // codes of the values of one attribute code

class ColumnSet {
 public:
  constexpr ColumnSet(std::initializer_list<ColumnId> ids) {
    for (const ColumnId id : ids) bits_ |= 1u << static_cast<unsigned>(id);
  }
  constexpr bool has(ColumnId id) const { return (bits_ >> static_cast<unsigned>(id) & 1) != 0; }
  constexpr void add(ColumnSet other) { bits_ |= other.bits_; }
  constexpr uint32_t bits() const { return bits_; }
  static constexpr ColumnSet all() {
    ColumnSet set{};
    set.bits_ = (1u << kColumns) - 1;
    return set;
  }

 private:
  uint32_t bits_ = 0;
};

// Times of a section for a loop that writes elsewhere meanwhile: the compiler keeps this in registers.
struct TimeReader {
  PackedView times;
  uint64_t base;
  int64_t operator()(Row row) const { return static_cast<int64_t>(base + times[row]); }
};

// Safe to use from several threads. What is read of a column means something only after verify() accepted it.
class Section {
 public:
  // `bytes` live as long as `owner`. Dictionaries are verified here, the other columns by verify(). Error kCorrupt.
  static Result<std::shared_ptr<const Section>> open(std::shared_ptr<const void> owner, std::string_view bytes);

  // Checks, once per column, checksum and bounds: afterwards no value read leads outside of this section.
  Status verify(ColumnSet columns) const;

  const SectionHeader& header() const { return header_; }
  size_t rows() const { return header_.rows; }
  size_t bytes() const { return bytes_.size(); }
  size_t players() const { return header_.players; }
  const Texts& names() const { return names_; }
  const Texts& values(Dimension dimension) const { return values_[static_cast<size_t>(dimension)]; }
  const std::vector<AttributeValues>& attribute_values() const { return attribute_values_; }
  // (origin, player) of the events that an identity merge moved, each pair once, rising.
  const std::vector<std::pair<PlayerKey, PlayerKey>>& moved() const { return moved_; }

  PlayerKey player(size_t index) const { return player_keys_[index]; }
  size_t player_at_or_after(PlayerKey key) const { return player_keys_.lower_bound(key); }
  Row first_row(size_t index) const { return player_rows_[index]; }  // index == players(): the number of rows

  const char* event_codes() const { return events_; }
  uint32_t event(Row row) const;
  TimeReader time_reader() const { return {times_, static_cast<uint64_t>(header_.time_base)}; }
  int64_t time_ms(Row row) const { return time_reader()(row); }
  Date date(Row row) const { return {header_.date_base + static_cast<int32_t>(dates_[row])}; }
  uint32_t attributes(Row row) const { return static_cast<uint32_t>(attributes_[row]); }
  uint64_t offset(Row row) const { return header_.offset_base + offsets_[row]; }

  const PlainView<uint32_t>& session_rows() const { return session_rows_; }
  const PlainView<uint64_t>& session_ids() const { return session_ids_; }
  const PlainView<uint32_t>& revenue_rows() const { return revenue_rows_; }
  const PlainView<int64_t>& revenue() const { return revenue_; }
  const PlainView<uint32_t>& origin_rows() const { return origin_rows_; }
  const PlainView<uint64_t>& origin_keys() const { return origin_keys_; }

  // Empty when the section has none: then every block may hold every event.
  PlainView<uint64_t> presence() const { return PlainView<uint64_t>(bytes_of(ColumnId::presence)); }

 private:
  Section(std::shared_ptr<const void> owner, std::string_view bytes, const SectionHeader& header);
  Status read_dictionaries();
  bool read_values();
  bool read_moved();
  std::string_view bytes_of(ColumnId id) const;
  Status verify_column(ColumnId id) const;
  bool in_bounds(ColumnId id) const;
  bool events_in_bounds() const;

  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
  SectionHeader header_;
  Texts names_;
  std::array<Texts, kDimensions> values_;
  std::vector<AttributeValues> attribute_values_;
  std::vector<std::pair<PlayerKey, PlayerKey>> moved_;
  PlainView<uint64_t> player_keys_;
  PlainView<uint32_t> player_rows_;
  const char* events_ = nullptr;
  PackedView times_, dates_, attributes_, offsets_;
  PlainView<uint32_t> session_rows_, revenue_rows_, origin_rows_;
  PlainView<uint64_t> session_ids_, origin_keys_;
  PlainView<int64_t> revenue_;
  mutable std::atomic<uint32_t> verified_{0};
};

using SectionPtr = std::shared_ptr<const Section>;

}  // namespace gm::behavior
