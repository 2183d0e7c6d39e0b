#include "lib/graphql/coercion.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace gm::graphql {
namespace {

using ast::ValueKind;
using Kind = InputValue::Kind;

constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
constexpr int64_t kIntMin = std::numeric_limits<int32_t>::min();

std::optional<int64_t> int_literal(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double number_literal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  // Too large or too small for a double: what strtod says, as other implementations do.
  return std::strtod(std::string(text).c_str(), nullptr);
}

bool fits_int(int64_t value) { return value >= kIntMin && value <= kIntMax; }

// A whole number that JSON wrote as 1.0 or 1e3 is an integer too.
std::optional<int64_t> whole(const InputValue& value) {
  if (value.kind == Kind::integer) return value.integer;
  constexpr double kExactMax = 9007199254740992.0;
  if (value.kind != Kind::number || std::trunc(value.number) != value.number || std::fabs(value.number) > kExactMax) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value.number);
}

bool is_missing(const ast::Value& literal, const Variables* variables) {
  return literal.kind == ValueKind::variable && !(variables && find_variable(*variables, literal.text));
}

// A literal as if it had no type: what a scalar of one's own gets.
InputValue untyped(const ast::Value& literal, const Variables* variables) {
  switch (literal.kind) {
    case ValueKind::variable: {
      const InputValue* found = variables ? find_variable(*variables, literal.text) : nullptr;
      return found ? *found : InputValue{};
    }
    case ValueKind::integer: {
      const auto value = int_literal(literal.text);
      return value ? InputValue::of(*value) : InputValue::of(number_literal(literal.text));
    }
    case ValueKind::floating:
      return InputValue::of(number_literal(literal.text));
    case ValueKind::boolean:
      return InputValue::of(literal.text == "true");
    case ValueKind::null:
      return {};
    case ValueKind::string:
    case ValueKind::enumeration:
      return InputValue::of(std::string(literal.text));
    case ValueKind::list: {
      InputValue made = InputValue::list_of({});
      for (const ast::Value& item : literal.items) made.items.push_back(untyped(item, variables));
      return made;
    }
    case ValueKind::object:
      break;
  }
  InputValue made;
  made.kind = Kind::object;
  for (const auto& field : literal.fields) {
    if (is_missing(field.value, variables)) continue;
    made.members.emplace_back(field.name.text, untyped(field.value, variables));
  }
  return made;
}

bool is_builtin(const NamedType& scalar, std::string_view name) { return scalar.name == name; }

std::optional<InputValue> scalar_literal(const NamedType& scalar, const ast::Value& literal,
                                         const Variables* variables) {
  const bool integer = literal.kind == ValueKind::integer;
  if (is_builtin(scalar, "Int")) {
    const auto value = integer ? int_literal(literal.text) : std::nullopt;
    return value && fits_int(*value) ? std::optional(InputValue::of(*value)) : std::nullopt;
  }
  if (is_builtin(scalar, "Float")) {
    if (!integer && literal.kind != ValueKind::floating) return std::nullopt;
    return InputValue::of(number_literal(literal.text));
  }
  if (is_builtin(scalar, "Boolean")) {
    if (literal.kind != ValueKind::boolean) return std::nullopt;
    return InputValue::of(literal.text == "true");
  }
  if (is_builtin(scalar, "String") || is_builtin(scalar, "ID")) {
    const bool taken = literal.kind == ValueKind::string || (integer && is_builtin(scalar, "ID"));
    return taken ? std::optional(InputValue::of(std::string(literal.text))) : std::nullopt;
  }
  InputValue value = untyped(literal, variables);
  if (scalar.accepts && !scalar.accepts(value)) return std::nullopt;
  return value;
}

std::optional<InputValue> leaf_literal(const NamedType& leaf, const ast::Value& literal, const Variables* variables) {
  if (leaf.kind == TypeKind::scalar) return scalar_literal(leaf, literal, variables);
  if (literal.kind != ValueKind::enumeration || !leaf.value(literal.text)) return std::nullopt;
  return InputValue::of(std::string(literal.text));
}

