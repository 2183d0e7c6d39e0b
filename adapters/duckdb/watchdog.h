#pragma once
// Private to this folder: interrupts queries that take too long.

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
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

  // From arm() until disarm() returns, the connection is interrupted once when the time is over.
  uint64_t arm(Connection& connection, int64_t timeout_ms);
  // True when it was interrupted.
  bool disarm(uint64_t ticket);

 private:
  struct Watch {
    Connection* connection;
    int64_t deadline_ns;
    bool fired;
  };
  void run();
  // Interrupts what is overdue; answers how long to sleep, in ms.
  int64_t fire_overdue();

  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Watch> watches_;
  uint64_t next_ticket_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gm::duckdb
