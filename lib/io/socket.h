#pragma once
// A connected stream socket that never blocks, and taking new ones from a listener.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/io/descriptor.h"

namespace gm::io {

enum class Transfer : uint8_t {
  done,
  would_block,  // nothing now: wait for the poller's next word
  ended,        // reading: the other end sends no more
  failed,
};

// One thread.
class Socket {
 public:
  // Non-blocking already.
  explicit Socket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  int fd() const { return descriptor_.get(); }
  // `count`: the bytes moved; at least one when done. A peer that has gone raises no signal.
  Transfer read_some(char* into, size_t bytes, size_t& count);
  Transfer write_some(const char* from, size_t bytes, size_t& count);
  // Tells the other end that nothing more will be sent.
  void end_sending();
  void close() { descriptor_ = Descriptor(); }
  // Closes so that the other end reads an error instead of an end.
  void reset();

 private:
  Descriptor descriptor_;
};

struct Accepted {
  Descriptor socket;  // non-blocking, close-on-exec, TCP_NODELAY
  std::string peer;   // address of the other end, without its port
};
// The next connection that waits at `listener`. Without one, `problem` is empty when none waits, else the system's
// reason (most likely too few descriptors).
std::optional<Accepted> accept_connection(int listener, std::string& problem);

}  // namespace gm::io
