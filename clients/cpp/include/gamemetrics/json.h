// JSON text, ids and times for gamemetrics/gamemetrics.h. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gamemetrics {
namespace internal {

// The length of the UTF-8 character at `at`, 0 when there is none: one bad byte would make the server refuse the whole
// request.
inline size_t utf8_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = byte(at), second = byte(at + 1);
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0 && follows(at + 1)) return 2;
  if (lead >= 0xE0 && lead < 0xF0 && follows(at + 1) && follows(at + 2)) {
    return (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) ? 0 : 3;
  }
  if (lead >= 0xF0 && lead < 0xF5 && follows(at + 1) && follows(at + 2) && follows(at + 3)) {
    return (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90) ? 0 : 4;
  }
  return 0;
}

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t length = utf8_length(text, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out.append(text.substr(i, length));
    }
    i += std::max<size_t>(length, 1);
  }
  return out += '"';
}

// Reads just enough JSON for answers and for events that were saved.
struct Json {
  char kind = 0;       // '{' '[' '"' '0' (number) 'w' (word); 0: no JSON
  int64_t number = 0;  // without its fraction
  std::string text;
  std::vector<Json> items;         // of lists and objects
  std::vector<std::string> names;  // of objects, one for each item

  const Json& operator[](std::string_view name) const {
    static const Json kNone;
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return items[i];
    }
    return kNone;
  }
  static Json parse(std::string_view text);
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}
  bool whole(Json& to) { return value(to, 0) && peek() == 0 && at_ == text_.size(); }

 private:
  static constexpr int kDepthMax = 64;
  char peek() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool eat(char c) { return peek() == c && ++at_; }
  bool value(Json& to, int depth);
  bool list(Json& to, int depth, bool named, char end);
  bool string(std::string& to);
  bool escape(std::string& to);
  int hex();

  std::string_view text_;
  size_t at_ = 0;
};

inline Json Json::parse(std::string_view text) {
  Json found;
  return JsonReader(text).whole(found) ? found : Json{};
}

inline bool JsonReader::value(Json& to, int depth) {
  const char c = peek();
  if (depth > kDepthMax) return false;
  if (c == '{' || c == '[') {
    to.kind = c;
    return ++at_ && list(to, depth, c == '{', c == '{' ? '}' : ']');
  }
  if (c == '"') {
    to.kind = c;
    return string(to.text);
  }
  const size_t start = at_;
  while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
  to.text = text_.substr(start, at_ - start);
  const bool word = to.text == "true" || to.text == "false" || to.text == "null";
  to.kind = word ? 'w' : '0';
  // Only whole numbers are ever read here, and strtod would depend on the locale.
  to.number = word ? 0 : std::strtoll(to.text.c_str(), nullptr, 10);
  return word || (!to.text.empty() && to.text.find_first_not_of("0123456789+-.eE") == std::string::npos);
}

inline bool JsonReader::list(Json& to, int depth, bool named, char end) {
  if (eat(end)) return true;
  do {
    if (named && !(peek() == '"' && string(to.names.emplace_back()) && eat(':'))) return false;
    if (!value(to.items.emplace_back(), depth + 1)) return false;
  } while (eat(','));
  return eat(end);
}

inline bool JsonReader::string(std::string& to) {
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') return ++at_;
    if (c != '\\') {
      to += c;
    } else if (!escape(to)) {
      return false;
    }
  }
  return false;
}

inline int JsonReader::hex() {
  if (at_ + 4 >= text_.size()) return -1;
  const std::string digits(text_.substr(at_ + 1, 4));
  char* end = nullptr;
  const long code = std::strtol(digits.c_str(), &end, 16);
  at_ += 4;
  return *end == '\0' ? static_cast<int>(code) : -1;
}

