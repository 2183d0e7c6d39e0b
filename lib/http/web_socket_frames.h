#pragma once
// The frames of RFC 6455, the server's side: bytes to messages, and messages to bytes. No socket, no clock.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/http/web_socket.h"

struct wslay_event_context;

namespace gm::http {

// Frames of a server have no mask and need no state, so they can be made on any thread.
std::string text_frame(std::string_view message);
std::string ping_frame();
// Of `reason` as many bytes as there is room for: 123.
std::string close_frame(uint16_t code, std::string_view reason);

// What one client sends. It uses no more memory than a message of the length allowed, into however many fragments it is
// cut.
class FrameReader {
 public:
  explicit FrameReader(size_t message_bytes_max);
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // Takes what has arrived, appends whole messages to `messages` and what has to be answered (pongs, the answer to a
  // close) to `out`. Answers why nothing more will be read, once that is so: client_closed, malformed, not_text,
  // too_large.
  std::optional<SocketEnd> take(std::string_view bytes, std::vector<std::string>& messages, std::string& out);
  // What to say of that end, unless the client has closed.
  uint16_t close_code() const;

 private:
  struct Free {
    void operator()(wslay_event_context* context) const;
  };
  struct Calls;  // what wslay calls

  const size_t message_bytes_max_;
  std::unique_ptr<wslay_event_context, Free> context_;
  std::string message_;  // what has come of the one that is not complete
  std::optional<SocketEnd> end_;
  // Of the take() that runs.
  std::string_view arrived_;
  std::vector<std::string>* messages_ = nullptr;
  std::string* out_ = nullptr;
  bool control_ = false;  // the frame that is being read
};

}  // namespace gm::http
