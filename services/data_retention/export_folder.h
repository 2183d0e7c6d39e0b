#pragma once
// The files of one export while it is made, on the server's own disk: what is whole is found again after a crash.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/file.h"

namespace gm::data_retention {

// A file that is written from its beginning to its end. It appears under its name with keep() and not before.
class ExportFile {
 public:
  static Result<std::unique_ptr<ExportFile>> create(io::FileSystem& files, std::string path);
  Status append(std::string_view bytes);
  // Durable on return.
  Status keep();
  uint64_t bytes() const { return flushed_ + buffer_.size(); }

 private:
  ExportFile(io::FileSystem& files, std::string path, std::unique_ptr<io::File> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)) {}
  Status flush();

  io::FileSystem& files_;
  const std::string path_;
  std::unique_ptr<io::File> file_;
  std::string buffer_;
  uint64_t flushed_ = 0;
};

// Errors: gm-io-*.
class ExportFolder {
 public:
  // Exports share a folder; the files of each begin with its `prefix`.
  ExportFolder(io::FileSystem& files, std::string path, std::string prefix)
      : files_(files), path_(std::move(path)), prefix_(std::move(prefix)) {}

  Status prepare() { return files_.make_directories(path_); }
  std::string path_of(std::string_view name) const { return path_ + "/" + prefix_ + std::string(name); }
  Result<std::unique_ptr<ExportFile>> create(std::string_view name) {
    return ExportFile::create(files_, path_of(name));
  }
  // Whether the file is there, and so is whole.
  Result<bool> holds(std::string_view name) const;
  Result<std::unique_ptr<io::Mapping>> map(std::string_view name) const { return files_.map(path_of(name)); }
  // All files, also those that a crash has left unfinished. Removing what is not there succeeds.
  Status remove();

 private:
  io::FileSystem& files_;
  const std::string path_, prefix_;
};

}  // namespace gm::data_retention
