#pragma once
// Codes of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226) with SHA-1, 6 digits and steps of 30 seconds, which
// is what all apps know.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/random.h"

namespace gm::security {

inline constexpr size_t kOneTimeSecretBytes = 20;  // RFC 4226, 4, R6
inline constexpr size_t kOneTimeDigits = 6;
inline constexpr int64_t kOneTimeStepMs = 30'000;
inline constexpr int64_t kOneTimeDriftSteps = 1;  // RFC 6238, 5.2: at most one step for the way of the code

std::string make_one_time_secret(Random& random);
int64_t one_time_step(int64_t now_ms);
std::string one_time_code(std::string_view secret, int64_t step);
// The step that `code` is of: one of those around `now_ms`, and later than `after`, the last one that was taken.
std::optional<int64_t> matching_step(std::string_view secret, std::string_view code, int64_t now_ms, int64_t after);

// RFC 4648, 6, without padding: how apps take a secret.
std::string base32(std::string_view bytes);
// "otpauth://totp/Issuer:ada%40studio.example?secret=...&issuer=Issuer&...", as apps read it from a QR code.
std::string one_time_uri(std::string_view issuer, std::string_view account, std::string_view secret);

}  // namespace gm::security
