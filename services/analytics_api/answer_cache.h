#pragma once
// Private to this folder: answers that are kept for as long as they are true. docs/adr/0020 has the reasons.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/http/message.h"
#include "lib/store/data_version.h"
#include "lib/telemetry/metrics.h"

namespace gm::analytics_api {

// What an asker allows.
struct CacheUse {
  bool bypass = false;     // compute it, whatever is kept
  int64_t max_age_ms = 0;  // an answer that is not the newest will do, if it is no older
};
// From the request's Cache-Control: no-cache, max-age in seconds.
CacheUse cache_use(const http::Request& request);

struct Freshness {
  bool cached = false;
  bool current = true;  // it is what computing it now would give
  int64_t age_ms = 0;
};

struct CacheSettings {
  int64_t bytes_max = 0;  // 0: nothing is kept
  // Within a slot of time (unix ms / slot_ms) an answer on unchanged data stays the same.
  int64_t slot_ms = 1;
};

// Safe to use from several threads.
class AnswerCache {
 public:
  // Both outlive this. `versions` null: nothing is kept.
  AnswerCache(const store::DataVersion* versions, CacheSettings settings, const Clock& clock,
              telemetry::Registry& telemetry);

  using Answer = std::shared_ptr<const void>;
  struct Computed {
    Answer answer;
    size_t bytes = 0;
  };
  using Compute = std::function<Result<Computed>()>;
  struct Found {
    Answer answer;
    Freshness freshness;
  };
  // `question` says everything that the answer depends on but the project's data and the time `now_ms`, and what type
  // the answer has. Equal questions at one time are computed once; the others wait. Errors: those of `compute`,
  // gm-query-cancelled when the thread's StoppedBy ends the waiting.
  Result<Found> get(ProjectId project, const std::string& question, int64_t now_ms, const CacheUse& use,
                    const Compute& compute);

 private:
  using Key = std::pair<ProjectId, std::string>;
  // What an answer was computed from.
  struct Stamp {
    uint64_t version = 0;
    int64_t slot = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Entry {
    Key key;
    Stamp stamp;
    Computed computed;
    int64_t made_ms = 0;
  };
  struct Flight {
    Stamp stamp;
    std::optional<Result<Computed>> result;
    std::condition_variable_any landed;
  };
  class Landing;

  // These are called under the lock.
  std::optional<Found> look(const Key& key, const Stamp& stamp, const CacheUse& use);
  void keep(const Key& key, const Stamp& stamp, const Computed& computed);
  void drop(std::list<Entry>::iterator entry, std::string_view reason);
  void count_miss(const Key& key, const CacheUse& use);

  Result<Found> compute_now(const Key& key, std::shared_ptr<Flight> flight, const Compute& compute);

  const store::DataVersion* const versions_;
  const CacheSettings settings_;
  const Clock& clock_;
  telemetry::Registry& telemetry_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the one used last first
  std::map<Key, std::list<Entry>::iterator> by_key_;
  std::map<Key, std::shared_ptr<Flight>> flights_;
  size_t bytes_ = 0;
};

}  // namespace gm::analytics_api
