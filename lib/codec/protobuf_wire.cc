#include "lib/codec/protobuf_wire.h"

#include <bit>
#include <cstring>

namespace gm::codec {
namespace {

constexpr int kVarintBytesMax = 10;
constexpr int kTypeBits = 3;
constexpr uint64_t kFieldMax = (1u << 29) - 1;

static_assert(std::endian::native == std::endian::little, "fixed fields are copied as they lie in memory");

void append_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void append_tag(std::string& out, uint32_t field, WireType type) {
  append_varint(out, (uint64_t{field} << kTypeBits) | static_cast<uint64_t>(type));
}

}  // namespace

bool ProtobufReader::take_varint(uint64_t& out) {
  out = 0;
  for (int i = 0; i < kVarintBytesMax && static_cast<size_t>(i) < rest_.size(); ++i) {
    const auto byte = static_cast<uint8_t>(rest_[static_cast<size_t>(i)]);
    if (i == kVarintBytesMax - 1 && byte > 1) return false;  // more than 64 bits
    out |= uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(static_cast<size_t>(i) + 1);
      return true;
    }
  }
  return false;
}

bool ProtobufReader::take_fixed(size_t size) {
  if (rest_.size() < size) return false;
  integer_ = 0;
  std::memcpy(&integer_, rest_.data(), size);
  rest_.remove_prefix(size);
  return true;
}

bool ProtobufReader::next() {
  if (broken_ || rest_.empty()) return false;
  uint64_t tag = 0;
  if (!take_varint(tag)) return fail();
  const uint64_t field = tag >> kTypeBits;
  if (field == 0 || field > kFieldMax) return fail();
  field_ = static_cast<uint32_t>(field);
  type_ = static_cast<WireType>(tag & ((1u << kTypeBits) - 1));
  bytes_ = {};
  integer_ = 0;
  switch (type_) {
    case WireType::varint:
      return take_varint(integer_) || fail();
    case WireType::fixed64:
      return take_fixed(sizeof(uint64_t)) || fail();
    case WireType::fixed32:
      return take_fixed(sizeof(uint32_t)) || fail();
    case WireType::bytes: {
      uint64_t size = 0;
      if (!take_varint(size) || size > rest_.size()) return fail();
      bytes_ = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
  }
  return fail();
}

double ProtobufReader::number() const { return std::bit_cast<double>(integer_); }

void append_protobuf_integer(std::string& message, uint32_t field, uint64_t value) {
  append_tag(message, field, WireType::varint);
  append_varint(message, value);
}

void append_protobuf_bytes(std::string& message, uint32_t field, std::string_view value) {
  append_tag(message, field, WireType::bytes);
  append_varint(message, value.size());
  message += value;
}

}  // namespace gm::codec
