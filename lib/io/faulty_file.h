#pragma once
// A file system in memory that fails on request and forgets what a real disk may forget. For tests and the simulator.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/random.h"
#include "lib/io/file.h"

namespace gm::io {

enum class Fault : uint8_t {
  io_error,  // the call fails; a failed write may have written a part, a failed sync forgets the dirty pages (as Linux
             // does)
  no_space,  // calls that need space fail with nothing written; others succeed
  short_write,  // a write leaves a part of itself behind and fails for want of space; other calls succeed
  power_loss,   // the machine stops in the middle of the call: this and all later calls fail until restart()
};

// What survives a power loss, drawn from the seed at restart(): all that was synced, plus any part of what was not -
// nothing, everything, a prefix, or single sectors in any order; and any subset of the names not yet made durable by
// sync_directory. Safe to use from several threads.
class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(uint64_t seed = 1) : random_(seed) {}

  // The call that is the `k`-th from now (1 = the next) meets the fault. Replaces an earlier order; 0 only takes it
  // back.
  void fail_call(uint64_t k, Fault fault);
  // Calls counted since the last fail_call (or construction).
  uint64_t calls() const;
  // Bytes all files together may hold.
  void set_capacity(uint64_t bytes);

  void lose_power();
  void restart();

  // Damage and inspection from outside: not counted, never failing for want of space. Precondition: the file exists
  // (except put).
  void flip_bit(const std::string& path, uint64_t byte, unsigned bit);
  void put(const std::string& path, std::string_view content);
  std::string content(const std::string& path) const;
  bool exists(const std::string& path) const;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  // A copy of the file as it is now: one call, whatever is read of it later.
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Status make_directories(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<uint64_t> free_bytes(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

 private:
  class Copy;
  class Handle;
  class Lock;
  struct Change {  // of a file's bytes, not yet synced
    bool truncates;
    uint64_t offset;  // or the new size
    std::string bytes;
  };
  struct Inode {
    std::string current;
    std::string durable;
    std::vector<Change> unsynced;
  };
  struct NameChange {  // not yet made durable; an empty path means none
    std::string gone;
    std::string present;
    std::shared_ptr<Inode> inode;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  // Counts a call. An error when it fails; `short_by` set when a write shall leave a part behind before the error.
  Status enter(bool needs_space, bool* leaves_part = nullptr);
  bool has_directory(const std::string& path) const;
  uint64_t used() const;
  void change_names(NameChange change);
  static void apply(const NameChange& change, Names& names);
  static void apply(const Change& change, std::string& bytes);
  Status write(Inode& inode, std::span<const std::string_view> parts, uint64_t offset);
  Status sync(Inode& inode);
  void survive(Inode& inode);

  mutable std::mutex mutex_;
  SeededRandom random_;
  uint64_t calls_ = 0;
  uint64_t fault_at_ = 0;
  Fault fault_ = Fault::io_error;
  uint64_t capacity_ = UINT64_MAX;
  uint64_t generation_ = 1;  // handles of an earlier one are dead
  bool powered_ = true;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> unsynced_names_;
  std::set<std::string> directories_;
  std::set<std::string> locks_;
};

}  // namespace gm::io
