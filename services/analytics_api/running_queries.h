#pragma once
// The questions that are being answered: listed and cancelled by the project that asks them. docs/reference/exports.md.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/http/message.h"
#include "lib/security/keys.h"
#include "lib/telemetry/metrics.h"

namespace gm::analytics_api {

enum class CancelledBy : uint8_t { nobody, request, client_gone };

class RunningQuery {
 public:
  RunningQuery(security::Principal principal, std::string id, std::string kind, std::string text, int64_t started_ms,
               const std::stop_token& client_gone);

  // Stop is requested when it is cancelled, by a request or by the client's going.
  std::stop_token stop() const { return stop_.get_token(); }
  CancelledBy cancelled_by() const { return by_; }
  const std::string& id() const { return id_; }
  // Of a stream: what has been given to the client.
  void sent(int64_t rows, int64_t bytes) {
    rows_ += rows;
    bytes_ += bytes;
  }

 private:
  friend class RunningQueries;
  struct Cancel {
    RunningQuery& query;
    void operator()() const { query.cancel(CancelledBy::client_gone); }
  };
  // The first call counts.
  void cancel(CancelledBy by);

  const security::Principal principal_;
  const std::string id_, kind_, text_;
  const int64_t started_ms_;
  std::atomic<int64_t> rows_{0}, bytes_{0};
  std::atomic<CancelledBy> by_{CancelledBy::nobody};
  std::stop_source stop_;
  std::stop_callback<Cancel> on_gone_;  // last: it may be called while this is made
};

// What is told of a running question.
struct RunningNote {
  std::string id, kind, text;
  int64_t key = 0;  // of whoever asks: its number in `gamemetrics key list`
  int64_t started_ms = 0;
  int64_t rows = 0, bytes = 0;
  bool cancelled = false;  // and not yet ended
};

// Safe to use from several threads. Outlives what it hands out.
class RunningQueries {
 public:
  RunningQueries(const Clock& clock, telemetry::Registry& telemetry);

  // It counts as running for as long as somebody keeps it. The id is the one of the request's X-Query-Id, else made
  // from its trace id; `text` is what is asked, and is cut. Errors: gm-query-id-invalid, gm-query-id-taken.
  Result<std::shared_ptr<RunningQuery>> enter(const http::Request& request, security::Principal principal,
                                              std::string_view kind, std::string_view text);
  // Error gm-query-unknown, also when it is another project's.
  Status cancel(ProjectId project, const std::string& id);
  // In the order of their beginning.
  std::vector<RunningNote> list(ProjectId project) const;

 private:
  using Key = std::pair<ProjectId, std::string>;
  void leave(const RunningQuery& query);
  // Kept ones are let go after the lock: the last to let go of a query comes back here.
  std::shared_ptr<RunningQuery> find(const Key& key) const;

  const Clock& clock_;
  telemetry::Registry& telemetry_;
  telemetry::Gauge& running_;
  mutable std::mutex mutex_;
  std::map<Key, std::weak_ptr<RunningQuery>> queries_;
  uint64_t last_ = 0;
};

}  // namespace gm::analytics_api
