#include "lib/graphql/lexer.h"

#include <fmt/format.h>

#include "lib/graphql/string_literal.h"

namespace gm::graphql {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_continue(char c) { return is_name_start(c) || is_digit(c); }

TokenKind punctuator_of(char c) {
  switch (c) {
    case '!':
      return TokenKind::bang;
    case '$':
      return TokenKind::dollar;
    case '&':
      return TokenKind::amp;
    case '(':
      return TokenKind::paren_left;
    case ')':
      return TokenKind::paren_right;
    case ':':
      return TokenKind::colon;
    case '=':
      return TokenKind::equals;
    case '@':
      return TokenKind::at;
    case '[':
      return TokenKind::bracket_left;
    case ']':
      return TokenKind::bracket_right;
    case '{':
      return TokenKind::brace_left;
    case '|':
      return TokenKind::pipe;
    case '}':
      return TokenKind::brace_right;
    default:
      return TokenKind::broken;
  }
}

}  // namespace

std::string describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::end:
      return "the end of the document";
    case TokenKind::name:
      return "a name";
    case TokenKind::integer:
      return "an integer";
    case TokenKind::floating:
      return "a number";
    case TokenKind::string:
      return "a string";
    case TokenKind::spread:
      return "\"...\"";
    case TokenKind::broken:
      return "something unreadable";
    default:
      break;
  }
  for (const char c : std::string_view("!$&():=@[]{|}")) {
    if (punctuator_of(c) == kind) return fmt::format("\"{}\"", c);
  }
  return {};
}

std::string describe(const Token& token) {
  constexpr size_t kShownBytesMax = 40;
  const bool worded =
      token.kind == TokenKind::name || token.kind == TokenKind::integer || token.kind == TokenKind::floating;
  if (!worded) return describe(token.kind);
  return fmt::format("\"{}\"{}", token.text.substr(0, kShownBytesMax), token.text.size() > kShownBytesMax ? "..." : "");
}

Token Lexer::fail(size_t at, std::string message, std::string code) {
  if (!error_) error_ = QueryError{std::move(code), std::move(message), {locate(source_, at)}, {}, {}};
  position_ = source_.size();
  return {TokenKind::broken, static_cast<ast::Offset>(at), static_cast<ast::Offset>(at), {}};
}