inline void append_utf8(std::string& to, int code) {
  const auto byte = [&](int lead, int shift) { to += static_cast<char>(lead | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    byte(0xC0, 6);
    byte(0x80, 0);
  } else {
    if (code >= 0x10000) byte(0xF0, 18);
    byte(code >= 0x10000 ? 0x80 : 0xE0, 12);
    byte(0x80, 6);
    byte(0x80, 0);
  }
}

inline bool JsonReader::escape(std::string& to) {
  const char c = ++at_ < text_.size() ? text_[at_] : '\0';
  constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
  const size_t simple = kFrom.find(c);
  if (simple != std::string_view::npos && c != '\0') {
    to += kTo[simple];
    return true;
  }
  int code = c == 'u' ? hex() : -1;
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_ + 1, 2) == "\\u") {
    at_ += 2;
    code = 0x10000 + (code - 0xD800) * 0x400 + (hex() - 0xDC00);
  }
  if (code < 0 || code > 0x10FFFF) return false;
  append_utf8(to, code);
  return true;
}

inline std::string number_text(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  // In a locale with a decimal comma, printf writes one.
  std::replace(text, text + sizeof text, ',', '.');
  return text;
}

inline std::string iso_time(int64_t ms) {
  // Days to a date as in Howard Hinnant's "chrono-compatible low-level date algorithms".
  const int64_t floor_days = ms / 86'400'000 - (ms % 86'400'000 < 0), rest = ms - floor_days * 86'400'000;
  const int64_t days = floor_days + 719'468, era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t in_era = days - era * 146'097;
  const int64_t year = (in_era - in_era / 1460 + in_era / 36'524 - in_era / 146'096) / 365;
  const int64_t in_year = in_era - (365 * year + year / 4 - year / 100), shifted = (5 * in_year + 2) / 153;
  const int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                static_cast<int>(year + era * 400 + (month <= 2)), static_cast<int>(month),
                static_cast<int>(in_year - (153 * shifted + 2) / 5 + 1), static_cast<int>(rest / 3'600'000),
                static_cast<int>(rest / 60'000 % 60), static_cast<int>(rest / 1000 % 60),
                static_cast<int>(rest % 1000));
  return text;
}

inline uint64_t random_bits() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return engine();
}

// RFC 9562: 48 bits of time, then random.
inline std::string uuid7(int64_t now_ms) {
  const uint64_t high = static_cast<uint64_t>(now_ms) << 16 | 0x7000 | (random_bits() & 0xFFF);
  const uint64_t low = (random_bits() & ~(3ULL << 62)) | 2ULL << 62;
  char text[40];
  std::snprintf(text, sizeof text, "%08llx-%04llx-%04llx-%04llx-%012llx", static_cast<unsigned long long>(high >> 32),
                static_cast<unsigned long long>(high >> 16 & 0xFFFF), static_cast<unsigned long long>(high & 0xFFFF),
                static_cast<unsigned long long>(low >> 48), static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
  return text;
}

}  // namespace internal

class Properties;

// One property's value, kept as its JSON. A number that JSON does not have becomes null, a byte that is no UTF-8 the
// replacement character.
class Value {
 public:
  Value(std::nullptr_t) : json_("null") {}
  Value(bool value) : json_(value ? "true" : "false") {}
  Value(int value) : json_(std::to_string(value)) {}
  Value(int64_t value) : json_(std::to_string(value)) {}
  Value(double value) : json_(internal::number_text(value)) {}
  Value(const char* value) : json_(internal::quoted(value)) {}
  Value(std::string_view value) : json_(internal::quoted(value)) {}
  Value(const std::string& value) : json_(internal::quoted(value)) {}
  Value(const Properties& value);
  Value(const std::vector<Value>& values) : json_("[") {
    for (const Value& value : values) json_.append(json_.size() > 1 ? "," : "").append(value.json_);
    json_ += ']';
  }
  const std::string& json() const { return json_; }

 private:
  std::string json_;
};

struct Property {
  std::string name;
  Value value;
};

// {{"level", 3}, {"difficulty", "easy"}}
class Properties {
 public:
  Properties() = default;
  Properties(std::initializer_list<Property> all) {
    for (const Property& one : all) add(one.name, one.value);
  }
  Properties& add(std::string_view name, const Value& value) {
    json_.append(json_.empty() ? "" : ",").append(internal::quoted(name)).append(":").append(value.json());
    return *this;
  }
  std::string json() const { return "{" + json_ + "}"; }

 private:
  std::string json_;
};

inline Value::Value(const Properties& value) : json_(value.json()) {}

}  // namespace gamemetrics
