// The parser's half for type systems: definitions and extensions of schemas, types and directives.

#include <fmt/format.h>

#include "lib/graphql/parser.h"

namespace gm::graphql {

using ast::DefinitionKind;

bool Parser::type_system(std::string_view keyword, ast::Definition& into) {
  struct Word {
    std::string_view text;
    DefinitionKind kind;
    void (Parser::*parts)(ast::Definition&);
  };
  static constexpr Word kWords[] = {
      {"schema", DefinitionKind::schema, &Parser::schema_parts},
      {"scalar", DefinitionKind::scalar, nullptr},
      {"type", DefinitionKind::object, &Parser::fields_parts},
      {"interface", DefinitionKind::interface, &Parser::fields_parts},
      {"union", DefinitionKind::union_type, &Parser::union_parts},
      {"enum", DefinitionKind::enumeration, &Parser::enum_parts},
      {"input", DefinitionKind::input_object, &Parser::input_parts},
      {"directive", DefinitionKind::directive, &Parser::directive_parts},
  };
  for (const Word& word : kWords) {
    if (word.text != keyword) continue;
    if (into.extension && word.kind == DefinitionKind::directive) return false;
    advance();
    into.kind = word.kind;
    if (word.kind == DefinitionKind::directive) expect(TokenKind::at);
    if (word.kind != DefinitionKind::schema) into.name = name("a name");
    if (word.kind == DefinitionKind::object || word.kind == DefinitionKind::interface) {
      if (take_word("implements")) into.members = separated(TokenKind::amp);
    }
    if (word.kind != DefinitionKind::directive) into.directives = directives(Constness::constant);
    if (word.parts) (this->*word.parts)(into);
    return true;
  }
  return false;
}

void Parser::extension(ast::Definition& into) {
  into.extension = true;
  expect_word("extend");
  if (!at(TokenKind::name) || !type_system(token_.text, into)) {
    unexpected("what is extended: schema, scalar, type, interface, union, enum or input");
    return;
  }
  const bool adds = !into.directives.empty() || !into.members.empty() || !into.fields.empty() || !into.inputs.empty() ||
                    !into.values.empty() || !into.roots.empty();
  if (!adds) unexpected("what the extension adds");
}

void Parser::schema_parts(ast::Definition& into) {
  const auto one = [this] { return root(); };
  into.roots = into.extension ? optional_many<ast::RootDefinition>(TokenKind::brace_left, TokenKind::brace_right, one)
                              : many<ast::RootDefinition>(TokenKind::brace_left, TokenKind::brace_right, one);
}

ast::RootDefinition Parser::root() {
  ast::RootDefinition found;
  found.at = token_.at;
  found.operation = operation_kind();
  expect(TokenKind::colon);
  found.type = name("a type");
  return found;
}

void Parser::fields_parts(ast::Definition& into) {
  into.fields = optional_many<ast::FieldDefinition>(TokenKind::brace_left, TokenKind::brace_right,
                                                    [this] { return field_definition(); });
}

ast::FieldDefinition Parser::field_definition() {
  ast::FieldDefinition found;
  found.at = token_.at;
  found.description = description();
  found.name = name("a field");
  found.arguments = optional_many<ast::InputDefinition>(TokenKind::paren_left, TokenKind::paren_right,
                                                        [this] { return input_definition(); });
  expect(TokenKind::colon);
  found.type = type_reference();
  found.directives = directives(Constness::constant);
  return found;
}

ast::InputDefinition Parser::input_definition() {
  ast::InputDefinition found;
  found.at = token_.at;
  found.description = description();
  found.name = name("an argument or input field");
  expect(TokenKind::colon);
  found.type = type_reference();
  if (take(TokenKind::equals)) found.default_value = arena_.keep(value(Constness::constant));
  found.directives = directives(Constness::constant);
  return found;
}

void Parser::union_parts(ast::Definition& into) {
  if (take(TokenKind::equals)) into.members = separated(TokenKind::pipe);
}

void Parser::enum_parts(ast::Definition& into) {
  into.values = optional_many<ast::EnumValueDefinition>(TokenKind::brace_left, TokenKind::brace_right,
                                                        [this] { return enum_value(); });
}

ast::EnumValueDefinition Parser::enum_value() {
  ast::EnumValueDefinition found;
  found.at = token_.at;
  found.description = description();
  if (at_word("true") || at_word("false") || at_word("null")) {
    fail(token_.at, fmt::format("\"{}\" cannot be the name of an enumeration's value", token_.text));
  }
  found.name = name("a value's name");
  found.directives = directives(Constness::constant);
  return found;
}

void Parser::input_parts(ast::Definition& into) {
  into.inputs = optional_many<ast::InputDefinition>(TokenKind::brace_left, TokenKind::brace_right,
                                                    [this] { return input_definition(); });
}

void Parser::directive_parts(ast::Definition& into) {
  static constexpr std::string_view kLocations[] = {"QUERY",
                                                    "MUTATION",
                                                    "SUBSCRIPTION",
                                                    "FIELD",
                                                    "FRAGMENT_DEFINITION",
                                                    "FRAGMENT_SPREAD",
                                                    "INLINE_FRAGMENT",
                                                    "VARIABLE_DEFINITION",
                                                    "SCHEMA",
                                                    "SCALAR",
                                                    "OBJECT",
                                                    "FIELD_DEFINITION",
                                                    "ARGUMENT_DEFINITION",
                                                    "INTERFACE",
                                                    "UNION",
                                                    "ENUM",
                                                    "ENUM_VALUE",
                                                    "INPUT_OBJECT",
                                                    "INPUT_FIELD_DEFINITION",
                                                    "DIRECTIVE_DEFINITION"};
  into.inputs = optional_many<ast::InputDefinition>(TokenKind::paren_left, TokenKind::paren_right,
                                                    [this] { return input_definition(); });
  into.repeatable = take_word("repeatable");
  expect_word("on");
  into.locations = separated(TokenKind::pipe);
  for (const ast::Name& location : into.locations) {
    bool known = false;
    for (const std::string_view each : kLocations) known |= each == location.text;
    if (!known && !broken()) fail(location.at, fmt::format("there is no directive location {}", location.text));
  }
}

}  // namespace gm::graphql
