#pragma once
// Ports: a store, and a live state, that can forget a player.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/store/analytics_store.h"

namespace gm::store {

// A bit of EventRow::flags besides event::EventFlags: of a backfill, which is never late.
inline constexpr uint16_t kHistorical = 1u << 7;

struct PlayerErasure {
  ProjectId project;
  std::vector<PlayerKey> players;  // of all of his ids
  std::vector<std::string> ids;
  std::string currency;       // the project's: purchases in it are in the sums
  int64_t late_after_ms = 0;  // processor.late_after
  MicroBatch shapes;          // what his events added to the shapes, with the opposite sign
};

// What is put right of a player. Both texts: empty where nothing is known any more, absent where it stays.
struct PlayerRectification {
  struct Properties {  // of the event at this place of the log
    log::Partition partition = 0;
    log::Offset offset = 0;
    std::string text;
  };
  ProjectId project;
  std::vector<PlayerKey> players;  // of all of his ids
  int64_t until_ms = 0;            // of events that were received up to then
  std::optional<std::string> country, platform;
  std::vector<Properties> properties;
  MicroBatch shapes;  // what the old properties added to the shapes, with the opposite sign, and what the new ones add
};

struct ErasedRows {
  int64_t events = 0, sessions = 0, days = 0, players = 0, links = 0, rejected = 0;
};

// Same thread as AnalyticsStore::apply(). Errors: those of AnalyticsStore.
class ErasableStore {
 public:
  virtual ~ErasableStore() = default;
  // Takes him out of every table and every sum, all or nothing: afterwards they are as if he had never been. Rejected
  // events go that mention one of his ids. The bytes may still be in the store's files.
  virtual Result<ErasedRows> erase(const PlayerErasure& erasure) = 0;
  // All or nothing. The player's own country and platform are the newest known of his events afterwards.
  virtual Status rectify(const PlayerRectification& rectification) = 0;
  // Writes the store's files anew, without what was deleted. Readers wait for a moment at the end. After
  // gm-store-unavailable everything is as before; gm-store-corrupt: the process has to start again.
  virtual Status rewrite() = 0;
};

// Safe to use from several threads.
class ErasableLive {
 public:
  virtual ~ErasableLive() = default;
  // Takes the events of these players out of what is shown, and says how many there were. Counts of players stay as
  // they are until their minutes have passed: they know nobody by name.
  virtual size_t forget(ProjectId project, const std::vector<std::string>& players) = 0;
};

}  // namespace gm::store
