#pragma once
// For tests: the frames that a client sends.

#include <cstdint>
#include <string>
#include <string_view>

namespace gm::http {

inline constexpr uint8_t kTextOpcode = 1, kBinaryOpcode = 2, kCloseOpcode = 8, kPingOpcode = 9, kPongOpcode = 10;

inline std::string client_frame(uint8_t opcode, std::string_view payload, bool last = true, bool masked = true) {
  constexpr char kMask[] = {'\x11', '\x22', '\x33', '\x44'};
  const size_t size = payload.size();
  const int length_bytes = size <= 125 ? 0 : size <= 0xffff ? 2 : 8;
  std::string out;
  out += static_cast<char>((last ? 0x80 : 0) | opcode);
  const auto length = static_cast<uint8_t>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
  out += static_cast<char>((masked ? 0x80 : 0) | length);
  for (int byte = length_bytes - 1; byte >= 0; --byte) out += static_cast<char>(size >> (8 * byte));
  if (masked) out.append(kMask, sizeof kMask);
  for (size_t i = 0; i < size; ++i) out += masked ? static_cast<char>(payload[i] ^ kMask[i % 4]) : payload[i];
  return out;
}

inline std::string client_close(uint16_t code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  payload += reason;
  return client_frame(kCloseOpcode, payload);
}

}  // namespace gm::http
