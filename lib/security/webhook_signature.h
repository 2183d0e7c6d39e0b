#pragma once
// Signatures of outgoing webhooks as Standard Webhooks 1.0 has them, so that receivers check them with a library.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/random.h"

namespace gm::security {

// "whsec_" and 24 random bytes in base64.
std::string make_webhook_secret(Random& random);

// The value of the header webhook-signature: "v1," and the HMAC-SHA256 of "id.timestamp.body" in base64. `timestamp_s`:
// Unix seconds, as in webhook-timestamp. Precondition: `secret` is of make_webhook_secret().
std::string webhook_signature(std::string_view secret, std::string_view id, int64_t timestamp_s, std::string_view body);

}  // namespace gm::security
