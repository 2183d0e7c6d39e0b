#include "lib/behavior/section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "lib/codec/crc32c.h"

namespace gm::behavior {
namespace {

Error damaged(std::string_view what) { return {std::string(kCorrupt), fmt::format("behaviour section: {}", what)}; }

bool rises_below(const PlainView<uint32_t>& rows, uint64_t end) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= end || (i > 0 && rows[i - 1] >= rows[i])) return false;
  }
  return true;
}

bool at_most(const PackedView& values, size_t count, uint64_t largest) {
  uint64_t seen = 0;
  for (size_t i = 0; i < count; ++i) seen = std::max(seen, values[i]);
  return seen <= largest;
}

template <typename T>
bool codes_below(const char* bytes, size_t count, uint64_t end) {
  const PlainView<T> codes(std::string_view(bytes, count * sizeof(T)));
  T seen = 0;
  for (size_t i = 0; i < count; ++i) seen = std::max(seen, codes[i]);
  return seen < end;
}

}  // namespace

Section::Section(std::shared_ptr<const void> owner, std::string_view bytes, const SectionHeader& header)
    : owner_(std::move(owner)), bytes_(bytes), header_(header) {
  const auto packed = [&](ColumnId id, unsigned bits) { return PackedView(bytes_of(id).data(), bits); };
  player_keys_ = PlainView<uint64_t>(bytes_of(ColumnId::player_keys));
  player_rows_ = PlainView<uint32_t>(bytes_of(ColumnId::player_rows));
  events_ = bytes_of(ColumnId::events).data();
  times_ = packed(ColumnId::times, header.time_bits);
  dates_ = packed(ColumnId::dates, header.date_bits);
  attributes_ = packed(ColumnId::attributes, header.attribute_bits);
  offsets_ = packed(ColumnId::offsets, header.offset_bits);
  session_rows_ = PlainView<uint32_t>(bytes_of(ColumnId::session_rows));
  session_ids_ = PlainView<uint64_t>(bytes_of(ColumnId::session_ids));
  revenue_rows_ = PlainView<uint32_t>(bytes_of(ColumnId::revenue_rows));
  revenue_ = PlainView<int64_t>(bytes_of(ColumnId::revenue));
  origin_rows_ = PlainView<uint32_t>(bytes_of(ColumnId::origin_rows));
  origin_keys_ = PlainView<uint64_t>(bytes_of(ColumnId::origin_keys));
}

Result<SectionPtr> Section::open(std::shared_ptr<const void> owner, std::string_view bytes) {
  const auto header = decode_section_header(bytes);
  if (!header) return header.error();
  // Not make_shared: the constructor is private.
  const std::shared_ptr<Section> section(new Section(std::move(owner), bytes, *header));
  if (Status read = section->read_dictionaries(); !read) return read.error();
  return SectionPtr(section);
}

std::string_view Section::bytes_of(ColumnId id) const {
  const ColumnPlace& place = header_.column(id);
  return bytes_.substr(place.at, place.bytes);
}

Status Section::read_dictionaries() {
  if (Status sums = verify({ColumnId::names, ColumnId::values, ColumnId::moved}); !sums) return sums;
  std::string_view rest = bytes_of(ColumnId::names);
  auto names = take_texts(rest);
  if (!names || !rest.empty() || names->size() != header_.names) return damaged("the list of event names");
  names_ = std::move(*names);
  if (!read_values()) return damaged("the attribute values");
  if (!read_moved()) return damaged("the list of moved players");
  return {};
}

bool Section::read_values() {
  std::string_view rest = bytes_of(ColumnId::values);
  for (Texts& values : values_) {
    auto taken = take_texts(rest);
    if (!taken) return false;
    values = std::move(*taken);
  }
  if (rest.size() != header_.attribute_codes * sizeof(AttributeValues)) return false;
  attribute_values_.resize(header_.attribute_codes);
  if (!rest.empty()) std::memcpy(attribute_values_.data(), rest.data(), rest.size());
  for (const AttributeValues& codes : attribute_values_) {
    for (size_t d = 0; d < kDimensions; ++d) {
      if (codes[d] >= values_[d].size()) return false;
    }
  }
  return true;
}

bool Section::read_moved() {
  const PlainView<uint64_t> keys(bytes_of(ColumnId::moved));
  for (size_t i = 0; i + 1 < keys.size(); i += 2) {
    moved_.emplace_back(keys[i], keys[i + 1]);
    if (i > 0 && !(moved_[i / 2 - 1] < moved_[i / 2])) return false;
  }
  return true;
}

Status Section::verify(ColumnSet columns) const {
  const uint32_t missing = columns.bits() & ~verified_.load(std::memory_order_acquire);
  for (size_t i = 0; i < kColumns; ++i) {
    if ((missing >> i & 1) == 0) continue;
    if (Status verified = verify_column(static_cast<ColumnId>(i)); !verified) return verified;
  }
  return {};
}

Status Section::verify_column(ColumnId id) const {
  const std::string_view bytes = bytes_of(id);
  if (codec::crc32c(0, bytes) != header_.column(id).crc || !in_bounds(id))
    return damaged(fmt::format("column {} of project {}", static_cast<int>(id), header_.project));
  verified_.fetch_or(1u << static_cast<unsigned>(id), std::memory_order_acq_rel);
  return {};
}

bool Section::in_bounds(ColumnId id) const {
  switch (id) {
    case ColumnId::player_keys:
      for (size_t i = 1; i < players(); ++i) {
        if (player_keys_[i - 1] >= player_keys_[i]) return false;
      }
      return true;
    case ColumnId::player_rows:
      return player_rows_[0] == 0 && player_rows_[players()] == rows() && rises_below(player_rows_, rows() + 1);
    case ColumnId::events:
      return events_in_bounds();
    case ColumnId::times:
      return at_most(times_, rows(), static_cast<uint64_t>(header_.time_last - header_.time_base));
    case ColumnId::offsets:
      return at_most(offsets_, rows(), header_.offset_last - header_.offset_base);
    case ColumnId::dates:
      return at_most(dates_, rows(), static_cast<uint64_t>(int64_t{header_.date_last} - header_.date_base));
    case ColumnId::attributes:
      return rows() == 0 || (header_.attribute_codes > 0 && at_most(attributes_, rows(), header_.attribute_codes - 1));
    case ColumnId::session_rows:
      return rises_below(session_rows_, rows());
    case ColumnId::revenue_rows:
      return rises_below(revenue_rows_, rows());
    case ColumnId::origin_rows:
      return rises_below(origin_rows_, rows());
    default:
      return true;
  }
}

bool Section::events_in_bounds() const {
  if (rows() == 0) return true;
  if (header_.event_bytes == 1) return codes_below<uint8_t>(events_, rows(), header_.names);
  if (header_.event_bytes == 2) return codes_below<uint16_t>(events_, rows(), header_.names);
  return codes_below<uint32_t>(events_, rows(), header_.names);
}

uint32_t Section::event(Row row) const {
  uint32_t code = 0;
  std::memcpy(&code, events_ + size_t{row} * header_.event_bytes, header_.event_bytes);
  return code;
}

}  // namespace gm::behavior
