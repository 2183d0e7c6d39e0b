#pragma once
// Numbers of money as Amplitude's events have them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gm::event_ingestion {

// What was paid, in millionths: the revenue itself, or price times quantity (1 when it is not said). nullopt when that
// is no amount of money.
std::optional<int64_t> amount_paid(std::string_view revenue, std::string_view price, std::string_view quantity);

// "3", without anything before or behind.
std::optional<int64_t> whole_number(std::string_view text);

}  // namespace gm::event_ingestion