std::optional<InputValue> object_literal(const NamedType& type, const ast::Value& literal, const Variables* variables) {
  if (literal.kind != ValueKind::object) return std::nullopt;
  InputValue made;
  made.kind = Kind::object;
  for (const InputField& field : type.inputs) {
    const ast::Value* given = nullptr;
    for (const auto& each : literal.fields) {
      if (each.name.text == field.name) given = &each.value;
    }
    if (!given || is_missing(*given, variables)) {
      if (field.default_value) {
        made.members.emplace_back(field.name, *field.default_value);
      } else if (field.type->non_null()) {
        return std::nullopt;
      }
      continue;
    }
    auto value = coerce_literal(*given, *field.type, variables);
    if (!value) return std::nullopt;
    made.members.emplace_back(field.name, std::move(*value));
  }
  if (type.one_of && (made.members.size() != 1 || made.members.front().value.is_null())) return std::nullopt;
  return made;
}

std::optional<InputValue> list_literal(const TypeUse& item, const ast::Value& literal, const Variables* variables) {
  InputValue made = InputValue::list_of({});
  if (literal.kind != ValueKind::list) {
    auto only = coerce_literal(literal, item, variables);
    if (!only) return std::nullopt;
    made.items.push_back(std::move(*only));
    return made;
  }
  for (const ast::Value& each : literal.items) {
    if (is_missing(each, variables)) {
      if (item.non_null()) return std::nullopt;
      made.items.emplace_back();
      continue;
    }
    auto value = coerce_literal(each, item, variables);
    if (!value) return std::nullopt;
    made.items.push_back(std::move(*value));
  }
  return made;
}

// JSON to a value of a type; the first problem is told with where it is.
class VariableReader {
 public:
  std::optional<std::string> problem;

  std::optional<InputValue> read(const InputValue& given, const TypeUse& type, const std::string& where) {
    if (type.non_null()) {
      if (given.is_null()) return fail(where, fmt::format("must not be null: it is of type {}", type.text()));
      return read(given, *type.of, where);
    }
    if (given.is_null()) return InputValue{};
    if (type.form == ast::TypeForm::list) return list(given, *type.of, where);
    if (type.named->kind == TypeKind::input_object) return object(given, *type.named, where);
    if (type.named->kind == TypeKind::enumeration) {
      if (given.kind == Kind::text && type.named->value(given.text)) return given;
      return fail(where, fmt::format("is no value of {}", type.named->name));
    }
    return scalar(given, *type.named, where);
  }

 private:
  std::optional<InputValue> fail(const std::string& where, std::string_view what) {
    if (!problem) problem = fmt::format("{} {}", where, what);
    return std::nullopt;
  }

  std::optional<InputValue> list(const InputValue& given, const TypeUse& item, const std::string& where) {
    InputValue made = InputValue::list_of({});
    if (given.kind != Kind::list) {
      auto only = read(given, item, where);
      if (!only) return std::nullopt;
      made.items.push_back(std::move(*only));
      return made;
    }
    for (size_t i = 0; i < given.items.size(); ++i) {
      auto value = read(given.items[i], item, fmt::format("{}[{}]", where, i));
      if (!value) return std::nullopt;
      made.items.push_back(std::move(*value));
    }
    return made;
  }

  std::optional<InputValue> object(const InputValue& given, const NamedType& type, const std::string& where) {
    if (given.kind != Kind::object) return fail(where, fmt::format("is no object: it is of type {}", type.name));
    InputValue made;
    made.kind = Kind::object;
    for (const InputField& field : type.inputs) {
      const InputValue* member = given.member(field.name);
      if (!member) {
        if (field.default_value) {
          made.members.emplace_back(field.name, *field.default_value);
        } else if (field.type->non_null()) {
          return fail(where, fmt::format("lacks the field \"{}\" of type {}", field.name, field.type->text()));
        }
        continue;
      }
      auto value = read(*member, *field.type, fmt::format("{}.{}", where, field.name));
      if (!value) return std::nullopt;
      made.members.emplace_back(field.name, std::move(*value));
    }
    for (const auto& [name, unused] : given.members) {
      if (!type.input(name))
        return fail(where, fmt::format("has a field \"{}\" that {} does not know", name, type.name));
    }
    if (type.one_of && (made.members.size() != 1 || made.members.front().value.is_null())) {
      return fail(where, fmt::format("needs exactly one field of {}, and not null", type.name));
    }
    return made;
  }

