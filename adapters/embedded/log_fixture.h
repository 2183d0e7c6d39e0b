#pragma once
// For the log's tests: small settings, appends that wait for their answer, payloads that tell their offset.

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/embedded/event_log.h"
#include "adapters/embedded/segment_format.h"
#include "lib/codec/crc32c.h"
#include "lib/io/faulty_file.h"

namespace gm::embedded {

inline constexpr int64_t kTestNow = 1'764'000'000'000;

inline LogSettings small_log(std::string directory = "/data/log") {
  LogSettings settings;
  settings.directory = std::move(directory);
  settings.segment_bytes = 4096;
  settings.disk_free_min = 0;
  return settings;
}

inline std::future<Result<log::Offset>> append_later(log::EventLog& log, std::string payload, uint32_t count,
                                                     log::Topic topic = log::Topic::events_raw) {
  auto answer = std::make_shared<std::promise<Result<log::Offset>>>();
  auto future = answer->get_future();
  log.append(topic, 0, std::move(payload), count, [answer](Result<log::Offset> r) { answer->set_value(std::move(r)); });
  return future;
}

inline Result<log::Offset> append(log::EventLog& log, std::string payload, uint32_t count,
                                  log::Topic topic = log::Topic::events_raw) {
  auto future = append_later(log, std::move(payload), count, topic);
  if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) return Error{"test", "no answer"};
  return future.get();
}

// All frames from `from` on, read in pieces of about `bytes`.
inline Result<std::vector<log::Frame>> read_all(log::EventLog& log, log::Offset from = 0, size_t bytes = 1500,
                                                log::Topic topic = log::Topic::events_raw) {
  std::vector<log::Frame> all;
  while (true) {
    auto piece = log.read(topic, 0, from, bytes);
    if (!piece) return piece.error();
    if (piece->empty()) return all;
    from = piece->back().base + piece->back().count;
    for (log::Frame& frame : *piece) all.push_back(std::move(frame));
  }
}

inline std::string segment_path(log::Offset base, const std::string& topic = "events.raw") {
  std::string digits = std::to_string(base);
  return "/data/log/" + topic + "/" + std::string(20 - digits.size(), '0') + digits + ".seg";
}

// Writes segment bytes by hand, commit by commit.
class SegmentBuilder {
 public:
  explicit SegmentBuilder(log::Offset base = 0, uint32_t salt = 0x5EED) : salt_(salt), next_(base) {
    const SegmentHeaderBytes header = encode(SegmentHeader{kSegmentVersion, salt, base});
    bytes_.assign(header.data(), header.size());
  }

  SegmentBuilder& commit(const std::vector<std::string>& payloads, uint32_t count = 1) {
    const size_t start = bytes_.size();
    for (const std::string& payload : payloads) {
      FrameHeader frame;
      frame.count = count;
      frame.commit_back = static_cast<uint32_t>(bytes_.size() - start);
      frame.payload_bytes = static_cast<uint32_t>(payload.size());
      frame.payload_crc = codec::crc32c(0, payload);
      add(frame);
      bytes_ += payload;
    }
    return *this;
  }
  SegmentBuilder& seal() {
    FrameHeader frame;
    frame.flags = kSeal;
    add(frame);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }
  log::Offset next() const { return next_; }

 private:
  void add(FrameHeader& frame) {
    frame.base = next_;
    frame.appended_ms = kTestNow;
    const FrameHeaderBytes header = encode(frame, salt_);
    bytes_.append(header.data(), header.size());
    next_ = frame.end();
  }

  uint32_t salt_;
  log::Offset next_;
  std::string bytes_;
};

}  // namespace gm::embedded
