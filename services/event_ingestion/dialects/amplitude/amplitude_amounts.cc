#include "services/event_ingestion/dialects/amplitude/amplitude_amounts.h"

#include <charconv>
#include <cstdlib>

#include "services/event_ingestion/decoding/amount.h"

namespace gm::event_ingestion {
namespace {

constexpr int64_t kQuantityMax = 1'000'000;
constexpr int64_t kMicrosMax = 1'000'000'000'000'000;  // a billion units, as for one amount

}  // namespace

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int64_t> amount_paid(std::string_view revenue, std::string_view price, std::string_view quantity) {
  if (!revenue.empty()) return parse_micros(revenue);
  const auto one = price.empty() ? std::nullopt : parse_micros(price);
  const auto count = quantity.empty() ? std::optional<int64_t>(1) : whole_number(quantity);
  if (!one || !count || *count < 0 || *count > kQuantityMax) return std::nullopt;
  if (*count != 0 && std::abs(*one) >= kMicrosMax / *count) return std::nullopt;
  return *one * *count;
}

}  // namespace gm::event_ingestion
