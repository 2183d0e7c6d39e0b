#include "lib/behavior/run_file.h"

#include <fmt/format.h>

#include <cstring>

#include "lib/behavior/section_build.h"
#include "lib/codec/crc32c.h"

namespace gm::behavior {
namespace {

constexpr std::string_view kMagic = "GMBEHRUN";

struct Trailer {
  std::array<char, 8> magic{};
  uint32_t version = kRunVersion;
  uint32_t sections = 0;
  uint64_t directory_at = 0;
  uint32_t unused = 0;
  uint32_t crc = 0;  // of the directory and of this up to here
};
static_assert(sizeof(Trailer) == kRunTrailerBytes);

struct Entry {
  uint32_t project = 0;
  uint32_t unused = 0;
  uint64_t at = 0;
  uint64_t bytes = 0;
};
static_assert(sizeof(Entry) == kRunEntryBytes);

Error damaged(const std::string& path, std::string_view what) {
  return {std::string(kCorrupt), fmt::format("{}: {}", path, what)};
}

std::string_view bytes_of(const Trailer& trailer) { return {reinterpret_cast<const char*>(&trailer), sizeof trailer}; }

// Sections one after the other, then the directory.
class RunWriter {
 public:
  explicit RunWriter(io::File& file) : file_(file) {}

  Status add(const RunPart& part, const std::function<bool()>& stopped) {
    for (const Source& source : part.sources) {
      if (Status verified = source.section->verify(ColumnSet::all()); !verified) return verified;
    }
    const uint32_t project = part.sources.front().section->header().project;
    FileSink sink(file_, end_);
    auto merged = merge_sections(part.sources, part.identity ? *part.identity : Identity(), sink, stopped);
    if (!merged) return merged.error();
    if (merged->rows > 0) enter(project, merged->bytes);
    if (merged->displaced.empty()) return {};
    if (Status written = file_.write_at(merged->displaced, end_); !written) return written;
    enter(project, merged->displaced.size());
    return {};
  }

  bool empty() const { return entries_.empty(); }

  Result<RunId> finish(uint64_t sequence) {
    const std::string_view directory(reinterpret_cast<const char*>(entries_.data()), entries_.size() * sizeof(Entry));
    Trailer trailer;
    std::memcpy(trailer.magic.data(), kMagic.data(), kMagic.size());
    trailer.sections = static_cast<uint32_t>(entries_.size());
    trailer.directory_at = end_;
    trailer.crc = codec::crc32c(codec::crc32c(0, directory), bytes_of(trailer).substr(0, kRunTrailerBytes - 4));
    const std::string_view parts[] = {directory, bytes_of(trailer)};
    if (Status written = file_.write_at(parts, end_); !written) return written.error();
    if (Status synced = file_.sync_data(); !synced) return synced.error();
    return RunId{sequence, end_ + directory.size() + kRunTrailerBytes, trailer.crc};
  }

 private:
  void enter(uint32_t project, uint64_t bytes) {
    entries_.push_back({project, 0, end_, bytes});
    end_ = (end_ + bytes + 7) / 8 * 8;
  }

  io::File& file_;
  uint64_t end_ = 0;
  std::vector<Entry> entries_;
};

Result<std::vector<Entry>> read_directory(std::string_view bytes, const std::string& path, const RunId& id) {
  if (bytes.size() != id.bytes || bytes.size() < kRunTrailerBytes) return damaged(path, "has another length");
  Trailer trailer;
  std::memcpy(static_cast<void*>(&trailer), bytes.data() + bytes.size() - kRunTrailerBytes, kRunTrailerBytes);
  const std::string_view magic(trailer.magic.data(), trailer.magic.size());
  if (magic != kMagic || trailer.version != kRunVersion) return damaged(path, "is no run of this version");
  const uint64_t size = uint64_t{trailer.sections} * kRunEntryBytes;
  if (trailer.directory_at > bytes.size() || bytes.size() - trailer.directory_at != size + kRunTrailerBytes)
    return damaged(path, "its directory lies outside");
  const std::string_view covered = bytes.substr(trailer.directory_at, size + kRunTrailerBytes - 4);
  if (trailer.crc != id.crc || codec::crc32c(0, covered) != trailer.crc) return damaged(path, "checksum");
  std::vector<Entry> entries(trailer.sections);
  if (size > 0) std::memcpy(static_cast<void*>(entries.data()), covered.data(), size);
  for (const Entry& entry : entries) {
    if (entry.at > trailer.directory_at || entry.bytes > trailer.directory_at - entry.at)
      return damaged(path, "a section lies outside");
  }
  return entries;
}

}  // namespace

std::string run_name(uint64_t sequence) { return fmt::format("{:020}.run", sequence); }

Result<RunId> write_run(io::FileSystem& files, const std::string& path, uint64_t sequence,
                        const std::vector<RunPart>& parts, const std::function<bool()>& stopped) {
  auto file = files.open(path, io::OpenMode::create);
  if (!file) return file.error();
  RunWriter writer(**file);
  for (const RunPart& part : parts) {
    if (Status added = writer.add(part, stopped); !added) return added.error();
  }
  if (!writer.empty()) return writer.finish(sequence);
  if (Status removed = files.remove(path); !removed) return removed.error();
  return RunId{sequence, 0, 0};
}

Result<RunPtr> open_run(io::FileSystem& files, const std::string& path, const RunId& id) {
  auto mapped = files.map(path);
  if (!mapped) return mapped.error().code == io::kNotFound ? damaged(path, "is missing") : mapped.error();
  const std::shared_ptr<const io::Mapping> mapping(std::move(*mapped));
  const auto entries = read_directory(mapping->bytes(), path, id);
  if (!entries) return entries.error();
  auto run = std::make_shared<Run>();
  run->id = id;
  for (const Entry& entry : *entries) {
    auto section = Section::open(mapping, mapping->bytes().substr(entry.at, entry.bytes));
    if (!section) return section.error();
    if ((*section)->header().project != entry.project) return damaged(path, "a section of another project");
    run->rows += (*section)->rows();
    run->sections.push_back(std::make_shared<HeldSection>(std::move(*section)));
  }
  return RunPtr(run);
}

}  // namespace gm::behavior
