#pragma once
// Private to this folder: the tokens of a document, one after another. Comments, commas and white space are skipped.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/graphql/arena.h"
#include "lib/graphql/ast.h"
#include "lib/graphql/query_error.h"

namespace gm::graphql {

enum class TokenKind : uint8_t {
  end,
  bang,
  dollar,
  amp,
  paren_left,
  paren_right,
  spread,
  colon,
  equals,
  at,
  bracket_left,
  bracket_right,
  brace_left,
  pipe,
  brace_right,
  name,
  integer,
  floating,
  string,
  broken,  // the text cannot be read on; error() says why, and every later token is this one
};

struct Token {
  TokenKind kind = TokenKind::end;
  ast::Offset at = 0;
  ast::Offset end = 0;
  std::string_view text;  // names and numbers as written, strings with their escapes undone
  bool block = false;     // a string in triple quotes
};

// "a name", "\"{\"": for messages.
std::string describe(TokenKind kind);
std::string describe(const Token& token);

class Lexer {
 public:
  // Both outlive the lexer. Precondition: `source` is UTF-8.
  Lexer(std::string_view source, Arena& arena) : source_(source), arena_(arena) {}

  Token next();
  const std::optional<QueryError>& error() const { return error_; }
  // Makes every later token `broken`. The first error stays.
  Token fail(size_t at, std::string message, std::string code = "gm-graphql-syntax");

 private:
  // The character `ahead` bytes further; '\0' past the end.
  char peek(size_t ahead = 0) const { return position_ + ahead < source_.size() ? source_[position_ + ahead] : '\0'; }
  bool starts_with(std::string_view text) const { return source_.substr(position_).starts_with(text); }
  void skip_ignored();
  Token punctuator(TokenKind kind, size_t length);
  Token read_name();
  Token read_number();
  bool read_digits();
  Token read_string();
  bool read_escape(std::string& value);
  bool read_unicode_escape(std::string& value);
  bool read_braced_escape(std::string& value);
  Token read_block_string();
  Token unexpected_character();
  std::string character_here() const;

  std::string_view source_;
  Arena& arena_;
  size_t position_ = 0;
  std::optional<QueryError> error_;
};

}  // namespace gm::graphql
