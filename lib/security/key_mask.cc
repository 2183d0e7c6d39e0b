#include "lib/security/key_mask.h"

#include <algorithm>

namespace gm::security {
namespace {

constexpr std::string_view kBegin = "gm_";
constexpr std::string_view kPrefixes[] = {"gm_wk_", "gm_pk_", "gm_sk_", "gm_us_", "gm_pt_", "gm_st_", "gm_in_"};
constexpr size_t kPrefixLength = kPrefixes[0].size();
constexpr size_t kSecretLength = 32;  // with its checksum

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::optional<std::string> without_keys(std::string_view text) {
  std::optional<std::string> masked;
  for (size_t at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at + 1)) {
    if (std::ranges::find(kPrefixes, text.substr(at, kPrefixLength)) == std::end(kPrefixes)) continue;
    const std::string_view secret = text.substr(at + kPrefixLength, kSecretLength);
    if (!std::ranges::all_of(secret, is_alphanumeric)) continue;
    if (!masked) masked.emplace(text);
    masked->replace(at + kPrefixLength, secret.size(), secret.size(), '*');
  }
  return masked;
}

}  // namespace gm::security
