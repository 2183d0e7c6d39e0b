#pragma once
// Sizes and durations as people write them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/config/settings.h"

namespace gm::config {

std::optional<int64_t> parse_integer(std::string_view text);
// "512", "64KiB", "2MiB", "1GiB": bytes.
std::optional<int64_t> parse_bytes(std::string_view text);
// "200ms", "10s", "5m", "2h", "7d": milliseconds.
std::optional<int64_t> parse_duration_ms(std::string_view text);
// The largest unit that divides the value: 2097152 bytes -> "2MiB", 90000 ms -> "90s".
std::string format_quantity(SettingType type, int64_t value);

}  // namespace gm::config
