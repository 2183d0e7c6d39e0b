#pragma once
// Literals and variables to values of their types (spec, "Input Coercion").

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/graphql/ast.h"
#include "lib/graphql/input_value.h"
#include "lib/graphql/query_error.h"
#include "lib/graphql/schema.h"

namespace gm::graphql {

// Values of an operation's variables; absent: neither given nor with a default.
using Variables = std::vector<std::pair<std::string_view, InputValue>>;
const InputValue* find_variable(const Variables& variables, std::string_view name);

// Types that documents name, as opposed to those of the schema.
class DocumentTypes {
 public:
  explicit DocumentTypes(const Schema& schema) : schema_(schema) {}
  // nullptr when the schema has no such type. Lives as long as this.
  const TypeUse* of(const ast::TypeReference& reference);

 private:
  const Schema& schema_;
  std::deque<TypeUse> uses_;
};

// Whether a leaf type takes the literal; variables inside are taken on trust.
bool leaf_takes(const NamedType& leaf, const ast::Value& literal);

// nullopt: the literal is no value of the type, or a variable that it needs is absent.
std::optional<InputValue> coerce_literal(const ast::Value& literal, const TypeUse& type, const Variables* variables);

struct CoercedVariables {
  Variables values;
  std::vector<QueryError> errors;  // gm-graphql-variables
};
// `given`: an object, or null. Precondition: the operation is valid.
CoercedVariables coerce_variables(const Schema& schema, const Document& document, const ast::Definition& operation,
                                  const InputValue& given);

struct CoercedArguments {
  std::vector<std::pair<std::string_view, InputValue>> values;
  std::optional<std::string> error;
  ast::Offset error_at = 0;
};
CoercedArguments coerce_arguments(const std::vector<InputField>& declared, const List<ast::Argument>& given,
                                  const Variables& variables);

}  // namespace gm::graphql
