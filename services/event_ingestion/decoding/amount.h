#pragma once
// Amounts of money as SDKs send them.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gm::event_ingestion {

// "4.99", "-3", "1e2" in major units to millionths, exactly, rounded half away from zero. nullopt when it is no number
// or 1e9 or more.
std::optional<int64_t> parse_micros(std::string_view text);

// Three ASCII letters of any case, as ISO 4217 writes them, into `out`; false for anything else.
bool read_currency(std::string_view text, std::array<char, 3>& out);

}  // namespace gm::event_ingestion
