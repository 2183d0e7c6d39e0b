#pragma once
// A provider's key pair in tests: what it publishes, and tokens signed with it.

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gm::security {

inline std::string base64url(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6;) out += kAlphabet[bits >> (held -= 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  return out;
}

inline std::string number_of(EVP_PKEY* key, const char* name, size_t length) {
  BIGNUM* value = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &value), 1) << name;
  std::string bytes(length == 0 ? static_cast<size_t>(BN_num_bytes(value)) : length, '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(value);
  return bytes;
}

class TokenSigner {
 public:
  TokenSigner(std::string name, std::string algorithm, unsigned int bits = 2048)
      : id_(std::move(name)), algorithm_(std::move(algorithm)) {
    key_.reset(algorithm_ == "RS256"   ? EVP_RSA_gen(bits)
               : algorithm_ == "ES256" ? EVP_EC_gen("P-256")
                                       : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  nlohmann::ordered_json jwk() const {
    nlohmann::ordered_json out = {{"kid", id_}, {"use", "sig"}};
    if (algorithm_ == "RS256") {
      out["kty"] = "RSA";
      out["n"] = base64url(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0));
      out["e"] = base64url(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0));
    } else if (algorithm_ == "ES256") {
      out["kty"] = "EC";
      out["crv"] = "P-256";
      out["x"] = base64url(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32));
      out["y"] = base64url(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    } else {
      std::string raw(32, '\0');
      size_t length = raw.size();
      EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(raw.data()), &length);
      out["kty"] = "OKP";
      out["crv"] = "Ed25519";
      out["x"] = base64url(raw);
    }
    return out;
  }
  std::string public_pem() const {
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(out, key_.get());
    char* data = nullptr;
    const long length = BIO_get_mem_data(out, &data);
    std::string pem(data, static_cast<size_t>(length));
    BIO_free(out);
    return pem;
  }
  nlohmann::ordered_json header() const { return {{"alg", algorithm_}, {"kid", id_}, {"typ", "JWT"}}; }
  std::string token(const std::string& header_text, const std::string& payload) const {
    const std::string signed_bytes = base64url(header_text) + "." + base64url(payload);
    return signed_bytes + "." + base64url(signature(signed_bytes));
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  std::string signature(const std::string& bytes) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, algorithm_ == "EdDSA" ? nullptr : EVP_sha256(), nullptr, key_.get());
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    size_t length = 0;
    EVP_DigestSign(context, nullptr, &length, data, bytes.size());
    std::string out(length, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &length, data, bytes.size());
    EVP_MD_CTX_free(context);
    out.resize(length);
    if (algorithm_ != "ES256") return out;
    const auto* der = reinterpret_cast<const unsigned char*>(out.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(out.size()));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(pair);
    return raw;
  }

  std::string id_, algorithm_;
  std::unique_ptr<EVP_PKEY, Free> key_;
};

}  // namespace gm::security
