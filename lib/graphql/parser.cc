#include "lib/graphql/parser.h"

#include <fmt/format.h>

#include "lib/codec/text_codecs.h"

namespace gm::graphql {

Parser::Parser(std::string_view source, Arena& arena, const ParseLimits& limits)
    : arena_(arena), limits_(limits), lexer_(source, arena) {
  if (!codec::is_utf8(source)) lexer_.fail(0, "the document is not UTF-8");
  advance();
}

void Parser::advance() {
  last_end_ = token_.end;
  token_ = lexer_.next();
  if (at(TokenKind::end) || broken() || ++tokens_ <= limits_.tokens_max) return;
  token_ = lexer_.fail(token_.at, fmt::format("the document has more than {} tokens", limits_.tokens_max),
                       "gm-graphql-too-many-tokens");
}

bool Parser::take(TokenKind kind) {
  if (!at(kind)) return false;
  advance();
  return true;
}

bool Parser::take_word(std::string_view word) {
  if (!at_word(word)) return false;
  advance();
  return true;
}

void Parser::expect(TokenKind kind) {
  if (!take(kind)) unexpected(describe(kind));
}

void Parser::expect_word(std::string_view word) {
  if (!take_word(word)) unexpected(fmt::format("\"{}\"", word));
}

void Parser::fail(ast::Offset at, std::string message) { token_ = lexer_.fail(at, std::move(message)); }

void Parser::unexpected(std::string_view wanted) {
  if (!broken()) fail(token_.at, fmt::format("expected {}, found {}", wanted, describe(token_)));
}

ast::Name Parser::name(std::string_view what) {
  const Token found = token_;
  if (take(TokenKind::name)) return {found.text, found.at};
  unexpected(what);
  return {};
}

List<ast::Name> Parser::separated(TokenKind separator) {
  std::vector<ast::Name> names;
  take(separator);
  do {
    names.push_back(name());
  } while (take(separator));
  return arena_.keep(names);
}

bool Parser::enter() {
  if (++nesting_ <= limits_.nesting_max) return true;
  token_ = lexer_.fail(token_.at, fmt::format("more than {} levels are inside each other", limits_.nesting_max),
                       "gm-graphql-too-deep");
  return false;
}

std::vector<ast::Definition> Parser::document() {
  std::vector<ast::Definition> definitions;
  do {
    definitions.push_back(definition());
  } while (!broken() && !at(TokenKind::end));
  return definitions;
}

ast::Definition Parser::definition() {
  if (at(TokenKind::brace_left)) return operation();
  ast::Definition found;
  found.at = token_.at;
  found.description = description();
  const bool described = found.description != nullptr;
  if (described && at(TokenKind::brace_left)) {
    fail(found.at, "a query without a name cannot have a description");
  } else if (at_word("query") || at_word("mutation") || at_word("subscription")) {
    ast::Definition executable = operation();
    executable.at = found.at;
    executable.description = found.description;
    return executable;
  } else if (at_word("fragment")) {
    ast::Definition executable = fragment();
    executable.at = found.at;
    executable.description = found.description;
    return executable;
  } else if (at(TokenKind::name) && type_system(token_.text, found)) {
    return found;
  } else if (described && at(TokenKind::name)) {
    fail(found.at, "only definitions can have a description");
  } else if (at_word("extend")) {
    extension(found);
  } else {
    unexpected("a definition");
  }
  return found;
}

const ast::Value* Parser::description() {
  if (!at(TokenKind::string)) return nullptr;
  return arena_.keep(taken_value(ast::ValueKind::string));
}

ast::OperationKind Parser::operation_kind() {
  if (take_word("query")) return ast::OperationKind::query;
  if (take_word("mutation")) return ast::OperationKind::mutation;
  if (take_word("subscription")) return ast::OperationKind::subscription;
  unexpected("query, mutation or subscription");
  return ast::OperationKind::query;
}

ast::Definition Parser::operation() {
  ast::Definition found;
  found.kind = ast::DefinitionKind::operation;
  found.at = token_.at;
  if (!at(TokenKind::brace_left)) {
    found.operation = operation_kind();
    if (at(TokenKind::name)) found.name = name();
    found.variables = optional_many<ast::VariableDefinition>(TokenKind::paren_left, TokenKind::paren_right,
                                                             [this] { return variable_definition(); });
    found.directives = directives(Constness::variables_allowed);
  }
  found.selections = selection_set();
  return found;
}

ast::Definition Parser::fragment() {
  ast::Definition found;
  found.kind = ast::DefinitionKind::fragment;
  found.at = token_.at;
  expect_word("fragment");
  found.name = fragment_name();
  expect_word("on");
  found.condition = name("a type");
  found.directives = directives(Constness::variables_allowed);
  found.selections = selection_set();
  return found;
}

ast::Name Parser::fragment_name() {
  if (at_word("on")) {
    unexpected("a fragment's name");
    return {};
  }
  return name("a fragment's name");
}

ast::VariableDefinition Parser::variable_definition() {
  ast::VariableDefinition found;
  found.at = token_.at;
  description();
  found.name = variable_name();
  expect(TokenKind::colon);
  found.type = type_reference();
  if (take(TokenKind::equals)) found.default_value = arena_.keep(value(Constness::constant));
  found.directives = directives(Constness::constant);
  return found;
}

ast::Name Parser::variable_name() {
  expect(TokenKind::dollar);
  return name("a variable's name");
}

const ast::SelectionSet* Parser::selection_set() {
  if (!enter()) return nullptr;
  ast::SelectionSet found;
  found.at = token_.at;
  found.items = many<ast::Selection>(TokenKind::brace_left, TokenKind::brace_right, [this] { return selection(); });
  leave();
  return arena_.keep(found);
}

ast::Selection Parser::selection() {
  if (!at(TokenKind::spread)) return field();
  ast::Selection found;
  found.at = token_.at;
  advance();
  const bool conditional = take_word("on");
  if (!conditional && at(TokenKind::name)) {
    found.kind = ast::SelectionKind::spread;
    found.name = fragment_name();
    found.directives = directives(Constness::variables_allowed);
    return found;
  }
  found.kind = ast::SelectionKind::inline_fragment;
  if (conditional) found.condition = name("a type");
  found.directives = directives(Constness::variables_allowed);
  found.selections = selection_set();
  return found;
}

ast::Selection Parser::field() {
  ast::Selection found;
  found.at = token_.at;
  found.name = name("a field");
  if (take(TokenKind::colon)) {
    found.alias = found.name;
    found.name = name("a field");
  }
  found.arguments = arguments(Constness::variables_allowed);
  found.directives = directives(Constness::variables_allowed);
  if (at(TokenKind::brace_left)) found.selections = selection_set();
  return found;
}

List<ast::Argument> Parser::arguments(Constness constness) {
  return optional_many<ast::Argument>(TokenKind::paren_left, TokenKind::paren_right, [this, constness] {
    ast::Argument found;
    found.name = name("an argument");
    expect(TokenKind::colon);
    found.value = value(constness);
    return found;
  });
}

List<ast::Directive> Parser::directives(Constness constness) {
  std::vector<ast::Directive> found;
  while (at(TokenKind::at)) {
    ast::Directive directive;
    directive.at = token_.at;
    advance();
    directive.name = name("a directive");
    directive.arguments = arguments(constness);
    found.push_back(directive);
  }
  return arena_.keep(found);
}

ast::Value Parser::taken_value(ast::ValueKind kind) {
  ast::Value found;
  found.kind = kind;
  found.at = token_.at;
  found.text = token_.text;
  found.block = token_.block;
  advance();
  return found;
}

ast::Value Parser::value(Constness constness) {
  switch (token_.kind) {
    case TokenKind::bracket_left:
      return list_value(constness);
    case TokenKind::brace_left:
      return object_value(constness);
    case TokenKind::integer:
      return taken_value(ast::ValueKind::integer);
    case TokenKind::floating:
      return taken_value(ast::ValueKind::floating);
    case TokenKind::string:
      return taken_value(ast::ValueKind::string);
    case TokenKind::name:
      if (token_.text == "true" || token_.text == "false") return taken_value(ast::ValueKind::boolean);
      return taken_value(token_.text == "null" ? ast::ValueKind::null : ast::ValueKind::enumeration);
    case TokenKind::dollar:
      return variable_value(constness);
    default:
      unexpected("a value");
      return {};
  }
}

ast::Value Parser::variable_value(Constness constness) {
  const ast::Offset begin = token_.at;
  expect(TokenKind::dollar);
  if (constness == Constness::constant && !at(TokenKind::name)) fail(begin, "expected a value, found \"$\"");
  const ast::Name variable = name("a variable's name");
  if (constness == Constness::constant && !broken()) {
    fail(begin, fmt::format("the variable ${} may not be used in a constant", variable.text));
  }
  ast::Value found;
  found.kind = ast::ValueKind::variable;
  found.at = begin;
  found.text = variable.text;
  return found;
}

ast::Value Parser::list_value(Constness constness) {
  ast::Value found;
  found.kind = ast::ValueKind::list;
  found.at = token_.at;
  if (!enter()) return found;
  std::vector<ast::Value> items;
  expect(TokenKind::bracket_left);
  while (!broken() && !take(TokenKind::bracket_right)) items.push_back(value(constness));
  found.items = arena_.keep(items);
  leave();
  return found;
}

ast::Value Parser::object_value(Constness constness) {
  ast::Value found;
  found.kind = ast::ValueKind::object;
  found.at = token_.at;
  if (!enter()) return found;
  std::vector<ast::ObjectField> fields;
  expect(TokenKind::brace_left);
  while (!broken() && !take(TokenKind::brace_right)) {
    ast::ObjectField field;
    field.name = name("a field");
    expect(TokenKind::colon);
    field.value = value(constness);
    fields.push_back(field);
  }
  found.fields = arena_.keep(fields);
  leave();
  return found;
}

const ast::TypeReference* Parser::type_reference() {
  const ast::TypeReference* inside = type_inside();
  if (!inside || !at(TokenKind::bang)) return inside;
  advance();
  return arena_.keep(ast::TypeReference{ast::TypeForm::non_null, inside->at, inside->name, inside});
}

const ast::TypeReference* Parser::type_inside() {
  const ast::Offset begin = token_.at;
  if (!at(TokenKind::bracket_left)) {
    return arena_.keep(ast::TypeReference{ast::TypeForm::named, begin, name("a type"), nullptr});
  }
  if (!enter()) return nullptr;
  advance();
  const ast::TypeReference* item = type_reference();
  expect(TokenKind::bracket_right);
  leave();
  return item ? arena_.keep(ast::TypeReference{ast::TypeForm::list, begin, item->name, item}) : nullptr;
}

ParsedDocument parse(std::string_view source, const ParseLimits& limits) {
  auto document = std::make_unique<Document>(source);
  Parser parser(document->source(), document->arena_, limits);
  const std::vector<ast::Definition> definitions = parser.document();
  ParsedDocument result;
  if (parser.error()) {
    result.error = parser.error();
    return result;
  }
  document->definitions_ = document->arena_.keep(definitions);
  result.document = std::move(document);
  return result;
}

}  // namespace gm::graphql
