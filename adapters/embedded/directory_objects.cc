#include "adapters/embedded/directory_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace gm::embedded {
namespace {

constexpr size_t kNameBytesMax = 512;
constexpr uint64_t kObjectBytesMax = 4ull << 30;
constexpr size_t kCopyBytes = 1u << 20;

bool segment_valid(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  return std::all_of(segment.begin(), segment.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '=' || c == '-';
  });
}

bool name_valid(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  while (true) {
    const size_t slash = name.find('/');
    if (!segment_valid(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

Error name_invalid(std::string_view name) {
  return {"gm-object-name-invalid", fmt::format("'{}' is not an object name", name)};
}

Error store_unavailable(const Error& cause) { return {"gm-object-store-unavailable", cause.message}; }

Error not_read(std::string_view name, const Error& cause) {
  if (cause.code != io::kNotFound) return store_unavailable(cause);
  return {"gm-object-unknown", fmt::format("there is no object '{}'", name)};
}

}  // namespace

Status DirectoryObjects::put(std::string_view name, std::string_view bytes) {
  if (!name_valid(name)) return name_invalid(name);
  const std::string path = fmt::format("{}/{}", directory_, name);
  const std::lock_guard guard(put_mutex_);
  if (Status made = files_.make_directories(io::parent_directory(path)); !made) return store_unavailable(made.error());
  if (Status put = io::replace_file(files_, path, bytes); !put) return store_unavailable(put.error());
  return {};
}

Status DirectoryObjects::put_file(std::string_view name, const std::string& path) {
  if (!name_valid(name)) return name_invalid(name);
  const std::string target = fmt::format("{}/{}", directory_, name);
  const std::string aside = target + ".new";
  const std::lock_guard guard(put_mutex_);
  if (Status made = files_.make_directories(io::parent_directory(target)); !made)
    return store_unavailable(made.error());
  if (Status removed = files_.remove(aside); !removed && removed.error().code != io::kNotFound) {
    return store_unavailable(removed.error());
  }
  if (Status copied = copy(path, aside); !copied) return store_unavailable(copied.error());
  if (Status renamed = files_.rename(aside, target); !renamed) return store_unavailable(renamed.error());
  if (Status synced = files_.sync_directory(io::parent_directory(target)); !synced)
    return store_unavailable(synced.error());
  return {};
}

Status DirectoryObjects::copy(const std::string& from, const std::string& to) {
  auto source = files_.open(from, io::OpenMode::read);
  if (!source) return source.error();
  auto target = files_.open(to, io::OpenMode::create);
  if (!target) return target.error();
  std::string piece(kCopyBytes, '\0');
  for (uint64_t at = 0;;) {
    const auto got = (*source)->read_at(piece, at);
    if (!got) return got.error();
    if (*got == 0) return (*target)->sync_data();
    if (Status written = (*target)->write_at(std::string_view(piece).substr(0, *got), at); !written) return written;
    at += *got;
  }
}

Result<std::string> DirectoryObjects::get(std::string_view name) {
  if (!name_valid(name)) return name_invalid(name);
  auto bytes = io::read_file(files_, fmt::format("{}/{}", directory_, name), kObjectBytesMax);
  if (bytes) return bytes;
  return not_read(name, bytes.error());
}

Result<std::string> DirectoryObjects::read(std::string_view name, uint64_t offset, size_t bytes_max) {
  if (!name_valid(name)) return name_invalid(name);
  auto file = files_.open(fmt::format("{}/{}", directory_, name), io::OpenMode::read);
  if (!file) return not_read(name, file.error());
  std::string bytes(bytes_max, '\0');
  const auto got = (*file)->read_at(bytes, offset);
  if (!got) return store_unavailable(got.error());
  bytes.resize(*got);
  return bytes;
}

Result<std::vector<store::ObjectInfo>> DirectoryObjects::list(std::string_view prefix) {
  std::vector<store::ObjectInfo> objects;
  if (Status collected = collect("", prefix, objects); !collected) return collected.error();
  std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return objects;
}

// `folder` is empty or ends with a slash. Leftovers of an interrupted put have no valid name and do not show.
Status DirectoryObjects::collect(const std::string& folder, std::string_view prefix,
                                 std::vector<store::ObjectInfo>& objects) {
  auto entries = files_.list(folder.empty() ? directory_ : directory_ + "/" + folder.substr(0, folder.size() - 1));
  if (!entries) {
    if (entries.error().code == io::kNotFound) return {};
    return store_unavailable(entries.error());
  }
  for (const io::DirectoryEntry& entry : *entries) {
    const std::string name = folder + entry.name;
    const size_t common = std::min(name.size(), prefix.size());
    if (!segment_valid(entry.name) || name.compare(0, common, prefix, 0, common) != 0) continue;
    if (entry.is_directory) {
      if (Status below = collect(name + "/", prefix, objects); !below) return below;
      continue;
    }
    if (name.size() < prefix.size()) continue;
    auto file = files_.open(directory_ + "/" + name, io::OpenMode::read);
    if (!file) {
      if (file.error().code == io::kNotFound) continue;  // removed meanwhile
      return store_unavailable(file.error());
    }
    auto size = (*file)->size();
    if (!size) return store_unavailable(size.error());
    objects.push_back({name, *size});
  }
  return {};
}

Status DirectoryObjects::remove(std::string_view name) {
  if (!name_valid(name)) return name_invalid(name);
  const std::string path = fmt::format("{}/{}", directory_, name);
  if (Status removed = files_.remove(path); !removed) {
    if (removed.error().code == io::kNotFound) return {};
    return store_unavailable(removed.error());
  }
  if (Status synced = files_.sync_directory(io::parent_directory(path)); !synced)
    return store_unavailable(synced.error());
  return {};
}

}  // namespace gm::embedded
