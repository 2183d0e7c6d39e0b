#pragma once
// The behaviour index of one log partition: runs on disk, the newest events in memory. Derived from the store: whatever
// is damaged or missing is dropped and fed again.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/event_tail.h"
#include "lib/behavior/manifest.h"
#include "lib/behavior/snapshot.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"
#include "lib/store/analytics_store.h"

namespace gm::behavior {

struct IndexLimits {
  uint64_t tail_rows = 500'000;               // events in memory before they are written to a run
  uint64_t memory_max = uint64_t{128} << 20;  // of events in memory; past it they are dropped and must be fed again
  size_t runs_per_level = 4;                  // so many runs of about one size are merged into one
};

// Who is who, per project; replaced as a whole. Safe to use from several threads.
class Identities {
 public:
  IdentityPtr of(ProjectId project) const;
  void set(ProjectId project, IdentityPtr identity);  // null: nobody is anybody else
  std::vector<ProjectId> projects() const;

 private:
  mutable std::mutex mutex_;
  std::map<ProjectId, IdentityPtr> identities_;
};

enum class Opened : uint8_t {
  fresh,    // there was nothing
  resumed,  // everything up to next() is there
  dropped,  // what was there could not be used
};

// Safe to use from several threads.
class PartitionIndex {
 public:
  struct Place {
    std::string directory;  // made when missing; belongs to this partition
    log::Partition partition = 0;
    uint64_t source = 0;  // identifies the store: another one gives other player keys
  };

  // `files` and `identities` outlive this. Errors are lib/io's.
  static Result<std::unique_ptr<PartitionIndex>> open(io::FileSystem& files, const Identities& identities,
                                                      const Place& place, const IndexLimits& limits);

  Opened opened() const { return opened_; }
  // Events below it are in the index.
  log::Offset next() const;

  // The stored events of this partition with offsets in [from, next); those that are here already are passed over.
  // Ignored when `from` lies behind next(): then something is missing, and must be fed first. Visible at once.
  void apply(log::Offset from, log::Offset next, std::span<const store::EventRow> rows);

  // Adds the project's sections, with what `identity` (may be null) means for them. Errors kCorrupt, kBehind.
  Status collect(ProjectId project, const IdentityPtr& identity, Snapshot& into) const;

  // Does the most urgent piece of work: writes events from memory to a run, rewrites runs with events that were taken
  // from their players, merges runs. True: there may be more. Errors are lib/io's, and kCorrupt, after which drop()
  // helps; nothing is lost, and the next call tries again.
  Result<bool> maintain(const std::function<bool()>& stopped = nullptr);
  // Everything in memory becomes a run, and next() durable.
  Status flush(const std::function<bool()>& stopped = nullptr);
  // Everything becomes one run.
  Status compact(const std::function<bool()>& stopped = nullptr);
  // Forgets everything; next() is 0 again.
  Status drop();

  struct Facts {
    uint64_t rows_on_disk = 0, bytes_on_disk = 0, runs = 0;
    uint64_t rows_in_memory = 0, bytes_in_memory = 0;
    bool behind = false;  // apply() was called with a gap since the last call without one
  };
  Facts facts() const;

 private:
  PartitionIndex(io::FileSystem& files, const Identities& identities, const Place& place, const IndexLimits& limits)
      : files_(files), identities_(identities), place_(place), limits_(limits) {}

  std::string path_of(std::string_view name) const { return place_.directory + "/" + std::string(name); }
  Status recover();
  Result<bool> read_runs(const Manifest& manifest);
  Status remove_all_but(const std::vector<RunPtr>& kept);
  Status publish(const std::vector<RunPtr>& runs, log::Offset next);
  Status write_tails(const std::function<bool()>& stopped);
  void finish_tails(bool written);
  Result<std::vector<RunPart>> parts_of(const std::vector<HeldSectionPtr>& sections) const;
  Status replace(const std::vector<RunPtr>& old, const std::function<bool()>& stopped);
  Result<std::vector<RunPtr>> runs_to_rewrite() const;
  Status rewrite(const std::function<bool()>& stopped);
  std::vector<RunPtr> runs_to_merge() const;
  std::vector<RunPtr> runs() const;
  void give_up_memory();
  uint64_t tail_bytes() const;

  io::FileSystem& files_;
  const Identities& identities_;
  const Place place_;
  const IndexLimits limits_;
  Opened opened_ = Opened::fresh;

  std::mutex maintenance_;          // held during maintain, flush, compact, drop; taken before mutex_
  uint64_t next_sequence_ = 1;      // of maintenance_
  log::Offset published_next_ = 0;  // of maintenance_
  // Of maintenance_: the epochs of the identities that the runs agree with; nullopt: nobody has looked.
  std::optional<std::map<ProjectId, uint64_t>> rewritten_for_;
  bool must_publish_ = true;  // of maintenance_: the manifest on disk may not be the one in memory

  mutable std::mutex mutex_;  // of what follows
  std::vector<RunPtr> runs_;
  mutable std::map<ProjectId, EventTail> tails_;  // folded by readers
  log::Offset next_ = 0;
  log::Offset durable_next_ = 0;  // events below it are in runs_
  uint64_t tail_rows_ = 0;
  uint64_t given_up_ = 0;  // how often memory was given up
  bool behind_ = false;
};

}  // namespace gm::behavior
