#pragma once
// Reads a snapshot player by player: for each player the events that a question asks for, in the order of time.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/section.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

struct AttributeTest {
  Dimension dimension = Dimension::country;
  std::vector<std::string> values;  // one of them
  bool negated = false;             // none of them
};

// A set of events: one of the names (or any name), and all of the tests. Tests on properties are not of this index.
struct EventSelector {
  std::vector<std::string> names;
  bool any_name = false;
  std::vector<AttributeTest> tests;
};

inline constexpr size_t kSelectorsMax = 32;

struct Hit {
  int64_t time_ms = 0;
  uint64_t session = 0;  // id; 0 when there is none or sessions are not asked for
  uint32_t mask = 0;     // bit i: selector i has the event
  Row row = 0;
  uint32_t source = 0;
};

struct ScanPlan {
  std::vector<EventSelector> selectors;  // at most kSelectorsMax
  uint32_t required = 0;                 // players without an event of any of these selectors are left out
  bool every_event = false;              // events of no selector are hits too, with mask 0
  bool sessions = false;
  bool in_order = true;  // false: hits have no times and come in any order
  // Besides what the scan itself reads.
  ColumnSet columns{};
};

struct PlayerHits {
  PlayerKey player = 0;
  std::span<Hit> hits;  // by (time, partition, offset) if `in_order`; the visitor may reorder them
};

class PlayerVisitor {
 public:
  virtual ~PlayerVisitor() = default;
  // Called for players who have hits. Each visitor is used by one thread.
  virtual void visit(const PlayerHits& player) = 0;
};

class Scan {
 public:
  // `snapshot` outlives this.
  Scan(const Snapshot& snapshot, ScanPlan plan);
  ~Scan();
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  // Verifies what it will read. Errors kCorrupt, kStale, kInvalid.
  Status prepare();
  // Precondition: prepare() accepted. One thread per visitor; every player goes to one of them, in no order.
  void run(std::span<PlayerVisitor* const> visitors) const;

 private:
  struct Lookup;  // what the plan means in the codes of one section
  class Worker;
  Lookup look_up(const Section& section) const;
  std::vector<KeyRange> split(size_t parts) const;

  const Snapshot& snapshot_;
  ScanPlan plan_;
  std::vector<Lookup> lookups_;  // one a source
};

// Fewer events than this for each thread are not worth it.
inline constexpr uint64_t kRowsPerThreadMin = 50'000;

// Threads to use when the caller does not say.
unsigned default_threads();

// Runs one visitor per thread, made by copying `model`, and returns them all.
template <typename V>
std::vector<V> run_each(const Scan& scan, const V& model, unsigned threads) {
  std::vector<V> visitors(threads == 0 ? default_threads() : threads, model);
  std::vector<PlayerVisitor*> pointers;
  for (V& visitor : visitors) pointers.push_back(&visitor);
  scan.run(pointers);
  return visitors;
}

// The same, with all added into one: V has add(const V&).
template <typename V>
V run_parallel(const Scan& scan, const V& model, unsigned threads) {
  std::vector<V> visitors = run_each(scan, model, threads);
  for (size_t i = 1; i < visitors.size(); ++i) visitors[0].add(visitors[i]);
  return std::move(visitors[0]);
}

}  // namespace gm::behavior
