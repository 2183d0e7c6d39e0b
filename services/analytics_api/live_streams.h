#pragma once
// Private to this folder: open live feeds. One timer thread serves them all.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "lib/http/message.h"
#include "lib/store/live_state.h"
#include "lib/telemetry/metrics.h"

namespace gm::analytics_api {

class LiveStreams {
 public:
  // A stream that hears nothing gets a comment line every `keep_alive_ms`, which also finds out that its client has
  // gone.
  LiveStreams(store::LiveState& live, size_t streams_max, int64_t keep_alive_ms, telemetry::Registry& telemetry);
  ~LiveStreams();
  LiveStreams(const LiveStreams&) = delete;
  LiveStreams& operator=(const LiveStreams&) = delete;

  // False when `streams_max` are open.
  bool add(ProjectId project, std::shared_ptr<http::ResponseStream> response);
  size_t size() const;

 private:
  struct Stream {
    std::shared_ptr<http::ResponseStream> response;
    std::atomic<bool> dead{false};
    uint64_t subscription = 0;
  };
  using StreamPtr = std::shared_ptr<Stream>;

  void run();
  void keep_alive();
  // Unsubscribes the dead.
  void reap();
  void mark_dead(Stream& stream);

  store::LiveState& live_;
  const size_t streams_max_;
  const int64_t keep_alive_ms_;
  telemetry::Gauge& open_;
  telemetry::Counter& dropped_;

  // Never held while the live state is called: its listeners take this lock inside publish().
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<StreamPtr> streams_;
  bool some_dead_ = false;
  bool stopping_ = false;
  std::thread timer_;
};

}  // namespace gm::analytics_api
