#pragma once
// Private to this folder: keeps the identities of all projects what the store's links say they are.

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>

#include "lib/base/result.h"
#include "lib/behavior/partition_index.h"
#include "lib/behavior/snapshot.h"
#include "lib/behavior/store_reader.h"
#include "lib/store/analytics_store.h"

namespace gm::behavior {

// Safe to use from several threads; feed() and load() may meet.
class IdentityKeeper {
 public:
  // Reads all links, `read_max` at once. Errors are the store's, and kBehind when they change faster than they are
  // read.
  Status load(const StoreReader& reader, int64_t read_max);
  // The links of a batch that is stored. Called before its events are given to the index, so that whoever finds an
  // event finds the links that came with it.
  void feed(const store::MicroBatch& batch);

  // Of the store that the links were read from; nullopt before the first load().
  std::optional<uint64_t> generation() const;
  // Changes with every link.
  uint64_t version() const { return version_; }
  // True when events up to these positions are as new as the links. A link of later is not believed of earlier events.
  bool belongs_to(std::span<const Position> positions) const;
  const Identities& identities() const { return identities_; }

 private:
  void move_on(const std::map<log::Partition, log::Offset>& positions);  // mutex_ is held

  Identities identities_;
  std::atomic<uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::optional<uint64_t> generation_;
  std::map<log::Partition, log::Offset> newest_;  // events below these came with the links, or before them
};

}  // namespace gm::behavior
