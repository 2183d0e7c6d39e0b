#pragma once
// All open subscriptions: asks their sources when it is time, makes the responses and gives them to the sinks. It goes
// by what readers take: one that is behind is not asked for until it has caught up, and the source counts what it
// loses.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/graphql/source.h"
#include "lib/telemetry/metrics.h"
#include "services/analytics_api/subscriptions/places.h"
#include "services/analytics_api/subscriptions/sink.h"

namespace gm::analytics_api {

struct HubSettings {
  size_t subscriptions_max = 0;
  size_t subscriptions_per_key_max = 0;
  size_t threads = 0;  // 0: nothing happens but by run_due()
  int64_t keep_alive_ms = 0;
};

// What one subscription does, whatever carries it. The functions are called from one thread at a time.
struct Plan {
  std::unique_ptr<graphql::Source> source;
  // The response to one event of the source, as JSON; may block.
  std::function<std::string(const graphql::Value::Object& event)> respond;
  // An error, when the one who asked may do so no longer. Asked before each response.
  std::function<Status()> allowed;
};

// Why a subscription ended.
enum class Ending : uint8_t { client_gone, client_completed, server_stops, key_refused };

class Hub {
 public:
  Hub(HubSettings settings, const Clock& clock, telemetry::Registry& telemetry);
  ~Hub();  // without a word to whoever is still there
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // The right to one subscription. Error: gm-graphql-too-many-subscriptions.
  Result<Place> take_place(int64_t key) { return places_.take(key); }
  // Answers the number that end() takes.
  uint64_t start(Place place, Plan plan, std::shared_ptr<Sink> sink);
  // From any thread, quick; nothing happens when it has ended.
  void end(uint64_t number, Ending why);
  size_t open() const;

  // Runs what is due once and answers how long nothing will be, in ms. For tests.
  int64_t run_due();

 private:
  struct Entry {
    uint64_t number = 0;
    Place place;
    Plan plan;
    std::shared_ptr<Sink> sink;
    std::string last;  // response of a source of states
    uint64_t lost = 0;
    int64_t take_at_ns = 0;
    int64_t keep_alive_at_ns = 0;
    // Guarded by the hub's mutex.
    std::optional<Ending> ending;
    int64_t due_ns = 0;
    bool waiting = false;  // in queue_, and not with a thread
  };
  using EntryPtr = std::shared_ptr<Entry>;

  void run();
  EntryPtr pop_due(int64_t now_ns);
  void wait_in_queue(const EntryPtr& entry, int64_t due_ns);
  void run_one(const EntryPtr& entry, std::optional<Ending> ending);
  // What made it end, if anything did.
  std::optional<Ending> step(Entry& entry);
  bool take(Entry& entry, int64_t now_ns);
  bool tell_lost(Entry& entry, uint64_t lost);
  bool send(Entry& entry, std::string_view response);
  static void say_goodbye(Entry& entry, Ending why);
  void remove(const EntryPtr& entry, Ending why);

  const HubSettings settings_;
  const Clock& clock_;
  telemetry::Registry& telemetry_;
  Places places_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::unordered_map<uint64_t, EntryPtr> entries_;
  std::multimap<int64_t, EntryPtr> queue_;  // by when it is due
  uint64_t last_number_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gm::analytics_api
