#pragma once
// What services see of WebSockets (RFC 6455): text messages. Frames, pings and the closing handshake are the server's
// business.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gm::http {

// Of RFC 6455 section 7.4.1 and IANA's registry; those from 4000 on are the services' own.
inline constexpr uint16_t kCloseNormal = 1000;
inline constexpr uint16_t kCloseGoingAway = 1001;
inline constexpr uint16_t kCloseProtocolError = 1002;
inline constexpr uint16_t kCloseNotText = 1003;
inline constexpr uint16_t kCloseNotUtf8 = 1007;
inline constexpr uint16_t kCloseTooLarge = 1009;
inline constexpr uint16_t kCloseTryLater = 1013;

// An open socket. All of it may be called from any thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // False when nothing more goes out: the client has gone, its queue is full, or the socket is being closed.
  virtual bool send(std::string_view text) = 0;
  virtual bool open() const = 0;
  // What was sent and waits for the client to take what was sent before.
  virtual size_t waiting_bytes() const = 0;
  // What was sent before still goes out, and nothing after it. `reason`: at most 123 bytes are sent.
  virtual void close(uint16_t code, std::string_view reason) = 0;
  // Runs `job` on the server's worker pool, where it may block. False when the pool's queue is full: it is not run.
  virtual bool run(std::function<void()> job) = 0;
};

// Why a socket is over. closed_here: the service closed it.
enum class SocketEnd : uint8_t {
  closed_here,
  client_closed,
  client_gone,
  silent,
  too_slow,
  malformed,
  not_text,
  too_large
};
// "client_gone" and so on, for metrics.
std::string_view name_of(SocketEnd why);

// The service's side of a socket: called on the network thread, one call at a time, and must not block.
class SocketReader {
 public:
  virtual ~SocketReader() = default;
  // Valid UTF-8, at most SocketTerms::message_bytes_max. May still come after close().
  virtual void on_text(std::string_view message) = 0;
  // Once, SocketTerms::look_after_ms after the beginning.
  virtual void on_time() = 0;
  // The server stops: a socket that is not closed within http.shutdown_timeout is cut off.
  virtual void on_server_stops() = 0;
  // The last call.
  virtual void on_end(SocketEnd why) = 0;
};

// On what terms a service takes a socket.
struct SocketTerms {
  std::shared_ptr<SocketReader> reader;
  std::string protocol;  // the subprotocol; empty: none
  size_t message_bytes_max = 0;
  int64_t ping_interval_ms = 0;  // a client unheard for as long gets a ping, and is given up after as long again
  int64_t look_after_ms = 0;
};

}  // namespace gm::http
