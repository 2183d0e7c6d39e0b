#include "lib/security/signing_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>

#include "lib/security/strict_json.h"

namespace gm::security {
namespace {

constexpr size_t kSetBytesMax = 256u << 10;
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 16384;       // a check by a longer one takes noticeable time
constexpr size_t kCoordinateBytes = 32;  // of P-256

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* held) const {
    kFree(held);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

struct AlgorithmRow {
  SignatureAlgorithm algorithm;
  std::string_view name;
};
constexpr std::array kAlgorithms = {AlgorithmRow{SignatureAlgorithm::rs256, "RS256"},
                                    AlgorithmRow{SignatureAlgorithm::es256, "ES256"},
                                    AlgorithmRow{SignatureAlgorithm::eddsa, "EdDSA"}};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Number number(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::optional<std::string> bytes_member(const nlohmann::json& key, const char* name) {
  const auto text = text_member(key, name);
  return text ? strict_base64url(*text) : std::nullopt;
}

// nullptr: the parameters are no key.
Pkey made_of(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  Pkey key(made);
  const Context check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? std::move(key) : nullptr;
}

Pkey rsa_key(const nlohmann::json& jwk) {
  const auto modulus = bytes_member(jwk, "n"), exponent = bytes_member(jwk, "e");
  if (!modulus || !exponent || modulus->size() > kRsaBitsMax / 8 || exponent->size() > 8) return nullptr;
  const Number n = number(*modulus), e = number(*exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < kRsaBitsMin || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1)
    return nullptr;
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return made_of("RSA", builder.get());
}

Pkey ec_key(const nlohmann::json& jwk) {
  const auto x = bytes_member(jwk, "x"), y = bytes_member(jwk, "y");
  if (text_member(jwk, "crv") != "P-256" || !x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes)
    return nullptr;
  const std::string point = "\x04" + *x + *y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return made_of("EC", builder.get());
}

Pkey ed_key(const nlohmann::json& jwk) {
  const auto x = bytes_member(jwk, "x");
  if (text_member(jwk, "crv") != "Ed25519" || !x) return nullptr;
  return Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()));
}

bool for_signatures(const nlohmann::json& jwk) {
  if (jwk.contains("use") && text_member(jwk, "use") != "sig") return false;
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return true;
  return operations->is_array() && std::ranges::find(*operations, nlohmann::json("verify")) != operations->end();
}

// DER, as OpenSSL takes it, of the two numbers one after the other that a token has (RFC 7518, 3.4). Empty: it is none.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return "";
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  Number r = number(signature.substr(0, kCoordinateBytes)), s = number(signature.substr(kCoordinateBytes));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return "";
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &der);
  if (length <= 0) return "";
  std::string out(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return out;
}

}  // namespace

struct SigningKeys::Key {
  SignatureAlgorithm algorithm = SignatureAlgorithm::rs256;
  std::optional<std::string> id;
  Pkey key;
};

std::optional<SignatureAlgorithm> parse_algorithm(std::string_view name) {
  const auto row = std::ranges::find(kAlgorithms, name, &AlgorithmRow::name);
  return row == kAlgorithms.end() ? std::nullopt : std::optional(row->algorithm);
}

Result<SigningKeys> SigningKeys::parse(std::string_view jwk_set) {
  const Error malformed{"gm-oidc-keys-malformed", "the provider's keys are no JWK set"};
  if (jwk_set.size() > kSetBytesMax) return malformed;
  const auto set = strict_object(jwk_set);
  if (!set) return malformed;
  const auto list = set->find("keys");
  if (list == set->end() || !list->is_array() || list->size() > kKeysMax) return malformed;
  SigningKeys keys;
  for (const nlohmann::json& jwk : *list) {
    if (!jwk.is_object() || !for_signatures(jwk)) continue;
    const std::string type = text_member(jwk, "kty").value_or("");
    auto made = std::make_shared<Key>();
    made->id = text_member(jwk, "kid");
    made->algorithm = type == "RSA"  ? SignatureAlgorithm::rs256
                      : type == "EC" ? SignatureAlgorithm::es256
                                     : SignatureAlgorithm::eddsa;
    made->key = type == "RSA" ? rsa_key(jwk) : type == "EC" ? ec_key(jwk) : type == "OKP" ? ed_key(jwk) : nullptr;
    const bool own = !jwk.contains("alg") || parse_algorithm(text_member(jwk, "alg").value_or("")) == made->algorithm;
    if (made->key && own) keys.keys_.push_back(std::move(made));
  }
  return keys;
}

SigningKeys::Verdict SigningKeys::verify(SignatureAlgorithm algorithm, const std::optional<std::string>& id,
                                         std::string_view signed_bytes, std::string_view signature) const {
  const Key* chosen = nullptr;
  for (const auto& one : keys_) {
    if (one->algorithm != algorithm || (id && one->id != id)) continue;
    if (chosen != nullptr) return Verdict::no_key;  // which of several is not said
    chosen = one.get();
  }
  if (chosen == nullptr) return Verdict::no_key;
  const std::string der = algorithm == SignatureAlgorithm::es256 ? der_of(signature) : std::string(signature);
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const EVP_MD* digest = algorithm == SignatureAlgorithm::eddsa ? nullptr : EVP_sha256();
  if (!context || der.empty() || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, chosen->key.get()) != 1)
    return Verdict::wrong;
  const int right =
      EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(signed_bytes), signed_bytes.size());
  return right == 1 ? Verdict::right : Verdict::wrong;
}

}  // namespace gm::security
