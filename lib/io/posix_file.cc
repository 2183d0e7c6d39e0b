#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "lib/io/descriptor.h"
#include "lib/io/file.h"

namespace gm::io {
namespace {

constexpr size_t kPartsPerCall = 1024;  // IOV_MAX on Linux

std::string_view code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return kNotFound;
    case EEXIST:
    case ENOTEMPTY:
      return kExists;
    case ENOSPC:
    case EDQUOT:
      return kNoSpace;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return kNoResources;
    case EWOULDBLOCK:
      return kLocked;
    default:
      return kFailed;
  }
}

Error failure(std::string_view call, const std::string& path, int number) {
  return {std::string(code_of(number)), fmt::format("{} {}: {}", call, path, std::generic_category().message(number))};
}

template <typename Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<size_t> read_at(std::span<char> out, uint64_t offset) override {
    size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = uninterrupted([&] {
        return pread(descriptor_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      });
      if (n < 0) return failure("read", path_, errno);
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  Status write_at(std::span<const std::string_view> parts, uint64_t offset) override {
    std::array<iovec, kPartsPerCall> vectors;
    size_t next = 0;
    while (next < parts.size()) {
      const size_t count = std::min(parts.size() - next, kPartsPerCall);
      size_t bytes = 0;
      for (size_t i = 0; i < count; ++i) {
        vectors[i] = {const_cast<char*>(parts[next + i].data()), parts[next + i].size()};
        bytes += parts[next + i].size();
      }
      if (Status written = write_vectors(std::span(vectors.data(), count), offset); !written) return written;
      offset += bytes;
      next += count;
    }
    return {};
  }

  Status sync_data() override {
    // A retry after EINTR would be a retry after an error: the kernel may have dropped the dirty pages.
    if (fdatasync(descriptor_.get()) != 0) return failure("fdatasync", path_, errno);
    return {};
  }

  Status truncate(uint64_t size) override {
    if (uninterrupted([&] { return ftruncate(descriptor_.get(), static_cast<off_t>(size)); }) != 0) {
      return failure("truncate", path_, errno);
    }
    return {};
  }

  Result<uint64_t> size() override {
    struct stat info{};
    if (fstat(descriptor_.get(), &info) != 0) return failure("stat", path_, errno);
    return static_cast<uint64_t>(info.st_size);
  }

 private:
  Status write_vectors(std::span<iovec> vectors, uint64_t offset) {
    while (!vectors.empty()) {
      const ssize_t n = uninterrupted([&] {
        return pwritev(descriptor_.get(), vectors.data(), static_cast<int>(vectors.size()), static_cast<off_t>(offset));
      });
      if (n < 0) return failure("write", path_, errno);
      offset += static_cast<uint64_t>(n);
      auto left = static_cast<size_t>(n);
      while (!vectors.empty() && left >= vectors.front().iov_len) {
        left -= vectors.front().iov_len;
        vectors = vectors.subspan(1);
      }
      if (vectors.empty()) break;
      if (n == 0) return failure("write", path_, ENOSPC);
      vectors.front().iov_base = static_cast<char*>(vectors.front().iov_base) + left;
      vectors.front().iov_len -= left;
    }
    return {};
  }

  Descriptor descriptor_;
  std::string path_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

Result<Descriptor> open_descriptor(std::string_view call, const std::string& path, int flags, mode_t mode = 0) {
  const int fd = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
  if (fd < 0) return failure(call, path, errno);
  return Descriptor(fd);
}

class PosixMapping final : public Mapping {
 public:
  PosixMapping(void* start, size_t size) : start_(start), size_(size) {}
  PosixMapping(const PosixMapping&) = delete;
  PosixMapping& operator=(const PosixMapping&) = delete;
  ~PosixMapping() override {
    if (size_ > 0) munmap(start_, size_);
  }
  std::string_view bytes() const override { return {static_cast<const char*>(start_), size_}; }

 private:
  void* start_;
  size_t size_;
};

}  // namespace

Result<std::unique_ptr<Mapping>> PosixFileSystem::map(const std::string& path) {
  auto descriptor = open_descriptor("open", path, O_RDONLY);
  if (!descriptor) return descriptor.error();
  struct stat info{};
  if (fstat(descriptor->get(), &info) != 0) return failure("stat", path, errno);
  if (!S_ISREG(info.st_mode)) return failure("map", path, ENOENT);
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return std::unique_ptr<Mapping>(std::make_unique<PosixMapping>(nullptr, 0));
  void* start = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor->get(), 0);
  if (start == MAP_FAILED) return failure("map", path, errno);
  return std::unique_ptr<Mapping>(std::make_unique<PosixMapping>(start, size));
}

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, OpenMode mode) {
  int flags = O_RDONLY;
  if (mode == OpenMode::update) flags = O_RDWR;
  if (mode == OpenMode::create) flags = O_RDWR | O_CREAT | O_EXCL;
  auto descriptor = open_descriptor(mode == OpenMode::create ? "create" : "open", path, flags, 0640);
  if (!descriptor) return descriptor.error();
  struct stat info{};
  if (fstat(descriptor->get(), &info) == 0 && S_ISDIR(info.st_mode)) return failure("open", path, ENOENT);
  return std::unique_ptr<File>(std::make_unique<PosixFile>(std::move(*descriptor), path));
}

Status PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", from, errno);
  return {};
}

Status PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failure("remove", path, errno);
  return {};
}

Result<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return failure("list", path, errno);
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_directory = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat info{};
      is_directory = stat((path + "/" + name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    }
    entries.push_back({name, is_directory});
    errno = 0;
  }
  const int problem = errno;
  closedir(directory);
  if (problem != 0) return failure("list", path, problem);
  std::sort(entries.begin(), entries.end());
  return entries;
}

Status PosixFileSystem::make_directories(const std::string& path) {
  if (::mkdir(path.c_str(), 0750) == 0) return sync_directory(parent_directory(path));
  if (errno == EEXIST) {
    struct stat info{};
    if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
    return failure("make directory", path, ENOTDIR);
  }
  const std::string parent = parent_directory(path);
  if (errno != ENOENT || parent == path) return failure("make directory", path, errno);
  if (Status made = make_directories(parent); !made) return made;
  if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) return failure("make directory", path, errno);
  return sync_directory(parent);
}

Status PosixFileSystem::sync_directory(const std::string& path) {
  auto descriptor = open_descriptor("open directory", path, O_RDONLY | O_DIRECTORY);
  if (!descriptor) return descriptor.error();
  if (fsync(descriptor->get()) != 0) return failure("sync directory", path, errno);
  return {};
}

Result<uint64_t> PosixFileSystem::free_bytes(const std::string& path) {
  struct statvfs info{};
  if (uninterrupted([&] { return statvfs(path.c_str(), &info); }) != 0) return failure("statvfs", path, errno);
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<std::unique_ptr<FileLock>> PosixFileSystem::lock(const std::string& path) {
  auto descriptor = open_descriptor("open", path, O_RDWR | O_CREAT, 0640);
  if (!descriptor) return descriptor.error();
  if (uninterrupted([&] { return flock(descriptor->get(), LOCK_EX | LOCK_NB); }) != 0) {
    return failure("lock", path, errno);
  }
  return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(std::move(*descriptor)));
}

}  // namespace gm::io
