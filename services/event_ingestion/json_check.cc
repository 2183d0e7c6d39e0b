#include "services/event_ingestion/json_check.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace gm::event_ingestion {
namespace {

using simdjson::ondemand::json_type;

constexpr int64_t kMicros = 1'000'000;
constexpr int64_t kAmountMax = 1'000'000'000;
constexpr int kFractionDigits = 6;

std::string_view trimmed(std::string_view token) {
  const size_t end = token.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view() : token.substr(0, end + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Moves past digits; false when there is none.
bool take_digits(std::string_view& text) {
  const size_t count = static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  text.remove_prefix(count);
  return count > 0;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

class Walk {
 public:
  Walk(const IngestSettings& limits, PropertyVisitor visitor) : limits_(limits), visitor_(visitor) {}

  std::optional<Tag> object(simdjson::ondemand::object object, size_t depth, bool outermost) {
    if (depth > limits_.depth_max) return Tag::event_too_deep;
    for (auto field_result : object) {
      simdjson::ondemand::field field = must(std::move(field_result));
      if (++count_ > limits_.properties_max) return Tag::event_properties_too_many;
      Property property;
      property.key = must(field.unescaped_key());
      if (const auto tag = value(field.value(), depth, property)) return tag;
      if (outermost && visitor_.visit) visitor_.visit(visitor_.context, property);
    }
    return std::nullopt;
  }

 private:
  std::optional<Tag> array(simdjson::ondemand::array array, size_t depth) {
    if (depth > limits_.depth_max) return Tag::event_too_deep;
    for (auto element : array) {
      Property ignored;
      if (const auto tag = value(must(std::move(element)), depth, ignored)) return tag;
    }
    return std::nullopt;
  }

  std::optional<Tag> value(simdjson::ondemand::value value, size_t depth, Property& property) {
    switch (must(value.type())) {
      case json_type::object:
        return object(must(value.get_object()), depth + 1, false);
      case json_type::array:
        return array(must(value.get_array()), depth + 1);
      case json_type::string:
        property.text = must(value.get_string());
        property.is_string = true;
        return std::nullopt;
      case json_type::number: {
        property.text = trimmed(value.raw_json_token());
        property.is_number = true;
        if (!is_json_number(property.text)) throw JsonBroken{simdjson::NUMBER_ERROR};
        return std::nullopt;
      }
      case json_type::boolean:
        must(value.get_bool());
        return std::nullopt;
      case json_type::null:
        if (trimmed(value.raw_json_token()) != "null") throw JsonBroken{simdjson::N_ATOM_ERROR};
        return std::nullopt;
    }
    return std::nullopt;
  }

  const IngestSettings& limits_;
  PropertyVisitor visitor_;
  size_t count_ = 0;
};

}  // namespace

std::optional<Tag> check_object(simdjson::ondemand::object object, size_t depth, const IngestSettings& limits,
                                PropertyVisitor visitor) {
  return Walk(limits, visitor).object(object, depth, true);
}

bool is_json_number(std::string_view text) {
  take(text, '-');
  const bool zero = text.starts_with('0');
  if (!(zero ? take(text, '0') : take_digits(text))) return false;
  if (take(text, '.') && !take_digits(text)) return false;
  if (take(text, 'e') || take(text, 'E')) {
    if (!take(text, '+')) take(text, '-');
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

std::optional<int64_t> parse_micros(std::string_view text) {
  const bool negative = take(text, '-');
  if (text.find_first_of("eE") != std::string_view::npos) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value >= static_cast<double>(kAmountMax)) return {};
    const int64_t micros = std::llround(value * kMicros);
    return negative ? -micros : micros;
  }
  int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc{} || whole < 0 || whole >= kAmountMax || !is_digit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  int64_t micros = whole * kMicros;
  if (take(text, '.')) {
    int64_t scale = kMicros / 10;
    int digit = 0;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digit) {
      if (digit < kFractionDigits) micros += (text.front() - '0') * scale;
      if (digit == kFractionDigits && text.front() >= '5') ++micros;
      scale /= 10;
    }
    if (digit == 0) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return negative ? -micros : micros;
}

}  // namespace gm::event_ingestion
