#include "lib/config/quantity.h"

#include <charconv>
#include <span>

namespace gm::config {
namespace {

struct Unit {
  std::string_view suffix;
  int64_t factor;
};

// Smallest first.
constexpr Unit kSizes[] = {{"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
constexpr Unit kDurations[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

std::optional<int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<size_t>(end - text.data()));
  for (const Unit& unit : units) {
    int64_t value = 0;
    if (suffix == unit.suffix && !__builtin_mul_overflow(number, unit.factor, &value)) return value;
  }
  return std::nullopt;
}

std::string format_with_unit(int64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->suffix);
}

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text) {
  constexpr Unit kPlain[] = {{"", 1}};
  return parse_with_unit(text, kPlain);
}

std::optional<int64_t> parse_bytes(std::string_view text) { return parse_with_unit(text, kSizes); }

std::optional<int64_t> parse_duration_ms(std::string_view text) { return parse_with_unit(text, kDurations); }

std::string format_quantity(SettingType type, int64_t value) {
  if (type == SettingType::bytes) return format_with_unit(value, kSizes);
  if (type == SettingType::duration) return format_with_unit(value, kDurations);
  return std::to_string(value);
}

}  // namespace gm::config
