#include "services/event_ingestion/decoding/amount.h"

#include <algorithm>

namespace gm::event_ingestion {
namespace {

constexpr int kMicroDigits = 6;
// 100 million units. The dearest price of the app stores, 999.99 dollars, is 25 million dong and 90 million Lebanese
// pounds, so no honest amount is refused; sums of 64 bits then hold more than 92,000 events of the largest amount, and
// stop at their bound beyond that (lib/base/saturating.h).
constexpr int64_t kMicrosMax = 100'000'000'000'000;
constexpr int kExponentDigitsMax = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

// "e+12" at the front; nullopt when malformed, 0 when there is none.
std::optional<int> take_exponent(std::string_view& text) {
  if (!take(text, 'e') && !take(text, 'E')) return 0;
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  const std::string_view digits = take_digits(text);
  if (digits.empty() || digits.size() > kExponentDigitsMax) return std::nullopt;
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

// The digits of `whole` and `fraction` as one integer of millionths, the point moved by `exponent`.
std::optional<int64_t> to_micros(std::string_view whole, std::string_view fraction, int exponent) {
  // Digits before this position count fully; the one at it decides the rounding.
  const int64_t cut = static_cast<int64_t>(whole.size()) + exponent + kMicroDigits;
  const auto total = static_cast<int64_t>(whole.size() + fraction.size());
  const auto digit = [&](int64_t i) {
    if (i >= total) return 0;
    const auto at = static_cast<size_t>(i);
    return (at < whole.size() ? whole[at] : fraction[at - whole.size()]) - '0';
  };
  int64_t micros = 0;
  for (int64_t i = 0; i < cut; ++i) {
    if (micros == 0 && i >= total) break;  // zero stays zero, however large the exponent
    micros = micros * 10 + digit(i);
    if (micros >= kMicrosMax) return std::nullopt;
  }
  if (cut >= 0 && digit(cut) >= 5) ++micros;
  if (micros >= kMicrosMax) return std::nullopt;
  return micros;
}

}  // namespace

std::optional<int64_t> parse_micros(std::string_view text) {
  const bool negative = take(text, '-');
  const std::string_view whole = take_digits(text);
  if (whole.empty()) return std::nullopt;
  std::string_view fraction;
  if (take(text, '.')) {
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  const auto exponent = take_exponent(text);
  if (!exponent || !text.empty()) return std::nullopt;
  const auto micros = to_micros(whole, fraction, *exponent);
  if (!micros) return std::nullopt;
  return negative ? -*micros : *micros;
}

bool read_currency(std::string_view text, std::array<char, 3>& out) {
  if (text.size() != out.size()) return false;
  for (size_t i = 0; i < out.size(); ++i) {
    const char upper = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - ('a' - 'A')) : text[i];
    if (upper < 'A' || upper > 'Z') return false;
    out[i] = upper;
  }
  return true;
}

}  // namespace gm::event_ingestion
