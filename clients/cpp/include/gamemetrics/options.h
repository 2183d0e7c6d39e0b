// What the game gives to a client and gets from it. Part of gamemetrics/gamemetrics.h. SPDX-License-Identifier:
// Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "gamemetrics/json.h"

namespace gamemetrics {

// An event that will never be counted, and why.
struct Dropped {
  std::string event_id, event, reason, detail;
  bool by_server = false;
};

// A request that was not answered with success; status 0 means no answer.
struct Failure {
  int status = 0;
  std::string code, detail;
  bool will_retry = false;
};

struct Request {
  std::string url;
  std::string authorization;  // the value of the header; not to be logged
  std::string body;
  bool gzip = false;  // send Content-Encoding: gzip
  int64_t timeout_ms = 0;
  const std::atomic<bool>* cancelled = nullptr;  // return soon once it is true: the game ends
};

struct Answer {
  int status = 0;  // 0: there was none
  std::string retry_after, body;
};

// Sends one request and waits for its answer, on the client's own thread. Must not follow redirects.
using Transport = std::function<Answer(const Request&)>;

// Keeps a few short texts over restarts; an empty value removes.
struct Storage {
  std::function<std::string(const std::string& name)> get;
  std::function<void(const std::string& name, const std::string& value)> set;
};

struct Context {
  std::string country, platform, device, build;
};

// Callbacks come from the client's thread or from the one that called the client, never with a lock held.
struct Options {
  std::string player_id;
  Storage storage;
  bool auto_session = true;
  bool opted_out = false;
  Context context;
  int64_t flush_events = 20;
  int64_t flush_interval_ms = 10'000;
  int64_t flush_bytes = 64 * 1024;
  int64_t batch_events_max = 100;
  int64_t batch_bytes_max = 256 * 1024;
  int64_t queue_events_max = 5'000;
  int64_t queue_bytes_max = 2 * 1024 * 1024;
  int64_t event_bytes_max = 64 * 1024;
  int64_t gzip_bytes_min = 1024;
  int64_t retry_base_ms = 1'000;
  int64_t retry_max_ms = 60'000;
  int64_t retry_after_max_ms = 300'000;
  int64_t request_timeout_ms = 10'000;
  int64_t session_gap_ms = 30 * 60 * 1000;
  int64_t shutdown_timeout_ms = 3'000;
  std::function<void(const Dropped&)> on_drop;
  std::function<void(const Failure&)> on_error;
  std::function<std::string(const std::string&)> gzip;  // none: bodies are sent plain
  std::function<int64_t()> clock_ms;
};

// tracked + restored = delivered + rejected + dropped + queued.
struct Stats {
  int64_t tracked = 0, restored = 0, delivered = 0, warned = 0, rejected = 0, dropped = 0, requests = 0, failures = 0,
          queued = 0;
};

}  // namespace gamemetrics
