#include "services/data_retention/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/security/checksum.h"

namespace gm::data_retention {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kManifestVersion = 1;
constexpr const char* kManifest = "manifest.json";
constexpr uint64_t kManifestBytesMax = 256ull << 20;
constexpr size_t kPiece = size_t{4} << 20;
// The log before the archive: a segment that is archived in between is in one of them.
// Not all objects: a file that an export has made is a copy itself, and lives for days.
constexpr const char* kTrees[] = {"log", "objects/log"};
constexpr const char* kDatabases[] = {"metadata.sqlite", "privacy.sqlite", "kept.sqlite", "notifications.sqlite"};

Error failed(const Error& cause) { return {"gm-backup-failed", cause.message}; }
Error damaged(const std::string& what) { return {"gm-backup-damaged", what}; }

std::string folder_name(int64_t now_ms) {
  std::string text = format_iso8601(now_ms);  // 2026-11-26T18:22:05.123Z
  std::erase_if(text, [](char c) { return c == ':' || c == '-' || c == '.'; });
  return "backup-" + text;
}

// What a process keeps for itself, and what an attempt that was cut off has left behind.
bool is_passing(const std::string& name) {
  return name == "LOCK" || name.ends_with("+new") || name.ends_with(".rewritten");
}

std::string rendered(const BackupManifest& manifest) {
  Json json = {{"version", kManifestVersion}, {"created_ms", manifest.created_ms}, {"files", Json::array()}};
  for (const BackupFile& file : manifest.files)
    json["files"].push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return json.dump(1) + "\n";
}

// A path of a manifest leads nowhere outside of its backup.
bool stays_inside(const std::string& path) {
  return !path.empty() && path.front() != '/' && ("/" + path + "/").find("/../") == std::string::npos;
}

}  // namespace

Result<BackupFile> Backups::describe(const std::string& root, const std::string& path) {
  const auto mapped = files_.map(root + "/" + path);
  if (!mapped) return failed(mapped.error());
  return BackupFile{path, (*mapped)->bytes().size(), security::sha256_text((*mapped)->bytes())};
}

// Of a file that grows, what was in it at first: the log's newest segment is then one that a crash has ended, which is
// what its recovery is made for.
Status Backups::copy_file(const std::string& from, const std::string& to) {
  if (Status made = files_.make_directories(io::parent_directory(to)); !made) return made;
  auto source = files_.open(from, io::OpenMode::read);
  if (!source) return source.error();
  const auto size = (*source)->size();
  if (!size) return size.error();
  auto copy = files_.open(to, io::OpenMode::create);
  if (!copy) return copy.error();
  std::string piece;
  for (uint64_t at = 0; at < *size; at += piece.size()) {
    piece.resize(std::min<uint64_t>(kPiece, *size - at));
    const auto got = (*source)->read_at(piece, at);
    if (!got) return got.error();
    if (*got == 0) break;
    piece.resize(*got);
    if (Status wrote = (*copy)->write_at(piece, at); !wrote) return wrote;
  }
  if (Status synced = (*copy)->sync_data(); !synced) return synced;
  return files_.sync_directory(io::parent_directory(to));
}

Status Backups::copy_tree(const std::string& from, const std::string& to, const std::string& inside,
                          BackupManifest& manifest) {
  const auto entries = files_.list(from + "/" + inside);
  if (!entries && entries.error().code == io::kNotFound) return {};
  if (!entries) return failed(entries.error());
  for (const io::DirectoryEntry& entry : *entries) {
    const std::string path = inside + "/" + entry.name;
    if (entry.is_directory) {
      if (Status copied = copy_tree(from, to, path, manifest); !copied) return copied;
      continue;
    }
    if (is_passing(entry.name)) continue;
    const Status copied = copy_file(from + "/" + path, to + "/" + path);
    if (!copied && copied.error().code == io::kNotFound) continue;  // archived in between
    if (!copied) return failed(copied.error());
    auto described = describe(to, path);
    if (!described) return described.error();
    manifest.files.push_back(std::move(*described));
  }
  return {};
}

