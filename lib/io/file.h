#pragma once
// Files behind an interface: production uses PosixFileSystem, tests and the simulator use FaultyFileSystem, which loses
// and damages what a real disk may lose and damage. Nothing above lib/io opens a file itself.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::io {

// Error codes of this folder's file calls. The message names the call, the path and the system's reason.
inline constexpr std::string_view kNotFound = "gm-io-not-found";
inline constexpr std::string_view kExists = "gm-io-exists";
inline constexpr std::string_view kLocked = "gm-io-locked";             // another process holds the lock
inline constexpr std::string_view kNoSpace = "gm-io-no-space";          // disk or quota full
inline constexpr std::string_view kNoResources = "gm-io-no-resources";  // descriptors or memory; goes away by itself
inline constexpr std::string_view kFailed = "gm-io-failed";             // anything else

// Closes when destroyed. One thread writes; reading is safe from several threads.
class File {
 public:
  virtual ~File() = default;

  // Fills `out` from `offset`; fewer bytes only at the end of the file.
  virtual Result<size_t> read_at(std::span<char> out, uint64_t offset) = 0;
  // Writes all parts one after the other, or fails: then any prefix of them may be in the file.
  virtual Status write_at(std::span<const std::string_view> parts, uint64_t offset) = 0;
  // What was written (and the size) survives a power loss. After an error nothing is known about earlier writes: never
  // call it again.
  virtual Status sync_data() = 0;
  virtual Status truncate(uint64_t size) = 0;
  virtual Result<uint64_t> size() = 0;

  Status write_at(std::string_view bytes, uint64_t offset) { return write_at(std::span(&bytes, 1), offset); }
  Status append(std::string_view bytes);
};

// A file's bytes in memory, read-only and still there after the file was removed, until this is destroyed. The file
// must not be changed in the meantime: a byte that was cut off ends the process when it is read.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual std::string_view bytes() const = 0;
};

enum class OpenMode : uint8_t {
  read,    // must exist
  update,  // must exist; read and write
  create,  // must not exist; read and write
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
  auto operator<=>(const DirectoryEntry&) const = default;
};

// Held until destroyed. The kernel drops it when the process dies, so a stale lock cannot exist.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// New, renamed and removed names survive a power loss only after sync_directory of their folder.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Must exist. Pages are read when they are touched; damage that the disk reports then ends the process.
  virtual Result<std::unique_ptr<Mapping>> map(const std::string& path) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  // Sorted by name; without "." and "..".
  virtual Result<std::vector<DirectoryEntry>> list(const std::string& path) = 0;
  // Makes all missing parents too; durable on return.
  virtual Status make_directories(const std::string& path) = 0;
  virtual Status sync_directory(const std::string& path) = 0;
  // What an unprivileged process may still write on the disk that holds `path`.
  virtual Result<uint64_t> free_bytes(const std::string& path) = 0;
  // Creates the file if it is missing. kLocked when somebody else has it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Status make_directories(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<uint64_t> free_bytes(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
};

// "a/b" for "a/b/c"; "." for "c"; "/" for "/c".
std::string parent_directory(const std::string& path);

// Afterwards the file holds exactly `bytes`, durably; at no moment does it hold anything but the old or the new
// content. Uses "<path>+new" on the way, which a crash may leave behind and the next call overwrites.
Status replace_file(FileSystem& files, const std::string& path, std::string_view bytes);

// The whole file; kFailed when it is longer than `bytes_max`.
Result<std::string> read_file(FileSystem& files, const std::string& path, uint64_t bytes_max);

}  // namespace gm::io
