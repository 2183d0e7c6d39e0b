#pragma once
// One WebSocket from its handshake to its end: messages to the service, silence, the closing handshake. It moves no
// bytes itself and knows no socket; its connection does and tells it the time. One thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/http/stream_queue.h"
#include "lib/http/web_socket.h"
#include "lib/http/web_socket_frames.h"

namespace gm::http {

class SocketSession {
 public:
  SocketSession(SocketTerms terms, const Clock& clock);
  ~SocketSession();
  SocketSession(const SocketSession&) = delete;
  SocketSession& operator=(const SocketSession&) = delete;

  // Each appends what has to be sent to `out`.
  void receive(std::string_view bytes, std::string& out);
  void give(StreamQueue::Taken taken, std::string& out);  // what the service has sent
  void on_deadline(std::string& out);
  void server_stops();

  // When on_deadline() is due.
  int64_t deadline_ns() const;
  // The connection ends as soon as everything is sent.
  bool over() const { return over_; }
  // The connection has ended; `why` counts unless the session knows better. The reader hears it once.
  void end(SocketEnd why);

 private:
  void close_for(SocketEnd why, uint16_t code, std::string_view reason, std::string& out);

  const Clock& clock_;
  std::shared_ptr<SocketReader> reader_;
  const int64_t ping_interval_ns_;
  FrameReader frames_;
  std::optional<SocketEnd> why_;
  bool over_ = false;
  int64_t closing_until_ns_ = 0;  // a close was sent, and the client's is waited for; 0: not yet
  int64_t look_at_ns_ = 0;        // 0: has been
  int64_t heard_ns_ = 0;
  int64_t pinged_ns_ = 0;  // 0: something was heard since
};

}  // namespace gm::http
