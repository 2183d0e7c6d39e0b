#include "adapters/embedded/segment_rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "adapters/embedded/segment_reader.h"
#include "adapters/embedded/segment_scan.h"
#include "lib/codec/crc32c.h"

namespace gm::embedded {
namespace {

constexpr std::string_view kSuffix = ".rewritten";
constexpr std::string_view kSetAside = ".quarantine";

using Parts = std::optional<std::vector<log::RecordPart>>;

// Frames of the new file, one after the other.
class Writer {
 public:
  Writer(io::File& file, SegmentHeader header) : file_(file), header_(header) {
    const SegmentHeaderBytes bytes = encode(header_);
    buffer_.assign(bytes.data(), bytes.size());
  }

  // Everything before the seal is durable when the file takes the old one's place, so that no frame has to say in which
  // commit it was written.
  Status add(FrameHeader frame, std::string_view payload) {
    frame.commit_back = 0;
    const FrameHeaderBytes bytes = encode(frame, header_.salt);
    buffer_.append(bytes.data(), bytes.size()).append(payload);
    return buffer_.size() < kPiece ? Status() : flush();
  }
  Status add_parts(FrameHeader frame, const std::vector<log::RecordPart>& parts, uint64_t& edited_out) {
    for (const log::RecordPart& part : parts) {
      frame.count = part.count;
      frame.payload_bytes = static_cast<uint32_t>(part.payload.size());
      frame.payload_crc = part.payload.empty() ? 0 : codec::crc32c(0, part.payload);
      frame.flags = part.payload.empty() ? uint32_t{kGap} : 0;
      if (part.payload.empty()) edited_out += part.count;
      if (Status added = add(frame, part.payload); !added) return added;
      frame.base = frame.end();
    }
    return {};
  }
  Result<uint64_t> finish() {
    if (Status flushed = flush(); !flushed) return flushed.error();
    if (Status synced = file_.sync_data(); !synced) return synced.error();
    return position_;
  }

 private:
  static constexpr size_t kPiece = 1 << 20;
  Status flush() {
    if (Status wrote = file_.write_at(buffer_, position_); !wrote) return wrote;
    position_ += buffer_.size();
    buffer_.clear();
    return {};
  }

  io::File& file_;
  const SegmentHeader header_;
  std::string buffer_;
  uint64_t position_ = 0;
};

struct Source {
  std::unique_ptr<io::File> file;
  SegmentHeader header;
};

Result<Source> open_source(io::FileSystem& files, const std::string& path) {
  Source source;
  auto file = files.open(path, io::OpenMode::read);
  if (!file) return unavailable(file.error());
  source.file = std::move(*file);
  SegmentHeaderBytes bytes;
  const auto got = source.file->read_at(bytes, 0);
  if (!got) return unavailable(got.error());
  const auto header = decode_segment_header(std::string_view(bytes.data(), *got));
  if (!header || header->version != kSegmentVersion)
    return corrupt(path, 0, "the segment header is not one of this release");
  source.header = *header;
  return source;
}

// Calls `visit` with every frame until it answers false.
Status walk(const Source& source, const std::string& path, uint64_t limit,
            const std::function<Result<bool>(const SegmentReader&)>& visit) {
  SegmentReader reader(*source.file, source.header.salt, kSegmentHeaderBytes, limit);
  for (;;) {
    const SegmentReader::Step step = reader.next();
    if (step == SegmentReader::Step::end) return {};
    if (step == SegmentReader::Step::unreadable) return unavailable(reader.error());
    if (step == SegmentReader::Step::damaged) return corrupt(path, reader.position(), reader.problem());
    const auto more = visit(reader);
    if (!more) return more.error();
    if (!*more) return {};
  }
}

// Asks once about every record, in their order.
class Editor {
 public:
  Editor(log::Topic topic, const log::RecordEdit& edit) : topic_(topic), edit_(edit) {}

  Parts edit(const SegmentReader& reader) {
    if (reader.position() < first_) return std::nullopt;
    if (reader.position() == first_ && first_parts_) return std::exchange(first_parts_, std::nullopt);
    return reader.header().is_data() ? edit_(topic_, reader.payload(), reader.header().count) : std::nullopt;
  }
  // Most segments hold nothing of a player: they are read and left alone.
  Result<bool> find_first(const Source& source, const std::string& path, uint64_t limit) {
    const Status walked = walk(source, path, limit, [&](const SegmentReader& reader) -> Result<bool> {
      first_parts_ = edit(reader);
      if (first_parts_) first_ = reader.position();
      return !first_parts_;
    });
    if (!walked) return walked.error();
    return first_parts_.has_value();
  }

