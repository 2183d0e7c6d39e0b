#include "adapters/embedded/log_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "adapters/embedded/segment_format.h"
#include "adapters/embedded/segment_scan.h"

namespace gm::embedded {
namespace {

constexpr uint64_t kCopyPiece = 1 << 20;

struct Examined {
  SegmentReport report;
  SegmentHeader header;
  bool header_good = false;
  bool closed = false;  // not the newest of its topic
  int64_t last_ms = 0;
};

// Looks at the file's first bytes. True when they are a good header, with what follows left to examine.
Result<bool> examine_header(io::File& file, const log::Offset* next, Examined& examined) {
  SegmentReport& report = examined.report;
  SegmentHeaderBytes bytes;
  auto got = file.read_at(bytes, 0);
  if (!got) return unavailable(got.error());
  const auto header = decode_segment_header(std::string_view(bytes.data(), *got));
  if (header && header->version != kSegmentVersion) {
    return Error{std::string(kLogVersion), fmt::format("{} has format version {}", report.path, header->version)};
  }
  if (header && header->base == report.base) {
    examined.header = *header;
    examined.header_good = true;
    return true;
  }
  if (next == nullptr && report.bytes <= kSegmentHeaderBytes) {
    report.state = SegmentState::torn;
    report.problem = "a crash kept the segment from being created";
    return false;
  }
  report.state = SegmentState::corrupt;
  report.problem = "the segment header is damaged";
  // Without the header no frame can be verified. An event takes a byte at least, so this many offsets suffice.
  report.events_lost = next != nullptr ? *next - report.base : report.bytes;
  return false;
}

void judge(const SegmentScan& scan, const log::Offset* next, Examined& examined) {
  SegmentReport& report = examined.report;
  report.end = scan.end;
  report.good_bytes = scan.good_bytes;
  report.frames = scan.frames;
  report.events = scan.events;
  examined.last_ms = scan.last_ms;
  log::Offset resumes_at = scan.end;
  if (scan.damage) {
    report.problem = scan.damage->problem;
    report.state = scan.damage->corrupt || next != nullptr ? SegmentState::corrupt : SegmentState::torn;
    resumes_at = scan.damage->resumes_at;
  } else if (next != nullptr && (scan.end != *next || !scan.sealed)) {
    report.problem = "the segment does not end with a seal where the next one begins";
    report.state = SegmentState::corrupt;
  }
  if (next != nullptr) resumes_at = *next;
  if (report.state == SegmentState::corrupt) report.events_lost = resumes_at - scan.end;
}

Result<Examined> examine(io::FileSystem& files, const std::string& directory, log::Topic topic, log::Offset base,
                         const log::Offset* next) {
  Examined examined;
  examined.closed = next != nullptr;
  SegmentReport& report = examined.report;
  report.path = directory + "/" + segment_name(base);
  report.topic = topic;
  report.base = report.end = base;
  auto file = files.open(report.path, io::OpenMode::read);
  if (!file) return unavailable(file.error());
  auto size = (*file)->size();
  if (!size) return unavailable(size.error());
  report.bytes = *size;
  auto header = examine_header(**file, next, examined);
  if (!header) return header.error();
  if (!*header) return examined;
  auto scan = scan_segment(**file, examined.header, report.bytes, next != nullptr ? *next : UINT64_MAX);
  if (!scan) return scan.error();
  judge(*scan, next, examined);
  return examined;
}

Result<std::string> free_name(io::FileSystem& files, const std::string& path) {
  for (int number = 1;; ++number) {
    std::string name = path + ".quarantine" + (number == 1 ? "" : fmt::format(".{}", number));
    auto file = files.open(name, io::OpenMode::read);
    if (!file && file.error().code == io::kNotFound) return name;
    if (!file) return unavailable(file.error());
  }
}

// Evidence is never overwritten, and it is durable before the original is touched.
Status quarantine(io::FileSystem& files, SegmentReport& report) {
  if (report.good_bytes >= report.bytes) return {};
  auto name = free_name(files, report.path);
  if (!name) return name.error();
  auto from = files.open(report.path, io::OpenMode::read);
  if (!from) return unavailable(from.error());
  auto to = files.open(*name, io::OpenMode::create);
  if (!to) return unavailable(to.error());
  std::string piece;
  for (uint64_t position = report.good_bytes; position < report.bytes; position += piece.size()) {
    piece.resize(std::min(kCopyPiece, report.bytes - position));
    auto got = (*from)->read_at(piece, position);
    if (!got) return unavailable(got.error());
    if (*got == 0) break;
    piece.resize(*got);
    if (Status copied = (*to)->append(piece); !copied) return unavailable(copied.error());
  }
  if (Status synced = (*to)->sync_data(); !synced) return unavailable(synced.error());
  if (Status synced = files.sync_directory(io::parent_directory(*name)); !synced) return unavailable(synced.error());
  report.quarantine = *name;
  return {};
}

std::string gap_and_seal(const Examined& examined) {
  std::string bytes;
  const auto add = [&](const FrameHeader& frame) {
    const FrameHeaderBytes encoded = encode(frame, examined.header.salt);
    bytes.append(encoded.data(), encoded.size());
  };
  log::Offset at = examined.report.end;
  for (uint64_t left = examined.report.events_lost; left > 0;) {
    FrameHeader gap;
    gap.base = at;
    gap.count = static_cast<uint32_t>(std::min<uint64_t>(left, UINT32_MAX));
    gap.flags = kGap;
    gap.appended_ms = examined.last_ms;
    add(gap);
    at = gap.end();
    left -= gap.count;
  }
  if (examined.closed) {
    FrameHeader seal;
    seal.base = at;
    seal.flags = kSeal;
    seal.appended_ms = examined.last_ms;
    add(seal);
  }
  return bytes;
}

Status repair(io::FileSystem& files, Random& random, Examined& examined) {
  SegmentReport& report = examined.report;
  if (Status moved = quarantine(files, report); !moved) return moved;
  if (!examined.header_good && report.state == SegmentState::torn) {
    if (Status removed = files.remove(report.path); !removed) return unavailable(removed.error());
    return files.sync_directory(io::parent_directory(report.path));
  }
  if (!examined.header_good) {
    examined.header.base = report.base;
    examined.header.salt = static_cast<uint32_t>(random.next_u64());
    const SegmentHeaderBytes header = encode(examined.header);
    return io::replace_file(files, report.path, std::string(header.data(), header.size()) + gap_and_seal(examined));
  }
  auto file = files.open(report.path, io::OpenMode::update);
  if (!file) return file.error();
  // First over the damage, then cut: should this be interrupted, the damage still shows and no offset can be given out
  // twice.
  const std::string tail = report.state == SegmentState::corrupt ? gap_and_seal(examined) : std::string();
  if (Status wrote = (*file)->write_at(tail, report.good_bytes); !wrote) return wrote;
  if (Status synced = (*file)->sync_data(); !synced) return synced;
  if (Status cut = (*file)->truncate(report.good_bytes + tail.size()); !cut) return cut;
  return (*file)->sync_data();
}

Result<std::vector<SegmentReport>> walk(const std::string& directory, io::FileSystem& files, Random* random) {
  auto lock = files.lock(directory + "/LOCK");
  if (!lock) {
    if (lock.error().code != io::kLocked) return unavailable(lock.error());
    return Error{std::string(kLogLocked), fmt::format("{} is in use: stop the process first", directory)};
  }
  std::vector<SegmentReport> reports;
  for (int i = 0; i < log::kTopicCount; ++i) {
    const auto topic = static_cast<log::Topic>(i);
    const std::string folder = fmt::format("{}/{}", directory, log::topic_name(topic));
    auto bases = list_segments(files, folder);
    if (!bases) return bases.error();
    for (size_t s = 0; s < bases->size(); ++s) {
      auto examined = examine(files, folder, topic, (*bases)[s], s + 1 < bases->size() ? &(*bases)[s + 1] : nullptr);
      if (!examined) return examined.error();
      if (random != nullptr && examined->report.state != SegmentState::good) {
        if (Status repaired = repair(files, *random, *examined); !repaired) return unavailable(repaired.error());
      }
      reports.push_back(std::move(examined->report));
    }
  }
  return reports;
}

}  // namespace

Result<std::vector<SegmentReport>> check_log(const std::string& directory, io::FileSystem& files) {
  return walk(directory, files, nullptr);
}

Result<std::vector<SegmentReport>> repair_log(const std::string& directory, io::FileSystem& files, Random& random) {
  return walk(directory, files, &random);
}

}  // namespace gm::embedded
