#include "lib/security/webhook_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "lib/codec/text_codecs.h"

namespace gm::security {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr size_t kSecretBytes = 24;

}  // namespace

std::string make_webhook_secret(Random& random) {
  std::string bytes(kSecretBytes, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return std::string(kSecretPrefix) + codec::base64_encode(bytes);
}

std::string webhook_signature(std::string_view secret, std::string_view id, int64_t timestamp_s,
                              std::string_view body) {
  if (secret.starts_with(kSecretPrefix)) secret.remove_prefix(kSecretPrefix.size());
  const std::string key = codec::base64_decode(secret).value_or("");
  std::string signed_text(id);
  signed_text += '.';
  signed_text += std::to_string(timestamp_s);
  signed_text += '.';
  signed_text += body;
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int bytes = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &bytes);
  mac.resize(bytes);
  return "v1," + codec::base64_encode(mac);
}

}  // namespace gm::security
