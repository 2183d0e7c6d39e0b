#include "services/analytics_api/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace gm::analytics_api {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<int64_t> parsed_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_tag_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Parameters::Parameters(std::string_view raw_query) {
  for (const std::string_view part : split(raw_query, '&')) {
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    const std::string name = decoded(part.substr(0, equals));
    std::string value = equals == std::string_view::npos ? std::string() : decoded(part.substr(equals + 1));
    if (!entries_.emplace(name, Entry{std::move(value)}).second) complain(name, "given more than once");
  }
}

void Parameters::complain(std::string_view name, std::string detail) {
  // RFC 6901: "~" and "/" inside a name are escaped.
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  problems_.push_back({std::move(pointer), std::move(detail)});
}

const std::string* Parameters::take(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return nullptr;
  found->second.used = true;
  return &found->second.value;
}

std::optional<Date> Parameters::date(std::string_view name) {
  const std::string* value = take(name);
  if (!value) {
    complain(name, "required: a date such as 2026-11-23");
    return std::nullopt;
  }
  const auto date = Date::parse(*value);
  if (!date) complain(name, "not a calendar date such as 2026-11-23");
  return date;
}

query::DateRange Parameters::range(int days_max) {
  const auto from = date("from");
  const auto to = date("to");
  if (!from || !to) return {};
  const query::DateRange range{*from, *to};
  if (range.from > range.to) {
    complain("from", "lies after to");
  } else if (range.days() > days_max) {
    complain("to", fmt::format("the range holds {} days; at most {} are answered at once", range.days(), days_max));
  }
  return range;
}

std::optional<int64_t> Parameters::optional_integer(std::string_view name, int64_t min, int64_t max) {
  const std::string* value = take(name);
  if (!value) return std::nullopt;
  const auto parsed = parsed_integer(*value);
  if (parsed && *parsed >= min && *parsed <= max) return parsed;
  complain(name, fmt::format("not an integer from {} to {}", min, max));
  return std::nullopt;
}

int64_t Parameters::integer(std::string_view name, int64_t fallback, int64_t min, int64_t max) {
  return optional_integer(name, min, max).value_or(fallback);
}

std::vector<int> Parameters::integers(std::string_view name, std::string_view fallback, int min, int max,
                                      size_t count_max) {
  const std::string* given = take(name);
  std::vector<int> values;
  for (const std::string_view part : split(given ? std::string_view(*given) : fallback, ',')) {
    const auto parsed = parsed_integer(part);
    if (!parsed || *parsed < min || *parsed > max) {
      complain(name, fmt::format("not a list of integers from {} to {}, such as 0,1,7", min, max));
      return {};
    }
    values.push_back(static_cast<int>(*parsed));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() > count_max)
    complain(name, fmt::format("holds {} values; at most {} are answered at once", values.size(), count_max));
  return values;
}

std::optional<std::string> Parameters::tag(std::string_view name, size_t length_max) {
  const std::string* value = take(name);
  if (!value) return std::nullopt;
  if (value->empty() || value->size() > length_max || !std::all_of(value->begin(), value->end(), is_tag_character)) {
    complain(name, fmt::format("not 1 to {} letters, digits, '_' or '-'", length_max));
    return std::nullopt;
  }
  return *value;
}

std::optional<std::string> Parameters::text(std::string_view name, size_t bytes_max) {
  const std::string* value = take(name);
  if (!value) return std::nullopt;
  if (!value->empty() && value->size() <= bytes_max) return *value;
  complain(name, fmt::format("not a text of 1 to {} bytes", bytes_max));
  return std::nullopt;
}

std::vector<Problem> Parameters::problems() {
  for (const auto& [name, entry] : entries_) {
    if (!entry.used) complain(name, "no such parameter");
  }
  return std::exchange(problems_, {});
}

}  // namespace gm::analytics_api