  std::optional<InputValue> scalar(const InputValue& given, const NamedType& type, const std::string& where) {
    if (is_builtin(type, "Int")) {
      const auto value = whole(given);
      if (value && fits_int(*value)) return InputValue::of(*value);
    } else if (is_builtin(type, "Float")) {
      if (given.kind == Kind::integer) return InputValue::of(static_cast<double>(given.integer));
      if (given.kind == Kind::number && std::isfinite(given.number)) return given;
    } else if (is_builtin(type, "Boolean")) {
      if (given.kind == Kind::boolean) return given;
    } else if (is_builtin(type, "String")) {
      if (given.kind == Kind::text) return given;
    } else if (is_builtin(type, "ID")) {
      if (given.kind == Kind::text) return given;
      if (const auto value = whole(given)) return InputValue::of(std::to_string(*value));
    } else if (!type.accepts || type.accepts(given)) {
      return given;
    }
    return fail(where, fmt::format("is no {}", type.name));
  }
};

}  // namespace

const InputValue* find_variable(const Variables& variables, std::string_view name) {
  for (const auto& [each, value] : variables) {
    if (each == name) return &value;
  }
  return nullptr;
}

const TypeUse* DocumentTypes::of(const ast::TypeReference& reference) {
  const NamedType* named = schema_.type(reference.name.text);
  if (!named) return nullptr;
  const TypeUse* inside = reference.of ? of(*reference.of) : nullptr;
  return &uses_.emplace_back(TypeUse{reference.form, named, inside});
}

bool leaf_takes(const NamedType& leaf, const ast::Value& literal) {
  return leaf_literal(leaf, literal, nullptr).has_value();
}

std::optional<InputValue> coerce_literal(const ast::Value& literal, const TypeUse& type, const Variables* variables) {
  if (literal.kind == ValueKind::variable) {
    // Its value has been coerced to the variable's type, which validation has compared with this one.
    const InputValue* found = variables ? find_variable(*variables, literal.text) : nullptr;
    if (!found || (found->is_null() && type.non_null())) return std::nullopt;
    return *found;
  }
  if (type.non_null()) {
    if (literal.kind == ValueKind::null) return std::nullopt;
    return coerce_literal(literal, *type.of, variables);
  }
  if (literal.kind == ValueKind::null) return InputValue{};
  if (type.form == ast::TypeForm::list) return list_literal(*type.of, literal, variables);
  if (type.named->kind == TypeKind::input_object) return object_literal(*type.named, literal, variables);
  return leaf_literal(*type.named, literal, variables);
}

CoercedVariables coerce_variables(const Schema& schema, const Document& document, const ast::Definition& operation,
                                  const InputValue& given) {
  CoercedVariables result;
  DocumentTypes types(schema);
  for (const ast::VariableDefinition& variable : operation.variables) {
    const auto fail = [&](std::string message) {
      result.errors.push_back({"gm-graphql-variables", std::move(message), {document.locate(variable.at)}, {}, {}});
    };
    const TypeUse* type = types.of(*variable.type);
    const InputValue* value = given.member(variable.name.text);
    if (!value) {
      auto standing_in =
          variable.default_value ? coerce_literal(*variable.default_value, *type, nullptr) : std::nullopt;
      if (standing_in) {
        result.values.emplace_back(variable.name.text, std::move(*standing_in));
      } else if (type->non_null()) {
        fail(fmt::format("the variable ${} of type {} was not given", variable.name.text, type->text()));
      }
      continue;
    }
    VariableReader reader;
    auto coerced = reader.read(*value, *type, fmt::format("the variable ${}", variable.name.text));
    if (coerced) {
      result.values.emplace_back(variable.name.text, std::move(*coerced));
    } else {
      fail(std::move(*reader.problem));
    }
  }
  return result;
}

CoercedArguments coerce_arguments(const std::vector<InputField>& declared, const List<ast::Argument>& given,
                                  const Variables& variables) {
  CoercedArguments result;
  for (const InputField& argument : declared) {
    const ast::Argument* literal = nullptr;
    for (const ast::Argument& each : given) {
      if (each.name.text == argument.name) literal = &each;
    }
    const bool missing = !literal || is_missing(literal->value, &variables);
    if (missing) {
      if (argument.default_value) {
        result.values.emplace_back(argument.name, *argument.default_value);
        continue;
      }
      if (!argument.type->non_null()) continue;
    }
    auto value = missing ? std::nullopt : coerce_literal(literal->value, *argument.type, &variables);
    if (!value) {
      result.error =
          fmt::format("the argument \"{}\" of type {} has no valid value", argument.name, argument.type->text());
      result.error_at = literal ? literal->value.at : 0;
      return result;
    }
    result.values.emplace_back(argument.name, std::move(*value));
  }
  return result;
}

}  // namespace gm::graphql
