#pragma once
// Backups of a data directory: what cannot be derived, in a folder with a manifest of checksums.
// docs/formats/backup.md, docs/adr/0025.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/io/file.h"

namespace gm::data_retention {

struct BackupFile {
  std::string path;  // inside the backup
  uint64_t bytes = 0;
  std::string sha256;  // hexadecimal
};

struct BackupManifest {
  std::string name;  // of the backup's folder
  int64_t created_ms = 0;
  std::vector<BackupFile> files;

  uint64_t bytes() const {
    uint64_t all = 0;
    for (const BackupFile& file : files) all += file.bytes;
    return all;
  }
};

// Errors: gm-backup-failed, gm-backup-damaged, gm-backup-target-not-empty.
class Backups {
 public:
  // A whole copy, as of one moment, of a database that may be in use; `to` does not exist.
  using CopyDatabase = std::function<Status(const std::string& from, const std::string& to)>;
  Backups(io::FileSystem& files, CopyDatabase copy_database)
      : files_(files), copy_database_(std::move(copy_database)) {}

  // Of a data directory that may be served from: everything that was acknowledged before the call is in it. Makes a new
  // folder in `target`.
  Result<BackupManifest> create(const std::string& data_dir, const std::string& target, int64_t now_ms);
  // Every file is there and is what was written.
  Result<BackupManifest> verify(const std::string& backup);
  // Verifies, then copies into `data_dir`, which is empty or does not exist.
  Result<BackupManifest> restore(const std::string& backup, const std::string& data_dir);
  // Removes the backups in `target` that were made before `before_ms`, and says which. What has no manifest is no
  // backup and stays.
  Result<std::vector<std::string>> expire(const std::string& target, int64_t before_ms);

 private:
  Status copy_tree(const std::string& from, const std::string& to, const std::string& inside, BackupManifest& manifest);
  Status copy_file(const std::string& from, const std::string& to);
  Result<BackupFile> describe(const std::string& root, const std::string& path);
  Result<BackupManifest> read_manifest(const std::string& backup);

  io::FileSystem& files_;
  const CopyDatabase copy_database_;
};

}  // namespace gm::data_retention
