#pragma once
// Public keys of others, as they publish them (JWK sets, RFC 7517), and signatures by them.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::security {

// The only ones that are taken: each is of one type of key, and none has a secret that both sides know.
enum class SignatureAlgorithm : uint8_t { rs256, es256, eddsa };
std::optional<SignatureAlgorithm> parse_algorithm(std::string_view name);

// Copies share the keys. Safe to use from several threads.
class SigningKeys {
 public:
  static constexpr size_t kKeysMax = 100;
  SigningKeys() = default;
  // Keys that are not for signatures, of another type, or weaker than RSA of 2048 bits are left out. Error
  // gm-oidc-keys-malformed: no such set at all, or one with more than kKeysMax keys.
  static Result<SigningKeys> parse(std::string_view jwk_set);

  size_t size() const { return keys_.size(); }
  enum class Verdict : uint8_t { right, wrong, no_key };
  // By the key named `id`; without one (nullopt) by the only key of the algorithm's type. `no_key`: there is no such
  // key.
  Verdict verify(SignatureAlgorithm algorithm, const std::optional<std::string>& id, std::string_view signed_bytes,
                 std::string_view signature) const;

 private:
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
};

}  // namespace gm::security