void Lexer::skip_ignored() {
  while (position_ < source_.size()) {
    const char c = source_[position_];
    if (c == ' ' || c == '\t' || c == ',' || c == '\n' || c == '\r') {
      ++position_;
    } else if (c == '#') {
      const size_t end = source_.find_first_of("\n\r", position_);
      position_ = end == std::string_view::npos ? source_.size() : end;
    } else if (starts_with(kByteOrderMark)) {
      position_ += kByteOrderMark.size();
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  if (error_) return {TokenKind::broken, static_cast<ast::Offset>(position_), static_cast<ast::Offset>(position_), {}};
  skip_ignored();
  if (position_ >= source_.size()) return punctuator(TokenKind::end, 0);
  const char c = peek();
  if (is_name_start(c)) return read_name();
  if (is_digit(c) || c == '-') return read_number();
  if (c == '"') return starts_with("\"\"\"") ? read_block_string() : read_string();
  if (starts_with("...")) return punctuator(TokenKind::spread, 3);
  const TokenKind kind = punctuator_of(c);
  return kind == TokenKind::broken ? unexpected_character() : punctuator(kind, 1);
}

Token Lexer::punctuator(TokenKind kind, size_t length) {
  const auto begin = static_cast<ast::Offset>(position_);
  position_ += length;
  return {kind, begin, static_cast<ast::Offset>(position_), {}};
}

Token Lexer::read_name() {
  const size_t begin = position_;
  while (is_name_continue(peek())) ++position_;
  return {TokenKind::name, static_cast<ast::Offset>(begin), static_cast<ast::Offset>(position_),
          source_.substr(begin, position_ - begin)};
}

bool Lexer::read_digits() {
  if (!is_digit(peek())) {
    fail(position_, fmt::format("a number needs a digit here, not {}", character_here()));
    return false;
  }
  while (is_digit(peek())) ++position_;
  return true;
}

Token Lexer::read_number() {
  const size_t begin = position_;
  const auto broken = [this] { return Token{TokenKind::broken, static_cast<ast::Offset>(position_), 0, {}}; };
  bool floating = false;
  if (peek() == '-') ++position_;
  if (peek() == '0') {
    ++position_;
    if (is_digit(peek())) return fail(position_, "a number may not begin with 0 and another digit");
  } else if (!read_digits()) {
    return broken();
  }
  if (peek() == '.') {
    floating = true;
    ++position_;
    if (!read_digits()) return broken();
  }
  if (peek() == 'e' || peek() == 'E') {
    floating = true;
    ++position_;
    if (peek() == '+' || peek() == '-') ++position_;
    if (!read_digits()) return broken();
  }
  if (peek() == '.' || is_name_start(peek())) {
    return fail(position_, fmt::format("a number may not be followed by {}", character_here()));
  }
  return {floating ? TokenKind::floating : TokenKind::integer, static_cast<ast::Offset>(begin),
          static_cast<ast::Offset>(position_), source_.substr(begin, position_ - begin)};
}

Token Lexer::read_string() {
  const size_t begin = position_;
  std::string value;
  ++position_;
  while (true) {
    const size_t stop = source_.find_first_of("\"\\\n\r", position_);
    if (stop == std::string_view::npos || source_[stop] == '\n' || source_[stop] == '\r') {
      return fail(stop == std::string_view::npos ? source_.size() : stop, "the string is not closed on its line");
    }
    value += source_.substr(position_, stop - position_);
    position_ = stop;
    if (source_[stop] == '"') break;
    if (!read_escape(value)) return {TokenKind::broken, static_cast<ast::Offset>(begin), 0, {}};
  }
  ++position_;
  return {TokenKind::string, static_cast<ast::Offset>(begin), static_cast<ast::Offset>(position_),
          arena_.keep_text(value)};
}

bool Lexer::read_escape(std::string& value) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = peek(1);
  if (letter == 'u') return peek(2) == '{' ? read_braced_escape(value) : read_unicode_escape(value);
  const size_t found = letter == '\0' ? std::string_view::npos : kLetters.find(letter);
  if (found == std::string_view::npos) {
    fail(position_, "there is no such escape in a string");
    return false;
  }
  value += kMeanings[found];
  position_ += 2;
  return true;
}

bool Lexer::read_unicode_escape(std::string& value) {
  constexpr size_t kEscapeBytes = 6;  // \uXXXX
  const auto unit = hex_unit(source_.substr(position_));
  if (unit && is_unicode_scalar(*unit)) {
    append_utf8(*unit, value);
    position_ += kEscapeBytes;
    return true;
  }
  if (unit && is_leading_surrogate(*unit) && position_ + kEscapeBytes <= source_.size()) {
    const auto low = hex_unit(source_.substr(position_ + kEscapeBytes));
    if (low && is_trailing_surrogate(*low)) {
      append_utf8(joined_surrogates(*unit, *low), value);
      position_ += 2 * kEscapeBytes;
      return true;
    }
  }
  fail(position_, "the Unicode escape is not \\uXXXX with four hex digits of a character");
  return false;
}

bool Lexer::read_braced_escape(std::string& value) {
  constexpr size_t kDigitsMax = 8;
  const size_t digits = position_ + 3;  // behind \u{
  const size_t close = source_.find('}', digits);
  const bool sized = close != std::string_view::npos && close > digits && close - digits <= kDigitsMax;
  const auto point = sized ? hex_value(source_.substr(digits, close - digits)) : std::nullopt;
  if (!point || !is_unicode_scalar(*point)) {
    fail(position_, "the Unicode escape is not \\u{...} with the hex digits of a character");
    return false;
  }
  append_utf8(*point, value);
  position_ = close + 1;
  return true;
}

Token Lexer::read_block_string() {
  constexpr std::string_view kQuotes = "\"\"\"";
  const size_t begin = position_;
  std::string raw;
  position_ += kQuotes.size();
  while (true) {
    const size_t stop = source_.find(kQuotes, position_);
    if (stop == std::string_view::npos) return fail(source_.size(), "the block string is not closed");
    const bool escaped = stop > position_ && source_[stop - 1] == '\\';
    raw += source_.substr(position_, stop - position_ - (escaped ? 1 : 0));
    position_ = stop + kQuotes.size();
    if (!escaped) break;
    raw += kQuotes;
  }
  return {TokenKind::string, static_cast<ast::Offset>(begin), static_cast<ast::Offset>(position_),
          arena_.keep_text(block_string_value(raw)), true};
}

std::string Lexer::character_here() const {
  if (position_ >= source_.size()) return "the end of the document";
  const auto c = static_cast<unsigned char>(source_[position_]);
  if (c >= 0x20 && c < 0x7F) return fmt::format("'{}'", static_cast<char>(c));
  if (c < 0x80) return fmt::format("U+{:04X}", c);
  size_t end = position_ + 1;
  while (end < source_.size() && (static_cast<unsigned char>(source_[end]) & 0xC0U) == 0x80U) ++end;
  return fmt::format("'{}'", source_.substr(position_, end - position_));
}

Token Lexer::unexpected_character() {
  return fail(position_, peek() == '\'' ? "strings are in double quotes, not single ones"
                                        : fmt::format("{} does not belong here", character_here()));
}

}  // namespace gm::graphql
