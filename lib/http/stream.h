#pragma once
// A client's socket, with or without TLS on it. One branch per call tells them apart, so that plain HTTP pays nothing
// for TLS. Nothing here blocks: `would_block` means wait for the socket to become what read_wait() or write_wait() says
// and call again. One thread.

#include <memory>
#include <string_view>
#include <utility>

#include "lib/io/socket.h"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace gm::http {

class Stream {
 public:
  using Transfer = io::Transfer;
  enum class Wait : uint8_t { readable, writable };

  // `context`: nullptr for plain bytes.
  Stream(io::Socket socket, SSL_CTX* context);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int fd() const { return socket_.fd(); }
  // The constructor was given a context: no byte goes over the socket in the clear, whatever fails.
  bool encrypted() const { return encrypted_; }

  // Until it has succeeded once, encrypted streams are neither read nor written.
  Transfer shake_hands();
  // `count`: the bytes moved.
  Transfer read_some(char* into, size_t bytes, size_t& count) {
    if (!encrypted_) [[likely]]
      return socket_.read_some(into, bytes, count);
    return decrypt(into, bytes, count);
  }
  Transfer write_some(const char* from, size_t bytes, size_t& count) {
    if (!encrypted_) [[likely]]
      return socket_.write_some(from, bytes, count);
    return encrypt(from, bytes, count);
  }
  Wait read_wait() const { return read_wait_; }
  Wait write_wait() const { return write_wait_; }
  // Bytes wait to be read that the socket will not become readable for.
  bool has_decrypted() const { return encrypted_ && decrypted_bytes() > 0; }
  // Why TLS failed last, in OpenSSL's words.
  std::string_view problem() const { return problem_; }

  // Tells the other end that nothing more will be sent.
  void end_sending();
  void close();
  // The other end sees that the connection broke.
  void reset();

 private:
  struct Free {
    void operator()(SSL* tls) const;
  };

  Transfer decrypt(char* into, size_t bytes, size_t& count);
  Transfer encrypt(const char* from, size_t bytes, size_t& count);
  size_t decrypted_bytes() const;
  Transfer judge(int result, Wait& wait);
  void notify_close();

  io::Socket socket_;
  std::unique_ptr<SSL, Free> tls_;
  const bool encrypted_;
  bool established_ = false;  // the handshake is done and nothing has gone wrong since
  Wait read_wait_ = Wait::readable;
  Wait write_wait_ = Wait::writable;
  std::string_view problem_;
};

}  // namespace gm::http
