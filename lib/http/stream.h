#pragma once
// A client's socket, with or without TLS on it. One branch per call tells them apart, so that plain HTTP pays nothing
// for TLS. Nothing here blocks: `would_block` means wait for the socket to become what read_wait() or write_wait() says
// and call again. One thread.

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>
#include <utility>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace gm::http {

class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Error = boost::system::error_code;

  // Non-blocking already. `context`: nullptr for plain bytes.
  Stream(Socket socket, SSL_CTX* context);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Socket& socket() { return socket_; }
  // The constructor was given a context: no byte goes over the socket in the clear, whatever fails.
  bool encrypted() const { return encrypted_; }

  // Until it has succeeded once, encrypted streams are neither read nor written.
  void shake_hands(Error& error);
  size_t read_some(char* into, size_t bytes, Error& error) {
    if (!encrypted_) [[likely]]
      return socket_.read_some(boost::asio::buffer(into, bytes), error);
    return decrypt(into, bytes, error);
  }
  size_t write_some(const char* from, size_t bytes, Error& error) {
    if (!encrypted_) [[likely]]
      return socket_.write_some(boost::asio::buffer(from, bytes), error);
    return encrypt(from, bytes, error);
  }
  Socket::wait_type read_wait() const { return read_wait_; }
  Socket::wait_type write_wait() const { return write_wait_; }
  // Bytes wait to be read that the socket will not become readable for.
  bool has_decrypted() const { return encrypted_ && decrypted_bytes() > 0; }
  // Why TLS failed last, in OpenSSL's words.
  std::string_view problem() const { return problem_; }

  // Tells the other end that nothing more will be sent.
  void end_sending();
  void close();

 private:
  struct Free {
    void operator()(SSL* tls) const;
  };

  size_t decrypt(char* into, size_t bytes, Error& error);
  size_t encrypt(const char* from, size_t bytes, Error& error);
  size_t decrypted_bytes() const;
  Error judge(int result, Socket::wait_type& wait);
  void notify_close();

  Socket socket_;
  std::unique_ptr<SSL, Free> tls_;
  const bool encrypted_;
  bool established_ = false;  // the handshake is done and nothing has gone wrong since
  Socket::wait_type read_wait_ = Socket::wait_read;
  Socket::wait_type write_wait_ = Socket::wait_write;
  std::string_view problem_;
};

}  // namespace gm::http
