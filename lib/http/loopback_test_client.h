#pragma once
// For tests: a bare socket that sends exactly the bytes it is told to, so that malformed and slow requests can be made.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "lib/io/network.h"

namespace gm::http {

class LoopbackTestClient {
 public:
  explicit LoopbackTestClient(uint16_t port) {
    io::PosixNetwork network;
    auto connection = network.connect("127.0.0.1", port, 2000);
    if (!connection) return;
    socket_ = std::move(connection->socket);
    set_blocking();
  }
  bool connected() const { return socket_.valid(); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // One whole answer, headers and body by Content-Length; what follows stays buffered. Empty when the other end closed
  // or 5 s passed.
  std::string read_answer(bool head_request = false) {
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return {};
    }
    end += 4;
    size_t length = 0;
    const size_t at = buffer_.find("Content-Length: ");
    if (!head_request && at != std::string::npos && at < end)
      length = std::strtoul(buffer_.c_str() + at + 16, nullptr, 10);
    while (buffer_.size() < end + length) {
      if (!more()) return {};
    }
    std::string answer = buffer_.substr(0, end + length);
    buffer_.erase(0, end + length);
    return answer;
  }
  // Until the other end closes (or 5 s have passed: `closed` tells).
  std::string read_rest(bool* closed = nullptr) {
    while (more()) {
    }
    if (closed != nullptr) *closed = closed_;
    return std::exchange(buffer_, {});
  }
  // Until `text` has arrived.
  bool read_until(std::string_view text) {
    while (buffer_.find(text) == std::string::npos) {
      if (!more()) return false;
    }
    return true;
  }
  const std::string& buffer() const { return buffer_; }
  void finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }
  // Gone without a word, as after a crash: the other end gets a reset.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  int descriptor() const { return socket_.get(); }
  void close() { socket_ = io::Descriptor(); }

 private:
  void set_blocking() {
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    ::fcntl(socket_.get(), F_SETFL, flags & ~O_NONBLOCK);
    const timeval limit{5, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  bool more() {
    char bytes[16384];
    const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (got <= 0) {
      closed_ = got == 0;
      return false;
    }
    buffer_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  io::Descriptor socket_;
  std::string buffer_;
  bool closed_ = false;
};

}  // namespace gm::http
