// What a provider sends: its keys and its tokens.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/security/id_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t cut = text.find('\n');
  const auto keys = gm::security::SigningKeys::parse(text.substr(0, cut));
  const std::string_view token = cut == std::string_view::npos ? text : text.substr(cut + 1);
  (void)gm::security::check_id_token(token, keys ? *keys : gm::security::SigningKeys(), {"i", "c", "n", 1'000'000});
  return 0;
}
