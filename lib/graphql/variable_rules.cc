// UniqueVariableNames, KnownTypeNames and VariablesAreInputTypes of variables, NoUndefinedVariables, NoUnusedVariables,
// VariablesInAllowedPosition.

#include <fmt/format.h>

#include <map>

#include "lib/graphql/validation_state.h"

namespace gm::graphql {
namespace {

struct Declared {
  const ast::VariableDefinition* definition = nullptr;
  const TypeUse* type = nullptr;
  bool used = false;
};

bool allowed(const Declared& variable, const VariableUse& use) {
  if (!use.type->non_null() || variable.type->non_null()) return is_subtype(*variable.type, *use.type);
  const ast::Value* standing_in = variable.definition->default_value;
  const bool never_null = standing_in && standing_in->kind != ast::ValueKind::null;
  return (never_null || use.has_default) && is_subtype(*variable.type, *use.type->of);
}

class OperationVariables {
 public:
  OperationVariables(ValidationState& state, const Part& operation) : state_(state), operation_(operation) {}

  void check() {
    declare();
    for (const Part* part : state_.reachable(operation_)) {
      for (const VariableUse& use : part->variables) check_use(use);
    }
    for (const auto& variable : operation_.definition->variables) {
      if (!declared_.at(variable.name.text).used) {
        state_.report("NoUnusedVariables", variable.at,
                      fmt::format("the variable ${} is not used", variable.name.text));
      }
    }
  }

 private:
  void declare() {
    std::map<std::string_view, size_t> counts;
    for (const auto& variable : operation_.definition->variables) {
      if (++counts[variable.name.text] == 2) {
        state_.report("UniqueVariableNames", variable.at,
                      fmt::format("the variable ${} is declared twice", variable.name.text));
      }
      const TypeUse* type = state_.types.of(*variable.type);
      if (!type) {
        state_.report("KnownTypeNames", variable.type->name.at,
                      fmt::format("there is no type {}", variable.type->name.text));
      } else if (!type->named->for_input()) {
        state_.report("VariablesAreInputTypes", variable.type->at,
                      fmt::format("{} is no input type, as the variable ${} needs", type->text(), variable.name.text));
      }
      declared_[variable.name.text] = {&variable, type, false};
    }
  }

  void check_use(const VariableUse& use) {
    const auto found = declared_.find(use.name);
    if (found == declared_.end()) {
      state_.report("NoUndefinedVariables", use.at, fmt::format("the variable ${} is not declared", use.name));
      return;
    }
    found->second.used = true;
    if (!use.type || !found->second.type) return;
    if (!allowed(found->second, use)) {
      state_.report("VariablesInAllowedPosition", use.at,
                    fmt::format("the variable ${} of type {} is used where {} is expected", use.name,
                                found->second.type->text(), use.type->text()));
    }
    const bool one_of = use.parent && use.parent->form == ast::TypeForm::named && use.parent->named->one_of;
    if (one_of && !found->second.type->non_null()) {
      state_.report(
          "VariablesInAllowedPosition", use.at,
          fmt::format("the variable ${} must not be nullable to be a field of {}", use.name, use.parent->named->name));
    }
  }

  ValidationState& state_;
  const Part& operation_;
  std::map<std::string_view, Declared> declared_;
};

}  // namespace

void check_variables(ValidationState& state) {
  for (const Part& part : state.parts) {
    if (part.definition->kind == ast::DefinitionKind::operation) OperationVariables(state, part).check();
  }
}

}  // namespace gm::graphql
