#include "lib/query/language/object_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gm::query {

std::string child_pointer(std::string_view pointer, std::string_view token) {
  std::string result(pointer);
  result += '/';
  for (const char c : token) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

ObjectReader::ObjectReader(const Json& value, std::string pointer, Problems& problems)
    : pointer_(std::move(pointer)), problems_(problems) {
  if (value.is_object()) {
    object_ = &value;
  } else {
    complain_here("not an object");
  }
}

ObjectReader::~ObjectReader() {
  if (!object_) return;
  for (const auto& [name, value] : object_->items()) {
    if (!asked_.contains(name)) complain(name, "no such member");
  }
}

const Json* ObjectReader::take(std::string_view name) {
  asked_.emplace(name);
  if (!object_) return nullptr;
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

void ObjectReader::complain(std::string_view name, std::string detail) {
  problems_.push_back({pointer_to(name), std::move(detail)});
}

std::optional<std::string> ObjectReader::text(std::string_view name, size_t bytes_max) {
  const Json* value = take(name);
  if (!value) return std::nullopt;
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    if (!text.empty() && text.size() <= bytes_max) return text;
  }
  complain(name, fmt::format("not a text of 1 to {} bytes", bytes_max));
  return std::nullopt;
}

std::string ObjectReader::text_or(std::string_view name, size_t bytes_max, std::string_view fallback) {
  return text(name, bytes_max).value_or(std::string(fallback));
}

int64_t ObjectReader::integer(std::string_view name, int64_t fallback, int64_t min, int64_t max) {
  const Json* value = take(name);
  if (!value) return fallback;
  // A number above 2^63 is unsigned and would wrap.
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX));
  if (fits && value->get<int64_t>() >= min && value->get<int64_t>() <= max) return value->get<int64_t>();
  complain(name, fmt::format("not an integer from {} to {}", min, max));
  return fallback;
}

double ObjectReader::number(std::string_view name, double fallback, double min, double max) {
  const Json* value = take(name);
  if (!value) return fallback;
  if (value->is_number()) {
    const double number = value->get<double>();
    if (std::isfinite(number) && number >= min && number <= max) return number;
  }
  complain(name, fmt::format("not a number from {} to {}", min, max));
  return fallback;
}

bool ObjectReader::flag(std::string_view name, bool fallback) {
  const Json* value = take(name);
  if (!value) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  complain(name, "not true or false");
  return fallback;
}

std::optional<Date> ObjectReader::date(std::string_view name) {
  const Json* value = take(name);
  if (!value) return std::nullopt;
  const auto date = value->is_string() ? Date::parse(value->get_ref<const std::string&>()) : std::nullopt;
  if (!date) complain(name, "not a calendar date such as 2026-11-23");
  return date;
}

size_t ObjectReader::word(std::string_view name, const std::vector<std::string_view>& words, size_t fallback) {
  const Json* value = take(name);
  if (!value) return fallback;
  const auto found =
      value->is_string() ? std::find(words.begin(), words.end(), value->get_ref<const std::string&>()) : words.end();
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  complain(name, fmt::format("not one of: {}", fmt::join(words, ", ")));
  return fallback;
}

std::vector<const Json*> ObjectReader::list(std::string_view name, size_t count_max) {
  const Json* value = take(name);
  if (!value) return {};
  if (!value->is_array() || value->size() > count_max) {
    complain(name, fmt::format("not a list of at most {} elements", count_max));
    return {};
  }
  std::vector<const Json*> elements;
  for (const Json& element : *value) elements.push_back(&element);
  return elements;
}

}  // namespace gm::query
