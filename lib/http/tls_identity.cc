#include "lib/http/tls_identity.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

namespace gm::http {
namespace {

constexpr uint64_t kPemBytesMax = 1 << 20;
constexpr std::string_view kProtocol = "http/1.1";
// For TLS 1.2; those of TLS 1.3 are all good.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* held) const {
    release(held);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

// OpenSSL's words for what went wrong last on this thread; its queue is empty afterwards.
std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

// A file with a passphrase is refused instead of asking for it on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Bio reading(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

Result<std::vector<Certificate>> parse_chain(const std::string& path, std::string_view text) {
  const Bio source = reading(text);
  std::vector<Certificate> chain;
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509(source.get(), nullptr, no_passphrase, nullptr)) chain.emplace_back(next);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = last_reason();
  if (!chain.empty() && at_end) return chain;
  return Error{"gm-tls-certificate-invalid",
               fmt::format("http.tls.certificate '{}' is not a chain of PEM certificates ({}); it has to hold "
                           "-----BEGIN CERTIFICATE----- blocks, the server's own first",
                           path, reason)};
}

Result<Key> parse_key(const std::string& path, std::string_view text) {
  const Bio source = reading(text);
  ERR_clear_error();
  if (EVP_PKEY* key = PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr)) return Key(key);
  return Error{"gm-tls-key-invalid",
               fmt::format("http.tls.key '{}' is not a PEM private key without a passphrase ({}); openssl pkey -in "
                           "{} -out plain.pem takes a passphrase away",
                           path, last_reason(), path)};
}

// The one protocol spoken here, if the client knows it; a client that insists on others is refused (RFC 7301).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* in,
                    unsigned in_bytes, void*) {
  for (unsigned at = 0; at < in_bytes; at += 1u + in[at]) {
    const std::string_view offered(reinterpret_cast<const char*>(in) + at + 1,
                                   std::min<size_t>(in[at], in_bytes - at - 1));
    if (offered != kProtocol) continue;
    *out = in + at + 1;
    *out_bytes = in[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::shared_ptr<SSL_CTX> make_context() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // Idle connections hold no buffers; an answer's bytes may have moved when its rest is written.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  return SSL_CTX_set_cipher_list(context.get(), kCiphers) == 1 ? context : nullptr;
}

int64_t unix_seconds(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<int64_t>(timegm(&parts)) : 0;
}

std::string digest_of(std::string_view certificate, std::string_view key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  std::string digest;
  for (const std::string_view part : {certificate, key}) {
    unsigned length = 0;
    EVP_Digest(part.data(), part.size(), bytes.data(), &length, EVP_sha256(), nullptr);
    digest.append(reinterpret_cast<const char*>(bytes.data()), length);
  }
  return digest;
}

Result<std::string> read_setting(io::FileSystem& files, std::string_view setting, const std::string& path) {
  auto text = io::read_file(files, path, kPemBytesMax);
  if (text) return text;
  return Error{"gm-tls-unreadable", fmt::format("{} '{}' cannot be read: {}; check the path and that the server's user "
                                                "may read it",
                                                setting, path, text.error().message)};
}

}  // namespace

TlsIdentity::TlsIdentity(io::FileSystem& files, std::string certificate_path, std::string key_path)
    : files_(files), certificate_path_(std::move(certificate_path)), key_path_(std::move(key_path)) {}

Result<bool> TlsIdentity::load() {
  const auto certificate_text = read_setting(files_, "http.tls.certificate", certificate_path_);
  if (!certificate_text) return certificate_text.error();
  auto key_text = read_setting(files_, "http.tls.key", key_path_);
  if (!key_text) return key_text.error();
  const std::string digest = digest_of(*certificate_text, *key_text);
  {
    const std::lock_guard lock(mutex_);
    if (digest == digest_) return false;
  }
  const auto chain = parse_chain(certificate_path_, *certificate_text);
  const auto key = parse_key(key_path_, *key_text);
  OPENSSL_cleanse(key_text->data(), key_text->size());
  if (!chain) return chain.error();
  if (!key) return key.error();
  if (X509_check_private_key(chain->front().get(), key->get()) != 1) {
    ERR_clear_error();
    return Error{"gm-tls-key-mismatch",
                 fmt::format("the key in '{}' does not belong to the first certificate in '{}'; give the key that its "
                             "request was signed with, and put the server's own certificate first",
                             key_path_, certificate_path_)};
  }
  auto context = make_context();
  bool taken = context && SSL_CTX_use_certificate(context.get(), chain->front().get()) == 1 &&
               SSL_CTX_use_PrivateKey(context.get(), key->get()) == 1;
  for (size_t i = 1; taken && i < chain->size(); ++i)
    taken = SSL_CTX_add1_chain_cert(context.get(), (*chain)[i].get()) == 1;
  if (!taken) {
    return Error{"gm-tls-certificate-invalid",
                 fmt::format("http.tls.certificate '{}' cannot be used ({}); make one with a key of today's strength, "
                             "e.g. P-256 or RSA of 2048 bits",
                             certificate_path_, last_reason())};
  }
  const std::lock_guard lock(mutex_);
  digest_ = digest;
  context_ = std::move(context);
  expires_s_ = unix_seconds(X509_get0_notAfter(chain->front().get()));
  return true;
}

std::shared_ptr<SSL_CTX> TlsIdentity::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

int64_t TlsIdentity::expires_s() const {
  const std::lock_guard lock(mutex_);
  return expires_s_;
}

}  // namespace gm::http
