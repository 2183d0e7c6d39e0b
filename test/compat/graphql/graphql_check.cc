// For the differential test: reads documents from standard input, each as its length in bytes on a line and then its
// bytes, and writes what the parser, the validator and the executor say about each as one line of JSON.
//
// Usage: graphql_check SCHEMA.graphql
//
// Values for execution follow from the schema alone, so that the other side can make the same: see made_up().

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "lib/graphql/coercion.h"
#include "lib/graphql/executor.h"
#include "lib/graphql/validation.h"

namespace {

using namespace gm::graphql;

gm::Result<Value> made_up(const Schema& schema, const TypeUse& type, const Call& call) {
  if (type.non_null()) return made_up(schema, *type.of, call);
  if (type.form == ast::TypeForm::list) {
    std::vector<Value> items;
    for (int i = 0; i < 2; ++i) {
      auto item = made_up(schema, *type.of, call);
      if (!item) return item.error();
      items.push_back(*item);
    }
    // The second item of a list whose field is named so is null.
    if (call.field.starts_with("holed")) items[1] = Value();
    return Value(std::move(items));
  }
  const NamedType& named = *type.named;
  if (named.kind == TypeKind::object) return Value::object_at(&schema);
  if (named.composite()) return Value::object_at(&schema, named.possible.front()->name);
  if (named.kind == TypeKind::enumeration) return Value(named.values.front().name);
  if (named.name == "Int") return Value(static_cast<int64_t>(call.field.size()));
  if (named.name == "Float") return Value(static_cast<double>(call.field.size()) + 0.5);
  if (named.name == "Boolean") return Value(call.field.size() % 2 == 0);
  std::string text(call.field);
  for (const char* name : {"a", "b", "c", "id", "input", "list", "one", "kind"}) {
    const InputValue* given = call.arguments.find(name);
    if (!given) continue;
    text += fmt::format(" {}=", name);
    append_json(*given, text);
  }
  return Value(std::move(text));
}

void make_up_values(Schema& schema) {
  for (const NamedType* type : schema.types()) {
    if (type->kind != TypeKind::object || type->introspection) continue;
    for (const Field& field : type->fields) {
      const TypeUse* of = field.type;
      schema.resolve(type->name, field.name, [&schema, of](const Call& call) -> gm::Result<Value> {
        if (call.field.starts_with("fail")) return gm::Error{"gm-internal", "fails"};
        if (call.field.starts_with("nil")) return Value();
        return made_up(schema, *of, call);
      });
    }
  }
}

std::string list(const std::vector<QueryError>& errors) {
  std::string out = "[";
  for (const QueryError& error : errors) {
    if (out.size() > 1) out += ',';
    append_json(error, out);
  }
  return out + "]";
}

void execute_into(const Schema& schema, const Document& document, std::string& line) {
  for (const ast::Definition& operation : document.definitions()) {
    if (operation.kind != ast::DefinitionKind::operation) continue;
    InputValue none;
    none.kind = InputValue::Kind::object;
    const CoercedVariables variables = coerce_variables(schema, document, operation, none);
    if (!variables.errors.empty()) {
      line += R"(,"variables":)" + list(variables.errors);
      return;
    }
    const ExecutionResult result = execute({schema, document, operation, variables.values});
    line += R"(,"data":)" + result.data + R"(,"errors":)" + list(result.errors);
    return;
  }
}

std::string check(const Schema& schema, const std::string& text) {
  const ParsedDocument parsed = parse(text, {});
  if (parsed.error) return R"({"syntax":)" + list({*parsed.error}) + "}";
  const auto errors = validate(schema, *parsed.document, {});
  std::string line = R"({"invalid":)" + list(errors);
  if (errors.empty()) execute_into(schema, *parsed.document, line);
  return line + "}";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  std::stringstream sdl;
  sdl << std::ifstream(argv[1]).rdbuf();
  BuiltSchema built = Schema::build(sdl.str());
  if (!built.schema) {
    std::cerr << list(built.errors) << "\n";
    return 1;
  }
  make_up_values(*built.schema);
  std::string length;
  while (std::getline(std::cin, length)) {
    std::string text(std::stoul(length), '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    std::cin.ignore(1);
    std::cout << check(*built.schema, text) << "\n";
  }
  return 0;
}
