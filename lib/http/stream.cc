#include "lib/http/stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace gm::http {
namespace {

// OpenSSL reads and writes through io::Socket: its calls do not raise SIGPIPE, as OpenSSL's own would.
io::Socket& socket_of(BIO* bio) { return *static_cast<io::Socket*>(BIO_get_data(bio)); }

int read_socket(BIO* bio, char* into, int bytes) {
  BIO_clear_retry_flags(bio);
  size_t got = 0;
  const io::Transfer outcome = socket_of(bio).read_some(into, static_cast<size_t>(bytes), got);
  if (outcome == io::Transfer::done) return static_cast<int>(got);
  if (outcome == io::Transfer::would_block) BIO_set_retry_read(bio);
  return outcome == io::Transfer::ended ? 0 : -1;
}

int write_socket(BIO* bio, const char* from, int bytes) {
  BIO_clear_retry_flags(bio);
  size_t sent = 0;
  const io::Transfer outcome = socket_of(bio).write_some(from, static_cast<size_t>(bytes), sent);
  if (outcome == io::Transfer::done) return static_cast<int>(sent);
  if (outcome == io::Transfer::would_block) BIO_set_retry_write(bio);
  return -1;
}

long control_socket(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO* over(io::Socket& socket) {
  // Made once, never freed: connections of all threads share it until the process ends.
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "non-blocking socket");
    BIO_meth_set_read(method, read_socket);
    BIO_meth_set_write(method, write_socket);
    BIO_meth_set_ctrl(method, control_socket);
    return method;
  }();
  BIO* bio = BIO_new(kMethod);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

void Stream::Free::operator()(SSL* tls) const { SSL_free(tls); }

Stream::Stream(io::Socket socket, SSL_CTX* context) : socket_(std::move(socket)), encrypted_(context != nullptr) {
  if (!encrypted_) return;
  tls_.reset(SSL_new(context));
  BIO* bio = tls_ ? over(socket_) : nullptr;
  if (bio == nullptr) {
    tls_.reset();  // out of memory: the handshake will say so
    return;
  }
  SSL_set_bio(tls_.get(), bio, bio);
  SSL_set_accept_state(tls_.get());
}

Stream::~Stream() = default;

Stream::Transfer Stream::shake_hands() {
  if (!tls_) return Transfer::failed;
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result != 1) return judge(result, read_wait_);
  established_ = true;
  return Transfer::done;
}

Stream::Transfer Stream::decrypt(char* into, size_t bytes, size_t& count) {
  count = 0;
  if (!established_) return Transfer::failed;
  ERR_clear_error();
  const int result = SSL_read_ex(tls_.get(), into, bytes, &count);
  return result == 1 ? Transfer::done : judge(result, read_wait_);
}

Stream::Transfer Stream::encrypt(const char* from, size_t bytes, size_t& count) {
  count = 0;
  if (!established_) return Transfer::failed;
  ERR_clear_error();
  const int result = SSL_write_ex(tls_.get(), from, bytes, &count);
  return result == 1 ? Transfer::done : judge(result, write_wait_);
}

size_t Stream::decrypted_bytes() const { return tls_ ? static_cast<size_t>(SSL_pending(tls_.get())) : 0; }

Stream::Transfer Stream::judge(int result, Wait& wait) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      wait = Wait::readable;
      return Transfer::would_block;
    case SSL_ERROR_WANT_WRITE:
      wait = Wait::writable;
      return Transfer::would_block;
    case SSL_ERROR_ZERO_RETURN:  // the other end's close_notify
      return Transfer::ended;
    default:
      established_ = false;
      const char* reason = ERR_reason_error_string(ERR_peek_last_error());
      problem_ = reason == nullptr ? "the connection broke" : reason;
      ERR_clear_error();
      return Transfer::failed;
  }
}

// Once, and only if it fits the socket's buffer: who closes does not wait.
void Stream::notify_close() {
  if (!established_ || (SSL_get_shutdown(tls_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

void Stream::end_sending() {
  notify_close();
  socket_.end_sending();
}

void Stream::reset() {
  established_ = false;
  socket_.reset();
}

void Stream::close() {
  notify_close();
  established_ = false;
  socket_.close();
}

}  // namespace gm::http
