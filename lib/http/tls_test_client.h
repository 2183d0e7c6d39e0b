#pragma once
// For tests: the client's end of a TLS connection, and certificates made on the spot.

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/http/loopback_test_client.h"

namespace gm::http {

struct TestCertificate {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

inline std::string pem_text(BIO* memory) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<size_t>(length));
  BIO_free(memory);
  return text;
}

// Signed by itself, valid from an hour ago for another `hours`.
inline TestCertificate make_test_certificate(const std::string& name, int hours = 24) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600L * hours);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, subject);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  TestCertificate made;
  BIO* text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(text, certificate);
  made.certificate = pem_text(text);
  text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(text, key, nullptr, nullptr, 0, nullptr, nullptr);
  made.key = pem_text(text);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

struct TlsTestOptions {
  int version_min = TLS1_2_VERSION;
  int version_max = TLS1_3_VERSION;
  std::string ciphers = "DEFAULT:@SECLEVEL=0";
  std::string protocols = std::string("\x08http/1.1");  // in ALPN's form
};

class TlsTestClient {
 public:
  explicit TlsTestClient(uint16_t port, const TlsTestOptions& options = {}) : socket_(port) {
    std::signal(SIGPIPE, SIG_IGN);
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context_, options.version_min);
    SSL_CTX_set_max_proto_version(context_, options.version_max);
    SSL_CTX_set_cipher_list(context_, options.ciphers.c_str());
    tls_ = SSL_new(context_);
    SSL_set_alpn_protos(tls_, reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
    SSL_set_fd(tls_, socket_.descriptor());
    connected_ = SSL_connect(tls_) == 1;
    ERR_clear_error();
  }
  ~TlsTestClient() {
    SSL_free(tls_);
    SSL_CTX_free(context_);
  }
  TlsTestClient(const TlsTestClient&) = delete;
  TlsTestClient& operator=(const TlsTestClient&) = delete;

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(tls_); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(tls_, &name, &length);
    return {reinterpret_cast<const char*>(name), length};
  }
  std::string server_name() const {
    X509* certificate = SSL_get1_peer_certificate(tls_);
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }

  bool send(std::string_view bytes) {
    size_t sent = 0;
    while (!bytes.empty()) {
      if (SSL_write_ex(tls_, bytes.data(), bytes.size(), &sent) != 1) return false;
      bytes.remove_prefix(sent);
    }
    return true;
  }
  // As LoopbackTestClient::read_answer.
  std::string read_answer() {
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return {};
    }
    end += 4;
    const size_t at = buffer_.find("Content-Length: ");
    const size_t length = at < end ? std::strtoul(buffer_.c_str() + at + 16, nullptr, 10) : 0;
    while (buffer_.size() < end + length) {
      if (!more()) return {};
    }
    std::string answer = buffer_.substr(0, end + length);
    buffer_.erase(0, end + length);
    return answer;
  }
  bool read_until(std::string_view text) {
    while (buffer_.find(text) == std::string::npos) {
      if (!more()) return false;
    }
    return true;
  }
  // Reads until the other end has said that it is done (close_notify): false when it went without.
  bool read_close_notify() {
    while (more()) {
    }
    return SSL_get_shutdown(tls_) == SSL_RECEIVED_SHUTDOWN;
  }
  LoopbackTestClient& socket() { return socket_; }

 private:
  bool more() {
    char bytes[16384];
    size_t got = 0;
    ERR_clear_error();
    if (SSL_read_ex(tls_, bytes, sizeof bytes, &got) != 1) return false;
    buffer_.append(bytes, got);
    return true;
  }

  LoopbackTestClient socket_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace gm::http
