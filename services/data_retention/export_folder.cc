#include "services/data_retention/export_folder.h"

#include <algorithm>

namespace gm::data_retention {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr std::string_view kUnfinished = ".part";

}  // namespace

Result<std::unique_ptr<ExportFile>> ExportFile::create(io::FileSystem& files, std::string path) {
  const std::string part = path + std::string(kUnfinished);
  if (Status removed = files.remove(part); !removed && removed.error().code != io::kNotFound) return removed.error();
  auto opened = files.open(part, io::OpenMode::create);
  if (!opened) return opened.error();
  return std::unique_ptr<ExportFile>(new ExportFile(files, std::move(path), std::move(*opened)));
}

Status ExportFile::append(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Status() : flush();
}

Status ExportFile::flush() {
  if (Status written = file_->write_at(buffer_, flushed_); !written) return written;
  flushed_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status ExportFile::keep() {
  if (Status flushed = flush(); !flushed) return flushed;
  if (Status synced = file_->sync_data(); !synced) return synced;
  file_.reset();
  if (Status renamed = files_.rename(path_ + std::string(kUnfinished), path_); !renamed) return renamed;
  return files_.sync_directory(io::parent_directory(path_));
}

Result<bool> ExportFolder::holds(std::string_view name) const {
  const auto entries = files_.list(path_);
  if (!entries && entries.error().code == io::kNotFound) return false;
  if (!entries) return entries.error();
  return std::ranges::any_of(
      *entries, [&](const io::DirectoryEntry& entry) { return entry.name == prefix_ + std::string(name); });
}

Status ExportFolder::remove() {
  const auto entries = files_.list(path_);
  if (!entries && entries.error().code == io::kNotFound) return {};
  if (!entries) return entries.error();
  for (const io::DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with(prefix_)) continue;
    if (Status removed = files_.remove(path_ + "/" + entry.name); !removed && removed.error().code != io::kNotFound)
      return removed;
  }
  return files_.sync_directory(path_);
}

}  // namespace gm::data_retention
