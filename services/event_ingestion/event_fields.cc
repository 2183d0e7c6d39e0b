#include "services/event_ingestion/event_fields.h"

#include <charconv>

#include "lib/base/time.h"
#include "services/event_ingestion/decoder.h"

namespace gm::event_ingestion {

using simdjson::ondemand::json_type;

namespace {

std::string_view trimmed(std::string_view token) {
  const size_t end = token.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view() : token.substr(0, end + 1);
}

}  // namespace

Scalar read_scalar(simdjson::ondemand::value value) {
  Scalar scalar;
  switch (must(value.type())) {
    case json_type::string:
      scalar.text = must(value.get_string());
      scalar.is_string = true;
      break;
    case json_type::number:
      scalar.text = trimmed(value.raw_json_token());
      scalar.is_number = true;
      if (!is_json_number(scalar.text)) throw JsonBroken{simdjson::NUMBER_ERROR};
      break;
    case json_type::boolean:
      scalar.is_true = must(value.get_bool());
      break;
    case json_type::null:
      if (trimmed(value.raw_json_token()) != "null") throw JsonBroken{simdjson::N_ATOM_ERROR};
      scalar.is_null = true;
      break;
    case json_type::object:
    case json_type::array:
      break;
  }
  return scalar;
}

std::string_view raw_of(simdjson::ondemand::value value) { return trimmed(must(simdjson::to_json_string(value))); }

std::optional<int64_t> parse_time_ms(std::string_view text, bool is_number) {
  if (!is_number) return parse_iso8601_ms(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // Years 0001 to 9999, as for text.
  constexpr int64_t kYear1 = -62'135'596'800'000;
  constexpr int64_t kYear10000 = 253'402'300'800'000;
  if (value < kYear1 || value >= kYear10000) return std::nullopt;
  return value;
}

}  // namespace gm::event_ingestion
