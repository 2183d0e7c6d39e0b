#pragma once
// Private to this folder: interrupts queries that take too long or that nobody wants any more.

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "adapters/duckdb/connection.h"
#include "lib/base/clock.h"

namespace gm::duckdb {

// One thread for all queries. Safe to use from several threads.
class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  friend class Watched;
  struct Watch {
    Connection* connection;
    std::stop_token stop;
    int64_t deadline_ns;
    bool fired;
  };
  uint64_t arm(Connection& connection, int64_t timeout_ms, std::stop_token stop);
  bool fired(uint64_t ticket);
  void disarm(uint64_t ticket);
  void look();
  void run();
  // Interrupts what is due; answers how long to sleep, in ms.
  int64_t fire_due();

  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Watch> watches_;
  uint64_t next_ticket_ = 1;
  bool looking_ = false;  // somebody has called for a look
  bool stopping_ = false;
  std::thread thread_;
};

// While it lives, the connection is interrupted when the time is over or stop is requested, and again and again from
// then on: an interruption that comes before a statement begins is lost to it.
class Watched {
 public:
  Watched(Watchdog& watchdog, Connection& connection, int64_t timeout_ms, const std::stop_token& stop)
      : watchdog_(watchdog), ticket_(watchdog.arm(connection, timeout_ms, stop)), on_stop_(stop, Look{watchdog}) {}
  ~Watched() { watchdog_.disarm(ticket_); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  bool interrupted() const { return watchdog_.fired(ticket_); }

 private:
  struct Look {
    Watchdog& watchdog;
    void operator()() const { watchdog.look(); }
  };

  Watchdog& watchdog_;
  const uint64_t ticket_;
  std::stop_callback<Look> on_stop_;  // first to go: it waits for its own call, which takes the watchdog's lock
};

}  // namespace gm::duckdb
