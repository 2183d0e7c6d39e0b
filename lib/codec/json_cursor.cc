#include "lib/codec/json_cursor.h"

#include <simdjson.h>

#include <array>
#include <cstring>

namespace gm::codec {
namespace {

constexpr size_t kFirstCapacity = 64 * 1024;
// The token list takes four bytes per byte of text: after a very large body it is given back.
constexpr size_t kKeptCapacity = 4 * 1024 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length is known where this is compiled, so that no call is left of the comparison.
template <size_t kSize>
bool is_word(std::string_view text, const char (&word)[kSize]) {
  return text.size() == kSize - 1 && std::memcmp(text.data(), word, kSize - 1) == 0;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four hex digits at `at`, or -1.
int code_unit(std::string_view raw, size_t at) {
  if (at + 4 > raw.size()) return -1;
  int unit = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(raw[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

enum class Escapes : uint8_t { none, fine, half_pair, broken };

Escapes check_escapes(std::string_view raw) {
  Escapes found = Escapes::none;
  for (size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    if (found == Escapes::none) found = Escapes::fine;
    if (at + 1 >= raw.size()) return Escapes::broken;
    if (raw[at + 1] != 'u') {
      if (std::string_view("\"\\/bfnrt").find(raw[at + 1]) == std::string_view::npos) return Escapes::broken;
      at += 2;
      continue;
    }
    const int unit = code_unit(raw, at + 2);
    if (unit < 0) return Escapes::broken;
    at += 6;
    const bool pair = is_high_surrogate(unit) && raw.substr(at, 2) == "\\u" && is_low_surrogate(code_unit(raw, at + 2));
    if (pair) {
      at += 6;
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
      found = Escapes::half_pair;
    }
  }
  return found;
}

void append_utf8(std::string& out, uint32_t point) {
  const auto byte = [&](uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | (point >> 6));
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3F));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

// Which containers are open, one bit each.
class Nesting {
 public:
  bool push(bool object) {
    if (depth_ == kJsonDepthMax) return false;
    uint64_t& word = words_[depth_ / 64];
    const uint64_t bit = uint64_t{1} << (depth_ % 64);
    word = object ? word | bit : word & ~bit;
    ++depth_;
    return true;
  }
  void pop() { --depth_; }
  bool in_object() const { return (words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64)) & 1; }
  uint32_t depth() const { return depth_; }

 private:
  std::array<uint64_t, kJsonDepthMax / 64> words_;  // only bits below depth_ mean anything
  uint32_t depth_ = 0;
};

}  // namespace

// simdjson's own parsers would build a document or copy strings; only their first stage is wanted here.
struct JsonIndex::State {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;

  bool reserve(size_t bytes) {
    if (stage && stage->capacity() >= bytes) return true;
    const size_t wanted = std::max(bytes, kFirstCapacity);
    return simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, stage) ==
           simdjson::SUCCESS;
  }
};

JsonIndex::JsonIndex() : state_(std::make_unique<State>()) {}
JsonIndex::~JsonIndex() = default;

bool JsonIndex::read(std::string_view text) {
  text_ = text;
  tokens_ = nullptr;
  count_ = 0;
  if (text.empty() || text.size() >= UINT32_MAX) return false;
  if (state_->stage && state_->stage->capacity() > kKeptCapacity && text.size() <= kKeptCapacity) state_->stage.reset();
  if (!state_->reserve(text.size())) return false;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  if (state_->stage->stage1(bytes, text.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
  tokens_ = state_->stage->structural_indexes.get();
  count_ = state_->stage->n_structural_indexes;
  state_->stage->structural_indexes[count_] = static_cast<uint32_t>(text.size());
  has_escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  return true;
}

void JsonCursor::fail() {
  if (!broken_) broken_at_ = position();
  broken_ = true;
  next_ = count_;  // every later question is answered with "no more"
}

// With escapes, or none at all. A plain string that no colon follows has been taken already, and is no key either.
JsonText JsonCursor::unusual_key() {
  JsonText name;
  if (!has_escapes_ || peek() != '"' || !take_string(name) || peek() != ':') {
    fail();
    return {};
  }
  ++next_;
  return name;
}

std::string_view JsonCursor::since(size_t start) const {
  size_t end = position();
  while (end > start && is_json_space(text_[end - 1])) --end;
  return {text_ + start, end - start};
}

bool JsonCursor::take_escapes(JsonText& out) const {
  const Escapes escapes = check_escapes(out.raw);
  out.escaped = escapes != Escapes::none;
  out.is_text = escapes != Escapes::half_pair;
  return escapes != Escapes::broken;
}

bool JsonCursor::take_number(const char* end) const {
  const char* at = text_ + tokens_[next_];
  const auto digits = [&] {
    const char* const first = at;
    while (at < end && is_digit(*at)) ++at;
    return at > first;
  };
  if (*at == '-') ++at;
  if (at < end && *at == '0') [[unlikely]] {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (at < end && *at == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < end && (*at | 0x20) == 'e') {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return false;
  }
  return at == end;
}

bool JsonCursor::take_word_or_number(char first, JsonValue& out) {
  if (next_ == count_) return false;
  const char* const start = text_ + tokens_[next_];
  const char* const end = text_ + token_end();
  const std::string_view word(start, static_cast<size_t>(end - start));
  if (is_digit(first) || first == '-') {
    if (!take_number(end)) return false;
    out.kind = JsonKind::number;
  } else if (is_word(word, "true") || is_word(word, "false")) {
    out.kind = JsonKind::boolean;
  } else if (is_word(word, "null")) {
    out.kind = JsonKind::null;
  } else {
    return false;
  }
  out.raw = word;
  ++next_;
  return true;
}

void JsonCursor::take_container(JsonValue& out) {
  const size_t start = position();
  const JsonKind kind = peek() == '{' ? JsonKind::object : JsonKind::array;
  ++next_;
  out.depth = 1;
  const bool taken = kind == JsonKind::object ? take_flat_members(out) || (!broken_ && take_nested(out, true))
                                              : take_nested(out, false);
  if (!taken) return fail();
  out.kind = kind;
  out.raw = since(start);
}

// What properties nearly always are: scalars by name. Stops before the first value that is a container.
bool JsonCursor::take_flat_members(JsonValue& out) {
  if (peek() == '}') {
    ++next_;
    return true;
  }
  JsonValue value;  // its is_text gathers over all values
  do {
    value.is_text &= key().is_text;
    ++out.members;
    const char first = peek();
    const bool is_container = first == '{' || first == '[';
    if (!is_container && !take_scalar(first, value)) fail();
    out.is_text = value.is_text;
    if (is_container || broken_) return false;
  } while (next('}'));
  return !broken_;
}

// Goes on inside of a container to its end: before a value in an object, at the beginning of an array. Not recursive:
// how deep a text nests is up to its sender.
bool JsonCursor::take_nested(JsonValue& out, bool in_object) {
  Nesting open;
  open.push(in_object);
  if (!in_object && peek() == ']') {
    ++next_;
    return true;
  }
  JsonValue inner;
  do {
    const char first = peek();
    if (first == '{' || first == '[') {
      if (!open.push(first == '{')) return false;
      out.depth = std::max(out.depth, open.depth());
      ++next_;
      if (peek() != (first == '{' ? '}' : ']')) {
        if (first == '[') continue;
        out.is_text &= key().is_text;
        ++out.members;
        continue;
      }
      ++next_;
      open.pop();
    } else if (!take_scalar(first, inner)) {
      return false;
    }
    // After a value: the next member or element, or the ends of what is open.
    while (open.depth() > 0 && !next(open.in_object() ? '}' : ']')) {
      if (broken_) return false;
      open.pop();
    }
    if (open.depth() > 0 && open.in_object()) {
      out.is_text &= key().is_text;
      ++out.members;
    }
  } while (open.depth() > 0 && !broken_);
  out.is_text &= inner.is_text;
  return !broken_;
}

std::string json_unescape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    const char kind = raw[++i];
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kMeanings = "\b\f\n\r\t";
    if (const size_t named = kNames.find(kind); named != std::string_view::npos) {
      out += kMeanings[named];
    } else if (kind != 'u') {
      out += kind;
    } else {
      const int unit = code_unit(raw, i + 1);
      i += 4;
      const int low = is_high_surrogate(unit) && raw.substr(i + 1, 2) == "\\u" ? code_unit(raw, i + 3) : -1;
      if (is_low_surrogate(low)) {
        append_utf8(out,
                    0x10000 + ((static_cast<uint32_t>(unit) - 0xD800) << 10) + (static_cast<uint32_t>(low) - 0xDC00));
        i += 6;
      } else {
        append_utf8(out, is_high_surrogate(unit) || is_low_surrogate(unit) ? 0xFFFD : static_cast<uint32_t>(unit));
      }
    }
  }
  return out;
}

}  // namespace gm::codec
