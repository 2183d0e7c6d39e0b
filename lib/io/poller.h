#pragma once
// Waits for many sockets at once (epoll). A connection is told of once when something has changed, not as long as it
// is so: whoever hears that it is readable reads until there is nothing more, and then waits for the next word. A
// request then costs no call that says what to wait for.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/result.h"
#include "lib/io/descriptor.h"

namespace gm::io {

// wake() may be called from any thread, the rest from one.
class Poller {
 public:
  struct Event {
    void* tag = nullptr;
    bool readable = false;  // or ended, or failed: reading tells
    bool writable = false;
    bool ended = false;  // nothing more will come than what can be read now
  };

  // Errors: gm-io-no-resources.
  Status open();

  // Until the descriptor is closed. False: the system is out of memory for it.
  bool watch_connection(int fd, void* tag);
  // Told of in every wait() as long as somebody waits at it.
  bool watch_listener(int fd, void* tag);
  void stop_watching(int fd);

  // Blocks until something has happened, `timeout_ms` has passed (-1: for ever) or wake() was called, since the last
  // wait() or during this one. Valid until the next call.
  std::span<const Event> wait(int timeout_ms);
  void wake();

 private:
  static constexpr size_t kEventsMax = 256;
  Descriptor epoll_;
  Descriptor waker_;
  std::array<Event, kEventsMax> events_;
};

}  // namespace gm::io
