#pragma once
// Sends requests of events to a server and does what a good client does: waits as long as it is told to, backs off
// otherwise, and stops when trying again cannot help.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "cmd/gamemetrics/latency_histogram.h"
#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/http/client.h"

namespace gm::gamemetrics {

struct SendCounts {
  uint64_t requests = 0;
  uint64_t sent = 0;  // events handed over, repeats by the retry not counted again
  uint64_t accepted = 0;
  uint64_t rejected = 0;
  uint64_t retried = 0;  // requests that had to be sent again
  std::map<std::string, uint64_t> rejected_by_reason;
  LatencyHistogram latency;

  void merge(const SendCounts& other);
};

// What stops a sender early and how it waits.
struct SendPolicy {
  int attempts_max = 8;
  int64_t backoff_ms = 200;  // doubles with each attempt, with jitter
  int64_t backoff_max_ms = 10'000;
  int64_t retry_after_max_ms = 60'000;
};

// One per thread.
class EventSender {
 public:
  // Returns the request's JSON as posted at `now_ms`; asked again for each attempt, because sent_at has to be the
  // moment of sending.
  using MakeBody = std::function<std::string(int64_t now_ms)>;
  // Waits; false when the whole program is to stop.
  using Sleep = std::function<bool(int64_t ms)>;

  EventSender(std::string url, std::string key, const Clock& clock, Sleep sleep, SendPolicy policy = {});

  // Errors: what the server said to the last attempt, gm-http-client-failed, gm-send-stopped.
  Status send(const MakeBody& make_body, uint32_t events);

  // What happened since the last call.
  SendCounts take_counts() { return std::exchange(counts_, {}); }

 private:
  Status note_answer(const std::string& body, uint32_t events);
  int64_t wait_ms(int attempt, const http::ClientResponse* response);

  std::string url_;
  http::ClientHeaders headers_;
  const Clock& clock_;
  Sleep sleep_;
  SendPolicy policy_;
  SeededRandom jitter_;
  http::Client client_;
  SendCounts counts_;
};

// "http://host:8080/" and "http://host:8080" are the same server.
std::string without_trailing_slash(std::string url);

}  // namespace gm::gamemetrics
