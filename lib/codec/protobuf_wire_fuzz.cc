#include "lib/codec/protobuf_wire.h"

namespace {

// Descends as a decoder would, where the bytes of a field may again be a message. What was read and is written again
// must read as the same.
void walk(std::string_view message, int depth) {
  using gm::codec::ProtobufReader;
  using gm::codec::WireType;
  ProtobufReader reader(message);
  while (reader.next()) {
    if (reader.type() != WireType::bytes && reader.type() != WireType::varint) continue;
    std::string again;
    if (reader.type() == WireType::varint) {
      gm::codec::append_protobuf_integer(again, reader.field(), reader.integer());
    } else {
      const std::string_view bytes = reader.bytes();
      if (bytes.data() < message.data() || bytes.data() + bytes.size() > message.data() + message.size())
        __builtin_trap();
      gm::codec::append_protobuf_bytes(again, reader.field(), bytes);
      if (depth > 0) walk(bytes, depth - 1);
    }
    ProtobufReader back(again);
    if (!back.next() || !back.is(reader.field(), reader.type()) || back.integer() != reader.integer() ||
        back.bytes() != reader.bytes() || back.next() || back.broken())
      __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  walk({reinterpret_cast<const char*>(data), size}, 4);
  return 0;
}
