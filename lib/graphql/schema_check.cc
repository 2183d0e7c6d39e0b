// What the spec wants of a type system beyond its syntax.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lib/graphql/coercion.h"
#include "lib/graphql/schema_builder.h"

namespace gm::graphql {
namespace {

class Checker {
 public:
  Checker(const Schema& schema, const std::function<void(ast::Offset, std::string)>& fail)
      : schema_(schema), fail_(fail) {}

  void run() {
    for (const NamedType* type : schema_.types()) {
      if (!type->introspection) check(*type);
    }
    for (const DirectiveDefinition& directive : schema_.directives()) {
      check_name(directive.name, "@");
      check_inputs(directive.arguments, fmt::format("@{}", directive.name));
    }
    const NamedType* roots[] = {schema_.query(), schema_.mutation(), schema_.subscription()};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = i + 1; j < 3; ++j) {
        if (roots[i] && roots[i] == roots[j]) fail(fmt::format("{} is the root of two operations", roots[i]->name));
      }
    }
  }

 private:
  void fail(std::string message) { fail_(type_ ? type_->at : 0, std::move(message)); }

  void check_name(std::string_view name, std::string_view before) {
    if (name.starts_with("__")) fail(fmt::format("the name {}{} is reserved for introspection", before, name));
  }

  template <typename Items>
  void check_unique(const Items& items, std::string_view where) {
    std::set<std::string_view> seen;
    for (const auto& each : items) {
      check_name(each.name, "");
      if (!seen.insert(each.name).second) fail(fmt::format("{} has {} twice", where, each.name));
    }
  }

  void check(const NamedType& type) {
    type_ = &type;
    switch (type.kind) {
      case TypeKind::object:
      case TypeKind::interface:
        check_fields(type);
        check_interfaces(type);
        break;
      case TypeKind::union_type:
        check_union(type);
        break;
      case TypeKind::enumeration:
        if (type.values.empty()) fail(fmt::format("{} has no values", type.name));
        check_unique(type.values, type.name);
        break;
      case TypeKind::input_object:
        check_input_object(type);
        break;
      case TypeKind::scalar:
        break;
    }
    type_ = nullptr;
  }

  void check_fields(const NamedType& type) {
    if (type.fields.empty()) fail(fmt::format("{} has no fields", type.name));
    check_unique(type.fields, type.name);
    for (const Field& field : type.fields) {
      const std::string where = fmt::format("{}.{}", type.name, field.name);
      if (!field.type->named->for_output()) fail(fmt::format("{} cannot be of an input type", where));
      check_inputs(field.arguments, where);
      for (const std::string_view name : field.slicing_arguments) {
        if (!field.argument(name)) fail(fmt::format("{} has no argument {} for its list size", where, name));
      }
    }
  }

  void check_inputs(const std::vector<InputField>& inputs, const std::string& where) {
    check_unique(inputs, where);
    for (const InputField& input : inputs) {
      if (!input.type->named->for_input()) fail(fmt::format("{}: {} is of no input type", where, input.name));
      if (input.required() && input.deprecation)
        fail(fmt::format("{}: {} is required and deprecated", where, input.name));
    }
  }

  void check_interfaces(const NamedType& type) {
    std::set<const NamedType*> seen;
    for (const NamedType* interface : type.interfaces) {
      if (interface->kind != TypeKind::interface) {
        fail(fmt::format("{} is no interface that {} could implement", interface->name, type.name));
        continue;
      }
      if (interface == &type) fail(fmt::format("{} implements itself", type.name));
      if (!seen.insert(interface).second) fail(fmt::format("{} implements {} twice", type.name, interface->name));
      for (const NamedType* above : interface->interfaces) {
        if (std::find(type.interfaces.begin(), type.interfaces.end(), above) == type.interfaces.end()) {
          fail(fmt::format("{} must implement {} because {} does", type.name, above->name, interface->name));
        }
      }
      for (const Field& wanted : interface->fields) check_implemented(type, *interface, wanted);
    }
  }

  void check_implemented(const NamedType& type, const NamedType& interface, const Field& wanted) {
    const std::string name = fmt::format("{}.{}", interface.name, wanted.name);
    const Field* field = type.field(wanted.name);
    if (!field) {
      fail(fmt::format("{} lacks the field {}", type.name, name));
      return;
    }
    if (!is_subtype(*field->type, *wanted.type))
      fail(fmt::format("{}.{} is no {}", type.name, wanted.name, wanted.type->text()));
    for (const InputField& argument : wanted.arguments) {
      const InputField* found = field->argument(argument.name);
      if (!found || !same_type(*found->type, *argument.type)) {
        fail(fmt::format("{}.{} lacks the argument {} of {}", type.name, wanted.name, argument.name, name));
      }
    }
    for (const InputField& argument : field->arguments) {
      if (!wanted.argument(argument.name) && argument.required()) {
        fail(fmt::format("{}.{} requires an argument {} that {} does not have", type.name, wanted.name, argument.name,
                         name));
      }
    }
  }