Result<BackupManifest> Backups::create(const std::string& data_dir, const std::string& target, int64_t now_ms) {
  BackupManifest manifest{folder_name(now_ms), now_ms, {}};
  const std::string folder = target + "/" + manifest.name;
  if (Status made = files_.make_directories(folder); !made) return failed(made.error());
  if (const auto there = files_.list(folder); !there || !there->empty())
    return Error{"gm-backup-target-not-empty", folder + " is not empty"};
  for (const char* tree : kTrees) {
    if (Status copied = copy_tree(data_dir, folder, tree, manifest); !copied) return copied.error();
  }
  for (const char* database : kDatabases) {
    const std::string from = data_dir + "/" + database;
    const auto there = files_.open(from, io::OpenMode::read);
    if (!there && there.error().code == io::kNotFound) continue;
    if (Status copied = copy_database_(from, folder + "/" + database); !copied) return failed(copied.error());
    auto described = describe(folder, database);
    if (!described) return described.error();
    manifest.files.push_back(std::move(*described));
  }
  // Last: without it there is no backup.
  if (Status written = io::replace_file(files_, folder + "/" + kManifest, rendered(manifest)); !written)
    return failed(written.error());
  return manifest;
}

Result<BackupManifest> Backups::read_manifest(const std::string& backup) {
  const auto text = io::read_file(files_, backup + "/" + kManifest, kManifestBytesMax);
  if (!text && text.error().code == io::kNotFound)
    return damaged(backup + " has no manifest.json: it is no backup, or one that was never finished");
  if (!text) return failed(text.error());
  const Json json = Json::parse(*text, nullptr, false);
  const std::string broken = backup + "/manifest.json is not what a backup has";
  if (!json.is_object() || json.value("version", int64_t{0}) != kManifestVersion) return damaged(broken);
  if (!json.contains("created_ms") || !json["created_ms"].is_number_integer()) return damaged(broken);
  if (!json.contains("files") || !json["files"].is_array()) return damaged(broken);
  BackupManifest manifest{backup.substr(backup.find_last_of('/') + 1), json["created_ms"].get<int64_t>(), {}};
  for (const Json& file : json["files"]) {
    const bool whole = file.is_object() && file.contains("path") && file["path"].is_string() &&
                       file.contains("bytes") && file["bytes"].is_number_unsigned() && file.contains("sha256") &&
                       file["sha256"].is_string();
    if (!whole || !stays_inside(file["path"].get<std::string>())) return damaged(broken);
    manifest.files.push_back(
        {file["path"].get<std::string>(), file["bytes"].get<uint64_t>(), file["sha256"].get<std::string>()});
  }
  return manifest;
}

Result<BackupManifest> Backups::verify(const std::string& backup) {
  auto manifest = read_manifest(backup);
  if (!manifest) return manifest;
  for (const BackupFile& file : manifest->files) {
    const auto found = describe(backup, file.path);
    if (!found) return damaged(found.error().message);
    if (found->bytes != file.bytes || found->sha256 != file.sha256)
      return damaged(fmt::format("{}/{} is not what was written: {} bytes where {} were", backup, file.path,
                                 found->bytes, file.bytes));
  }
  return manifest;
}

Result<BackupManifest> Backups::restore(const std::string& backup, const std::string& data_dir) {
  auto manifest = verify(backup);
  if (!manifest) return manifest;
  const auto there = files_.list(data_dir);
  if (there && !there->empty())
    return Error{"gm-backup-target-not-empty", fmt::format("{} is not empty; a restore overwrites nothing", data_dir)};
  for (const BackupFile& file : manifest->files) {
    if (Status copied = copy_file(backup + "/" + file.path, data_dir + "/" + file.path); !copied)
      return failed(copied.error());
  }
  return manifest;
}

Result<std::vector<std::string>> Backups::expire(const std::string& target, int64_t before_ms) {
  const auto entries = files_.list(target);
  if (!entries) return failed(entries.error());
  std::vector<std::string> removed;
  for (const io::DirectoryEntry& entry : *entries) {
    if (!entry.is_directory) continue;
    const std::string backup = target + "/" + entry.name;
    const auto manifest = read_manifest(backup);
    if (!manifest || manifest->created_ms >= before_ms) continue;
    std::error_code failure;
    std::filesystem::remove_all(backup, failure);
    if (failure) return Error{"gm-backup-failed", fmt::format("cannot remove {}: {}", backup, failure.message())};
    removed.push_back(entry.name);
  }
  return removed;
}

}  // namespace gm::data_retention
