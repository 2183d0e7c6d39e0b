#include "adapters/embedded/segment_format.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstring>

#include "lib/codec/crc32c.h"

namespace gm::embedded {
namespace {

static_assert(std::endian::native == std::endian::little, "the segment format is little-endian");

constexpr std::string_view kMagic = "GMLOGSEG";
constexpr size_t kSegmentCrcAt = 28;
constexpr size_t kFrameCrcBytes = 4;
constexpr size_t kNameDigits = 20;
constexpr std::string_view kSuffix = ".seg";

template <typename T>
void put(char* out, size_t at, T value) {
  std::memcpy(out + at, &value, sizeof value);
}

template <typename T>
T get(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

bool possible(const FrameHeader& header, uint64_t position) {
  if (header.payload_bytes > kPayloadBytesMax || header.commit_back + kSegmentHeaderBytes > position) return false;
  if (header.base + header.count < header.base) return false;
  if (header.flags == kSeal) return header.count == 0 && header.payload_bytes == 0;
  if (header.flags == kGap) return header.count > 0 && header.payload_bytes == 0;
  return header.flags == 0 && header.count > 0;
}

}  // namespace

SegmentHeaderBytes encode(const SegmentHeader& header) {
  SegmentHeaderBytes bytes{};
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  put(bytes.data(), 8, header.version);
  put(bytes.data(), 12, header.salt);
  put(bytes.data(), 16, header.base);
  put(bytes.data(), kSegmentCrcAt, codec::crc32c(0, std::string_view(bytes.data(), kSegmentCrcAt)));
  return bytes;
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || bytes.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  if (get<uint32_t>(bytes, kSegmentCrcAt) != codec::crc32c(0, bytes.substr(0, kSegmentCrcAt))) return std::nullopt;
  return SegmentHeader{get<uint32_t>(bytes, 8), get<uint32_t>(bytes, 12), get<uint64_t>(bytes, 16)};
}

FrameHeaderBytes encode(const FrameHeader& header, uint32_t salt) {
  FrameHeaderBytes bytes;
  put(bytes.data(), 4, header.payload_bytes);
  put(bytes.data(), 8, header.base);
  put(bytes.data(), 16, header.count);
  put(bytes.data(), 20, header.flags);
  put(bytes.data(), 24, header.appended_ms);
  put(bytes.data(), 32, header.commit_back);
  put(bytes.data(), 36, header.payload_crc);
  put(bytes.data(), 0, codec::crc32c(salt, std::string_view(bytes.data(), bytes.size()).substr(kFrameCrcBytes)));
  return bytes;
}

std::optional<FrameHeader> decode_frame_header(std::string_view bytes, uint32_t salt, uint64_t position) {
  if (bytes.size() < kFrameHeaderBytes) return std::nullopt;
  FrameHeader header;
  header.payload_bytes = get<uint32_t>(bytes, 4);
  header.base = get<uint64_t>(bytes, 8);
  header.count = get<uint32_t>(bytes, 16);
  header.flags = get<uint32_t>(bytes, 20);
  header.appended_ms = get<int64_t>(bytes, 24);
  header.commit_back = get<uint32_t>(bytes, 32);
  header.payload_crc = get<uint32_t>(bytes, 36);
  // The cheap test first: a search for frames in damaged bytes comes by here once per byte.
  if (!possible(header, position)) return std::nullopt;
  const std::string_view covered = bytes.substr(kFrameCrcBytes, kFrameHeaderBytes - kFrameCrcBytes);
  if (get<uint32_t>(bytes, 0) != codec::crc32c(salt, covered)) return std::nullopt;
  return header;
}

std::string segment_name(log::Offset base) { return fmt::format("{:020}{}", base, kSuffix); }

std::optional<log::Offset> segment_base(std::string_view name) {
  if (name.size() != kNameDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  log::Offset base = 0;
  const char* end = name.data() + kNameDigits;
  const auto parsed = std::from_chars(name.data(), end, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return base;
}

Error corrupt(const std::string& path, uint64_t position, std::string_view what) {
  return {std::string(kLogCorrupt),
          fmt::format(
              "{} is damaged at byte {}: {}. Run 'gamemetrics log check' for the extent and 'gamemetrics log repair' "
              "to set the damaged bytes aside.",
              path, position, what)};
}

Error unavailable(const Error& cause) { return {std::string(kLogUnavailable), cause.message}; }

}  // namespace gm::embedded
