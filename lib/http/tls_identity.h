#pragma once
// The certificate and private key that connections are served with, and the rules of the handshake: TLS 1.2 or later,
// ciphers with forward secrecy only, ALPN http/1.1, no renegotiation, no resumption (so that no key outlives its
// connection; with elliptic curves a full handshake costs well under a millisecond).

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "lib/base/result.h"
#include "lib/io/file.h"

using SSL_CTX = struct ssl_ctx_st;

namespace gm::http {

// Safe to use from any thread.
class TlsIdentity {
 public:
  // The paths of PEM files: the chain with the server's own certificate first, and its key without a passphrase.
  // `files` outlives it.
  TlsIdentity(io::FileSystem& files, std::string certificate_path, std::string key_path);

  // Reads both files; true when there was something new, which new connections are served with from now on. The files
  // are compared by content: a changed date means nothing, and a link that now leads elsewhere is noticed. On an error
  // what was in use stays in use: gm-tls-unreadable, gm-tls-certificate-invalid, gm-tls-key-invalid,
  // gm-tls-key-mismatch (which passes by itself when one file was replaced a moment before the other).
  Result<bool> load();

  // What a new connection is served with; empty before the first successful load().
  std::shared_ptr<SSL_CTX> context() const;
  // Unix time at which the certificate ends.
  int64_t expires_s() const;

 private:
  io::FileSystem& files_;
  const std::string certificate_path_;
  const std::string key_path_;
  mutable std::mutex mutex_;  // guards what follows
  std::string digest_;        // of both files, as loaded
  std::shared_ptr<SSL_CTX> context_;
  int64_t expires_s_ = 0;
};

}  // namespace gm::http