  void check_union(const NamedType& type) {
    if (type.possible.empty()) fail(fmt::format("{} has no members", type.name));
    std::set<const NamedType*> seen;
    for (const NamedType* member : type.possible) {
      if (member->kind != TypeKind::object)
        fail(fmt::format("{} is no object that {} could hold", member->name, type.name));
      if (!seen.insert(member).second) fail(fmt::format("{} holds {} twice", type.name, member->name));
    }
  }

  void check_input_object(const NamedType& type) {
    if (type.inputs.empty()) fail(fmt::format("{} has no fields", type.name));
    check_inputs(type.inputs, std::string(type.name));
    for (const InputField& field : type.inputs) {
      if (type.one_of && (field.type->non_null() || field.default_literal)) {
        fail(fmt::format("{}.{} must be nullable and without default: its object is @oneOf", type.name, field.name));
      }
    }
    std::set<const NamedType*> passed;
    if (reaches(type, type, passed))
      fail(fmt::format("{} requires itself, so that no value of it can exist", type.name));
  }

  // Through fields that cannot be left out.
  bool reaches(const NamedType& from, const NamedType& goal, std::set<const NamedType*>& passed) {
    for (const InputField& field : from.inputs) {
      if (!field.type->non_null() || field.type->of->form != ast::TypeForm::named) continue;
      const NamedType& next = *field.type->named;
      if (next.kind != TypeKind::input_object) continue;
      if (&next == &goal || (passed.insert(&next).second && reaches(next, goal, passed))) return true;
    }
    return false;
  }

  const Schema& schema_;
  const std::function<void(ast::Offset, std::string)>& fail_;
  const NamedType* type_ = nullptr;
};

class DirectiveChecker {
 public:
  DirectiveChecker(const Schema& schema, const std::function<void(ast::Offset, std::string)>& fail)
      : schema_(schema), fail_(fail) {}

  void check(const ast::Definition& definition) {
    static constexpr std::string_view kLocations[] = {
        "QUERY", "FRAGMENT_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", ""};
    check(definition.directives, kLocations[static_cast<size_t>(definition.kind)]);
    for (const auto& field : definition.fields) {
      check(field.directives, "FIELD_DEFINITION");
      for (const auto& argument : field.arguments) check(argument.directives, "ARGUMENT_DEFINITION");
    }
    const bool directive = definition.kind == ast::DefinitionKind::directive;
    for (const auto& input : definition.inputs) {
      check(input.directives, directive ? "ARGUMENT_DEFINITION" : "INPUT_FIELD_DEFINITION");
    }
    for (const auto& value : definition.values) check(value.directives, "ENUM_VALUE");
  }

 private:
  void check(const List<ast::Directive>& directives, std::string_view location) {
    std::set<std::string_view> seen;
    for (const ast::Directive& applied : directives) {
      const DirectiveDefinition* known = schema_.directive(applied.name.text);
      if (!known || !known->allowed_at(location)) {
        fail_(applied.at, fmt::format("there is no directive @{} for {}", applied.name.text, location));
        continue;
      }
      if (!seen.insert(known->name).second && !known->repeatable) {
        fail_(applied.at, fmt::format("@{} may stand here once only", known->name));
      }
      for (const ast::Argument& argument : applied.arguments) {
        const InputField* declared = known->argument(argument.name.text);
        if (!declared || !coerce_literal(argument.value, *declared->type, nullptr)) {
          fail_(argument.name.at, fmt::format("@{} takes no such {}", known->name, argument.name.text));
        }
      }
      const CoercedArguments values = coerce_arguments(known->arguments, applied.arguments, {});
      if (values.error) fail_(applied.at, fmt::format("@{}: {}", known->name, *values.error));
    }
  }

  const Schema& schema_;
  const std::function<void(ast::Offset, std::string)>& fail_;
};

}  // namespace

void check_schema(const Schema& schema, const std::function<void(ast::Offset, std::string)>& fail) {
  Checker(schema, fail).run();
}

void check_applied_directives(const Schema& schema, const Document& document,
                              const std::function<void(ast::Offset, std::string)>& fail) {
  DirectiveChecker checker(schema, fail);
  for (const ast::Definition& definition : document.definitions()) checker.check(definition);
}

}  // namespace gm::graphql