 private:
  const log::Topic topic_;
  const log::RecordEdit& edit_;
  uint64_t first_ = 0;
  Parts first_parts_;
};

Status take_place(io::FileSystem& files, const std::string& from, const std::string& path) {
  if (Status moved = files.rename(from, path); !moved) return unavailable(moved.error());
  if (Status synced = files.sync_directory(io::parent_directory(path)); !synced) return unavailable(synced.error());
  return {};
}

Result<bool> holds_text(io::FileSystem& files, const std::string& path, const std::vector<std::string>& texts) {
  const auto mapped = files.map(path);
  if (!mapped) return unavailable(mapped.error());
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return (*mapped)->bytes().find(text) != std::string_view::npos; });
}

}  // namespace

Result<std::optional<RewrittenSegment>> rewrite_segment(io::FileSystem& files, Random& random, log::Topic topic,
                                                        const std::string& path, uint64_t limit,
                                                        const log::RecordEdit& edit) {
  const auto source = open_source(files, path);
  if (!source) return source.error();
  Editor editor(topic, edit);
  const auto any = editor.find_first(*source, path, limit);
  if (!any) return any.error();
  if (!*any) return std::optional<RewrittenSegment>();
  RewrittenSegment made{path + std::string(kSuffix), source->header, 0, 0};
  made.header.salt = static_cast<uint32_t>(random.next_u64());
  // The rest of an attempt that was cut off.
  if (const Status removed = files.remove(made.path); !removed && removed.error().code != io::kNotFound)
    return unavailable(removed.error());
  auto file = files.open(made.path, io::OpenMode::create);
  if (!file) return unavailable(file.error());
  Writer writer(**file, made.header);
  const Status walked = walk(*source, path, limit, [&](const SegmentReader& reader) -> Result<bool> {
    const Parts parts = editor.edit(reader);
    const Status added =
        parts ? writer.add_parts(reader.header(), *parts, made.events) : writer.add(reader.header(), reader.payload());
    if (!added) return unavailable(added.error());
    return true;
  });
  if (!walked) return walked.error();
  const auto bytes = writer.finish();
  if (!bytes) return unavailable(bytes.error());
  made.bytes = *bytes;
  return std::optional<RewrittenSegment>(std::move(made));
}

Result<log::RewriteCounts> rewrite_archive(io::FileSystem& files, Random& random, const std::string& archive,
                                           const log::RecordEdit& edit) {
  log::RewriteCounts counts;
  for (int i = 0; i < log::kTopicCount; ++i) {
    const auto topic = static_cast<log::Topic>(i);
    const std::string folder = fmt::format("{}/{}", archive, log::topic_name(topic));
    const auto bases = list_segments(files, folder);
    if (!bases) return bases.error();
    for (const log::Offset base : *bases) {
      const std::string path = folder + "/" + segment_name(base);
      auto file = files.open(path, io::OpenMode::read);
      if (!file) return unavailable(file.error());
      const auto bytes = (*file)->size();
      if (!bytes) return unavailable(bytes.error());
      const auto made = rewrite_segment(files, random, topic, path, *bytes, edit);
      if (!made) return made.error();
      if (!*made) continue;
      if (Status placed = take_place(files, (*made)->path, path); !placed) return placed.error();
      counts += {1, (*made)->events};
    }
  }
  return counts;
}

Result<uint64_t> remove_set_aside(io::FileSystem& files, const std::string& directory,
                                  const std::vector<std::string>& texts) {
  uint64_t removed = 0;
  for (int i = 0; i < log::kTopicCount; ++i) {
    const std::string folder = fmt::format("{}/{}", directory, log::topic_name(static_cast<log::Topic>(i)));
    const auto entries = files.list(folder);
    if (!entries && entries.error().code == io::kNotFound) continue;
    if (!entries) return unavailable(entries.error());
    for (const io::DirectoryEntry& entry : *entries) {
      if (entry.is_directory || entry.name.find(kSetAside) == std::string::npos) continue;
      const std::string path = folder + "/" + entry.name;
      const auto holds = holds_text(files, path, texts);
      if (!holds) return holds.error();
      if (!*holds) continue;
      if (Status gone = files.remove(path); !gone) return unavailable(gone.error());
      if (Status synced = files.sync_directory(folder); !synced) return unavailable(synced.error());
      ++removed;
    }
  }
  return removed;
}

}  // namespace gm::embedded
