#pragma once
// Private to this folder: recursive descent over the tokens. After the first error every token is `broken`, which no
// rule accepts, so that all of them return soon; what they return is then thrown away.

#include <string_view>
#include <vector>

#include "lib/graphql/document.h"
#include "lib/graphql/lexer.h"

namespace gm::graphql {

class Parser {
 public:
  // All outlive the parser.
  Parser(std::string_view source, Arena& arena, const ParseLimits& limits);

  std::vector<ast::Definition> document();
  const std::optional<QueryError>& error() const { return lexer_.error(); }

 private:
  enum class Constness : bool { variables_allowed, constant };

  // Steps (parser.cc).
  void advance();
  bool broken() const { return token_.kind == TokenKind::broken; }
  bool at(TokenKind kind) const { return token_.kind == kind; }
  bool at_word(std::string_view word) const { return at(TokenKind::name) && token_.text == word; }
  bool take(TokenKind kind);
  bool take_word(std::string_view word);
  void expect(TokenKind kind);
  void expect_word(std::string_view word);
  void unexpected(std::string_view wanted);
  void fail(ast::Offset at, std::string message);
  ast::Name name(std::string_view what = "a name");
  // One or more items between the brackets.
  template <typename T, typename Item>
  List<T> many(TokenKind open, TokenKind close, Item item);
  // The same, or nothing when `open` is not there.
  template <typename T, typename Item>
  List<T> optional_many(TokenKind open, TokenKind close, Item item);
  // "a | b" with an optional separator in front.
  List<ast::Name> separated(TokenKind separator);
  // False, and the parse has failed, when too much is inside each other. leave() undoes it.
  bool enter();
  void leave() { --nesting_; }

  // Executable documents (parser.cc).
  ast::Definition definition();
  ast::Definition operation();
  ast::Definition fragment();
  ast::VariableDefinition variable_definition();
  const ast::SelectionSet* selection_set();
  ast::Selection selection();
  ast::Selection field();
  ast::Name fragment_name();
  List<ast::Argument> arguments(Constness constness);
  List<ast::Directive> directives(Constness constness);
  ast::Value value(Constness constness);
  ast::Value list_value(Constness constness);
  ast::Value object_value(Constness constness);
  ast::Value variable_value(Constness constness);
  ast::Value taken_value(ast::ValueKind kind);
  const ast::TypeReference* type_reference();
  const ast::TypeReference* type_inside();
  ast::Name variable_name();
  const ast::Value* description();

  // The type system (schema_parser.cc).
  bool type_system(std::string_view keyword, ast::Definition& into);
  void extension(ast::Definition& into);
  void schema_parts(ast::Definition& into);
  void fields_parts(ast::Definition& into);
  void union_parts(ast::Definition& into);
  void enum_parts(ast::Definition& into);
  void input_parts(ast::Definition& into);
  void directive_parts(ast::Definition& into);
  ast::FieldDefinition field_definition();
  ast::InputDefinition input_definition();
  ast::EnumValueDefinition enum_value();
  ast::RootDefinition root();
  ast::OperationKind operation_kind();

  Arena& arena_;
  const ParseLimits limits_;
  Lexer lexer_;
  Token token_;
  ast::Offset last_end_ = 0;
  size_t tokens_ = 0;
  size_t nesting_ = 0;
};

template <typename T, typename Item>
List<T> Parser::many(TokenKind open, TokenKind close, Item item) {
  std::vector<T> items;
  expect(open);
  do {
    items.push_back(item());
  } while (!broken() && !take(close));
  return arena_.keep(items);
}

template <typename T, typename Item>
List<T> Parser::optional_many(TokenKind open, TokenKind close, Item item) {
  return at(open) ? many<T>(open, close, item) : List<T>{};
}

}  // namespace gm::graphql
