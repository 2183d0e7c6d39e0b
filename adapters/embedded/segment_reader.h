#pragma once
// Walks the frames of one segment file and verifies each.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/embedded/segment_format.h"
#include "lib/io/file.h"

namespace gm::embedded {

// Reads ahead in pieces of 1 MiB. For one thread.
class SegmentReader {
 public:
  // Frames from `position` (where a frame starts) up to `limit`; `file` outlives the reader.
  SegmentReader(io::File& file, uint32_t salt, uint64_t position, uint64_t limit)
      : file_(file), salt_(salt), position_(position), limit_(limit) {}

  enum class Step : uint8_t {
    frame,       // header() and payload() hold it
    end,         // the limit was reached exactly
    damaged,     // position() is where a frame should be; problem() says why it is none
    unreadable,  // the file could not be read: error()
  };
  // Moves past the frame of the step before. After anything but `frame` the reader is spent.
  Step next();

  const FrameHeader& header() const { return header_; }
  // Valid until the next step.
  std::string_view payload() const { return payload_; }
  // Of the current frame's first byte, or of the damage.
  uint64_t position() const { return position_; }
  std::string_view problem() const { return problem_; }
  const Error& error() const { return error_; }

 private:
  // The file's bytes from `position`, at least `bytes` of them; nullopt after a failed read. Precondition: they lie
  // below the limit.
  std::optional<std::string_view> window(uint64_t position, uint64_t bytes);
  Step damaged(std::string_view problem);

  io::File& file_;
  uint32_t salt_;
  uint64_t position_;
  uint64_t limit_;
  std::unique_ptr<char[]> buffer_;
  uint64_t buffer_capacity_ = 0;
  uint64_t buffer_start_ = 0;
  uint64_t buffer_bytes_ = 0;
  uint64_t step_ = 0;  // bytes of the current frame
  FrameHeader header_;
  std::string_view payload_;
  std::string_view problem_;
  Error error_;
};

}  // namespace gm::embedded
