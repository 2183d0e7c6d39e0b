#pragma once
// The bytes of a segment file: one header, then frames. docs/formats/log-segment.md is the reference; change both or
// neither.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/log/event_log.h"

namespace gm::embedded {

inline constexpr uint32_t kSegmentVersion = 1;
inline constexpr size_t kSegmentHeaderBytes = 32;
inline constexpr size_t kFrameHeaderBytes = 40;
inline constexpr uint64_t kPayloadBytesMax = 1ull << 30;

struct SegmentHeader {
  uint32_t version = kSegmentVersion;
  // Starts the checksum of every frame header of this file, so that no payload can contain bytes that pass for a frame.
  uint32_t salt = 0;
  log::Offset base = 0;
};

enum FrameFlags : uint32_t {
  kSeal = 1u << 0,  // no events; everything before it in the file was durable when it was written
  kGap = 1u << 1,   // `count` offsets that a repair had to give up
};

struct FrameHeader {
  uint32_t payload_bytes = 0;
  log::Offset base = 0;
  uint32_t count = 0;
  uint32_t flags = 0;
  int64_t appended_ms = 0;
  // From the first byte of the group commit this frame was written in to the first byte of this frame. All bytes before
  // that commit were durable when it was written: this tells a torn commit from damage to older data.
  uint32_t commit_back = 0;
  uint32_t payload_crc = 0;

  log::Offset end() const { return base + count; }
  uint64_t bytes() const { return kFrameHeaderBytes + uint64_t{payload_bytes}; }
  bool is_data() const { return flags == 0; }
};

using SegmentHeaderBytes = std::array<char, kSegmentHeaderBytes>;
using FrameHeaderBytes = std::array<char, kFrameHeaderBytes>;

SegmentHeaderBytes encode(const SegmentHeader& header);
FrameHeaderBytes encode(const FrameHeader& header, uint32_t salt);

// nullopt when `bytes` is short, has another magic or a wrong checksum. The version is not judged.
std::optional<SegmentHeader> decode_segment_header(std::string_view bytes);
// `position` is where the frame stands in the file. nullopt when short, when the checksum is wrong, or when the fields
// cannot be.
std::optional<FrameHeader> decode_frame_header(std::string_view bytes, uint32_t salt, uint64_t position);

// "00000000000000000500.seg" and back.
std::string segment_name(log::Offset base);
std::optional<log::Offset> segment_base(std::string_view name);

// Error codes of the log.
inline constexpr std::string_view kLogFull = "gm-log-full";
inline constexpr std::string_view kLogFailed = "gm-log-failed";
inline constexpr std::string_view kLogCorrupt = "gm-log-corrupt";
inline constexpr std::string_view kLogOffsetGone = "gm-log-offset-gone";
inline constexpr std::string_view kLogUnavailable = "gm-log-unavailable";
inline constexpr std::string_view kLogVersion = "gm-log-version";
inline constexpr std::string_view kLogLocked = "gm-log-locked";

Error corrupt(const std::string& path, uint64_t position, std::string_view what);
// An error of lib/io while reading or opening, under the log's own code.
Error unavailable(const Error& cause);

}  // namespace gm::embedded
