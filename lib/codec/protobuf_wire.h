#pragma once
// Reads the protobuf wire format field by field, without copying and without knowing the message: the caller asks what
// each field is and descends into embedded messages itself, as deep as it cares to. Never reads outside of the bytes
// given. https://protobuf.dev/programming-guides/encoding
//
//   ProtobufReader message(bytes);
//   while (message.next()) {
//     if (message.is(1, WireType::bytes)) use(message.bytes());
//   }
//   if (message.broken()) ...

#include <cstdint>
#include <string>
#include <string_view>

namespace gm::codec {

// Groups (3 and 4), which proto3 has no more, are broken.
enum class WireType : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  // Steps to the next field; false at the end and when broken.
  bool next();
  bool broken() const { return broken_; }
  uint32_t field() const { return field_; }
  WireType type() const { return type_; }
  bool is(uint32_t field, WireType type) const { return field_ == field && type_ == type; }
  // The value of a varint, fixed64 or fixed32 field.
  uint64_t integer() const { return integer_; }
  // A double is a fixed64 field.
  double number() const;
  // The value of a bytes field: a string, bytes, an embedded message or packed numbers.
  std::string_view bytes() const { return bytes_; }

 private:
  bool take_varint(uint64_t& out);
  bool take_fixed(size_t size);
  bool fail() {
    broken_ = true;
    return false;
  }

  std::string_view rest_;
  std::string_view bytes_;
  uint64_t integer_ = 0;
  uint32_t field_ = 0;
  WireType type_ = WireType::varint;
  bool broken_ = false;
};

// Appends one field to a message.
void append_protobuf_integer(std::string& message, uint32_t field, uint64_t value);
void append_protobuf_bytes(std::string& message, uint32_t field, std::string_view value);

}  // namespace gm::codec
