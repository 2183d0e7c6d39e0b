#pragma once
// Where the responses of one subscription go: what a transport is to the hub.

#include <cstddef>
#include <string_view>

namespace gm::analytics_api {

// Less than what fits into any socket's buffer: a reader that is this far behind is not behind.
inline constexpr size_t kBacklogBytesMax = 64 * 1024;

// Safe to use from several threads.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual bool open() const = 0;
  // The client has taken what was sent before, as good as all of it.
  virtual bool ready() const = 0;
  // `response`: JSON. False when the client has gone.
  virtual bool next(std::string_view response) = 0;
  // No response follows. The last call.
  virtual void complete() = 0;
  // Says that the subscription is alive though nothing happens. False when the client has gone.
  virtual bool keep_alive() = 0;
};

}  // namespace gm::analytics_api
