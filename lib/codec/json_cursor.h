#pragma once
// Reads JSON in one pass, without building anything: the vector unit finds where tokens start (simdjson's first stage,
// which also checks UTF-8 and control characters), the cursor walks them, checks the grammar (RFC 8259) and hands out
// slices of the text.
//
//   JsonIndex index;                        // kept: it owns the memory of the token list
//   if (!index.read(text)) ...              // not UTF-8, a string left open, ...
//   JsonCursor cursor(index);
//   for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
//     const JsonText key = cursor.key();
//     const JsonValue value = cursor.value();     // containers are checked and skipped whole
//   }
//   if (!cursor.finish()) ...               // broken anywhere, or something follows

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gm::codec {

// Not thread-safe; one per thread.
class JsonIndex {
 public:
  JsonIndex();
  ~JsonIndex();
  JsonIndex(const JsonIndex&) = delete;
  JsonIndex& operator=(const JsonIndex&) = delete;

  // False when `text` cannot be JSON: empty, not UTF-8, a control character in a string, a string left open, 4 GiB or
  // more.
  bool read(std::string_view text);

 private:
  friend class JsonCursor;
  struct State;
  std::unique_ptr<State> state_;
  std::string_view text_;
  const uint32_t* tokens_ = nullptr;  // where each token starts; then the size of the text
  uint32_t count_ = 0;
  bool has_escapes_ = false;  // a backslash is somewhere in the text
};

// What is between the quotes, as written.
struct JsonText {
  std::string_view raw;
  bool escaped = false;  // json_unescape() makes the text
  bool is_text = true;   // false: holds half of a surrogate pair, which no UTF-8 can say
};

enum class JsonKind : uint8_t { null, boolean, number, string, array, object };

struct JsonValue {
  JsonKind kind = JsonKind::null;
  std::string_view raw;  // a string without its quotes, anything else as written
  bool escaped = false;  // strings only
  bool is_text = true;   // false when any string inside holds half of a surrogate pair
  uint32_t depth = 0;    // of nesting: 0 for a scalar, 1 for []
  uint32_t members = 0;  // of objects, at any depth
};

// Nesting beyond this makes a text broken.
inline constexpr uint32_t kJsonDepthMax = 1024;

class JsonCursor {
 public:
  // `index` has been read, and stays.
  explicit JsonCursor(const JsonIndex& index)
      : text_(index.text_.data()),
        size_(index.text_.size()),
        tokens_(index.tokens_),
        count_(index.count_),
        has_escapes_(index.has_escapes_) {}

  bool broken() const { return broken_; }
  // The byte at which it broke.
  size_t broken_at() const { return broken_at_; }
  // True when the whole text was one value, all of it well-formed.
  bool finish() const { return !broken_ && next_ == count_; }
  // The first character of the token to come; 0 at the end and when broken.
  char peek() const { return next_ < count_ ? text_[tokens_[next_]] : '\0'; }
  // Byte at which the token to come starts.
  size_t position() const { return next_ < count_ ? tokens_[next_] : size_; }
  // From `start` to the end of what was read last.
  std::string_view since(size_t start) const;

  // Each returns true when a member (then: key(), value()) or an element (then: value() or another container) follows.
  bool begin_object() { return begin('{', '}'); }
  bool next_member() { return next('}'); }
  bool begin_array() { return begin('[', ']'); }
  bool next_element() { return next(']'); }

  JsonText key();
  JsonValue value();
  // When a string without escapes follows, takes it; else nothing has happened.
  bool take_plain_string(std::string_view& out);

 private:
  bool begin(char open, char close);
  bool next(char close);
  void fail();
  JsonText unusual_key();
  bool take_string(JsonText& out);
  bool take_escapes(JsonText& out) const;
  bool take_number(const char* end) const;
  bool take_scalar(char first, JsonValue& out);
  bool take_word_or_number(char first, JsonValue& out);
  void take_container(JsonValue& out);
  // False: a container follows, or the text is broken.
  bool take_flat_members(JsonValue& out);
  bool take_nested(JsonValue& out, bool in_object);
  size_t token_end() const;

  const char* text_;
  size_t size_;
  const uint32_t* tokens_;
  uint32_t count_;
  uint32_t next_ = 0;
  bool has_escapes_;
  bool broken_ = false;
  size_t broken_at_ = 0;
};

// Inline below: what runs for every token there is.

inline bool is_json_space(char c) { return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t'); }

// Between a token and the next there is only white space.
inline size_t JsonCursor::token_end() const {
  size_t end = tokens_[next_ + 1];
  while (is_json_space(text_[end - 1])) --end;
  return end;
}

inline bool JsonCursor::begin(char open, char close) {
  if (peek() != open) {
    fail();
    return false;
  }
  ++next_;
  if (peek() != close) return !broken_;
  ++next_;
  return false;
}

inline bool JsonCursor::next(char close) {
  const char c = peek();
  if (c == ',') {
    ++next_;
    return true;
  }
  if (c == close) {
    ++next_;
  } else {
    fail();
  }
  return false;
}

inline bool JsonCursor::take_string(JsonText& out) {
  const size_t start = tokens_[next_];
  const size_t end = token_end();
  if (end < start + 2 || text_[end - 1] != '"') return false;
  out.raw = {text_ + start + 1, end - start - 2};
  if (has_escapes_ && !take_escapes(out)) return false;
  ++next_;
  return true;
}

inline bool JsonCursor::take_plain_string(std::string_view& out) {
  if (has_escapes_ || peek() != '"') return false;
  const size_t start = tokens_[next_];
  const size_t end = token_end();
  if (end < start + 2 || text_[end - 1] != '"') return false;
  out = {text_ + start + 1, end - start - 2};
  ++next_;
  return true;
}

inline bool JsonCursor::take_scalar(char first, JsonValue& out) {
  if (first != '"') return take_word_or_number(first, out);
  JsonText string;
  if (!take_string(string)) return false;
  out.kind = JsonKind::string;
  out.raw = string.raw;
  out.escaped = string.escaped;
  out.is_text &= string.is_text;
  return true;
}

inline JsonText JsonCursor::key() {
  JsonText name;
  if (take_plain_string(name.raw) && peek() == ':') [[likely]] {
    ++next_;
    return name;
  }
  return unusual_key();
}

inline JsonValue JsonCursor::value() {
  JsonValue found;
  const char first = peek();
  if (first == '{' || first == '[') {
    take_container(found);
  } else if (!take_scalar(first, found)) {
    fail();
  }
  return found;
}

// The text of a string whose escapes have been checked by the cursor; half a surrogate pair becomes U+FFFD.
std::string json_unescape(std::string_view raw);

}  // namespace gm::codec
