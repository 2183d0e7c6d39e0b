#pragma once
// Text to syntax tree.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/graphql/ast.h"
#include "lib/graphql/query_error.h"

namespace gm::graphql {

// A parsed document with its text and its memory.
class Document {
 public:
  explicit Document(std::string_view source) : source_(source) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  std::string_view source() const { return source_; }
  const List<ast::Definition>& definitions() const { return definitions_; }
  Location locate(ast::Offset at) const { return graphql::locate(source_, at); }

 private:
  friend struct ParsedDocument parse(std::string_view source, const struct ParseLimits& limits);
  const std::string source_;
  Arena arena_;
  List<ast::Definition> definitions_;
};

struct ParseLimits {
  size_t tokens_max = 1'000'000;
  // Selection sets, lists, objects and wrapped types inside each other; bounds the parser's and the validator's stack.
  size_t nesting_max = 200;
};

struct ParsedDocument {
  std::unique_ptr<const Document> document;  // nullptr: see error
  std::optional<QueryError> error;           // gm-graphql-syntax, gm-graphql-too-many-tokens, gm-graphql-too-deep
};

// `source` is at most 4 GiB.
ParsedDocument parse(std::string_view source, const ParseLimits& limits);

}  // namespace gm::graphql
