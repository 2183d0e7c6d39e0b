#include "adapters/embedded/segment_reader.h"

#include <algorithm>

#include "lib/codec/crc32c.h"

namespace gm::embedded {
namespace {

constexpr uint64_t kReadAhead = 1 << 20;

}  // namespace

std::optional<std::string_view> SegmentReader::window(uint64_t position, uint64_t bytes) {
  const bool held = position >= buffer_start_ && position + bytes <= buffer_start_ + buffer_bytes_;
  if (!held) {
    const uint64_t wanted = std::min(limit_ - position, std::max(bytes, kReadAhead));
    if (wanted > buffer_capacity_) {
      buffer_ = std::make_unique_for_overwrite<char[]>(wanted);
      buffer_capacity_ = wanted;
    }
    auto got = file_.read_at(std::span(buffer_.get(), wanted), position);
    if (!got) {
      error_ = unavailable(got.error());
      return std::nullopt;
    }
    buffer_start_ = position;
    buffer_bytes_ = *got;
  }
  return std::string_view(buffer_.get(), buffer_bytes_).substr(position - buffer_start_);
}

SegmentReader::Step SegmentReader::damaged(std::string_view problem) {
  problem_ = problem;
  return Step::damaged;
}

SegmentReader::Step SegmentReader::next() {
  position_ += step_;
  step_ = 0;
  if (position_ >= limit_) return Step::end;
  if (limit_ - position_ < kFrameHeaderBytes) return damaged("a frame header is cut short");
  auto bytes = window(position_, kFrameHeaderBytes);
  if (!bytes) return Step::unreadable;
  const auto header = decode_frame_header(*bytes, salt_, position_);
  if (!header) return damaged("no valid frame header");
  if (header->bytes() > limit_ - position_) return damaged("a frame is cut short");
  bytes = window(position_, header->bytes());
  if (!bytes) return Step::unreadable;
  if (bytes->size() < header->bytes()) return damaged("the file is shorter than it was");
  payload_ = bytes->substr(kFrameHeaderBytes, header->payload_bytes);
  if (codec::crc32c(0, payload_) != header->payload_crc)
    return damaged("a frame's payload does not match its checksum");
  header_ = *header;
  step_ = header->bytes();
  return Step::frame;
}

}  // namespace gm::embedded
