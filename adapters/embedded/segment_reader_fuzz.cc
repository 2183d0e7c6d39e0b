// A segment made of the input, in two ways: as raw bytes, and as well-formed commits that the input then damages
// (random bytes alone never pass a checksum). Whatever the bytes: no crash, check and open agree, and after a repair
// the log opens, reads and takes appends.

#include <algorithm>
#include <cstdlib>
#include <string>

#include "adapters/embedded/log_check.h"
#include "adapters/embedded/log_fixture.h"
#include "adapters/embedded/topic_log.h"

namespace {

using namespace gm;  // NOLINT(google-build-using-namespace): a program of one file

void check(bool holds) {
  if (!holds) std::abort();
}

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  uint8_t byte() { return rest_.empty() ? 0 : static_cast<uint8_t>(take(1)[0]); }
  std::string_view take(size_t n) {
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::string built_segment(Input& input) {
  embedded::SegmentBuilder built;
  for (int commits = input.byte() % 6; commits > 0; --commits) {
    std::vector<std::string> payloads;
    for (int frames = 1 + input.byte() % 3; frames > 0; --frames) payloads.emplace_back(input.take(input.byte()));
    built.commit(payloads, 1 + input.byte());
    if (input.byte() % 4 == 0) built.seal();
  }
  std::string bytes = built.bytes();
  while (!input.empty()) {
    const size_t at = (size_t{input.byte()} << 8 | input.byte()) % (bytes.size() + 1);
    switch (input.byte() % 3) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 + input.byte() % 255));
        break;
      case 1:
        bytes.resize(at);
        break;
      default:
        bytes.insert(at, input.take(input.byte()));
        break;
    }
    if (bytes.empty()) break;
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  io::FaultyFileSystem files;
  const bool raw = input.byte() % 4 == 0;
  const std::string bytes = raw ? std::string(input.take(size)) : built_segment(input);
  files.put(embedded::segment_path(0), bytes);
  const embedded::LogSettings settings = embedded::small_log();
  SeededRandom random(1);
  auto reports = embedded::check_log(settings.directory, files);
  if (!reports) {
    check(reports.error().code == "gm-log-version");
    return 0;
  }
  check(reports->size() == 1 && files.content(embedded::segment_path(0)) == bytes);
  const embedded::SegmentReport report = reports->front();
  check(report.good_bytes <= report.bytes);
  // The topic's log without the threads around it: a hundred times as many inputs in the same time.
  std::vector<embedded::TornTail> torn;
  const embedded::TopicLog::Surroundings surroundings{settings, files, random};
  if (report.state == embedded::SegmentState::corrupt) {
    auto refused = embedded::TopicLog::open(log::Topic::events_raw, surroundings, torn);
    check(!refused.ok() && refused.error().code == "gm-log-corrupt");
    check(embedded::repair_log(settings.directory, files, random).ok());
  }
  auto log = embedded::TopicLog::open(log::Topic::events_raw, surroundings, torn);
  check(log.ok());
  const log::Offset end = (*log)->end();
  check(end == report.end + report.events_lost);
  embedded::Append append;
  append.payload = "next";
  append.count = 1;
  append.payload_crc = codec::crc32c(0, append.payload);
  check((*log)->write(std::span(&append, 1), embedded::kTestNow).ok() && (*log)->commit().ok());
  uint64_t frames = 0;
  for (log::Offset from = 0; from <= end; ++frames) {
    auto read = (*log)->read(from, 1);
    check(read.ok() && read->size() == 1 && read->front().base >= from);
    from = read->front().base + read->front().count;
  }
  check(frames == report.frames + 1);
  return 0;
}
