#include "lib/io/file.h"

#include <fmt/format.h>

namespace gm::io {

Status File::append(std::string_view bytes) {
  auto end = size();
  if (!end) return end.error();
  return write_at(bytes, *end);
}

std::string parent_directory(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status replace_file(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string aside = path + "+new";
  if (Status removed = files.remove(aside); !removed && removed.error().code != kNotFound) return removed;
  {
    auto file = files.open(aside, OpenMode::create);
    if (!file) return file.error();
    if (Status written = (*file)->write_at(bytes, 0); !written) return written;
    if (Status synced = (*file)->sync_data(); !synced) return synced;
  }
  if (Status renamed = files.rename(aside, path); !renamed) return renamed;
  return files.sync_directory(parent_directory(path));
}

Result<std::string> read_file(FileSystem& files, const std::string& path, uint64_t bytes_max) {
  auto file = files.open(path, OpenMode::read);
  if (!file) return file.error();
  auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > bytes_max) {
    return Error{std::string(kFailed),
                 fmt::format("read {}: {} bytes, more than the {} allowed", path, *size, bytes_max)};
  }
  std::string bytes(*size, '\0');
  auto got = (*file)->read_at(bytes, 0);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

}  // namespace gm::io
