#pragma once
// CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of the files this project writes.

#include <cstdint>
#include <string_view>

namespace gm::codec {

// Continues from `crc`, the value over the bytes before (0 at the start); uses the processor's instruction where there
// is one.
uint32_t crc32c(uint32_t crc, std::string_view bytes);

// The table-driven way, for processors without the instruction; the same values.
uint32_t crc32c_portable(uint32_t crc, std::string_view bytes);

}  // namespace gm::codec
