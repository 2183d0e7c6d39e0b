// One walk over each operation and fragment: what is known about types at every place, and the rules that need no more
// than that.

#include <fmt/format.h>

#include <map>

#include "lib/graphql/validation_state.h"
#include "lib/graphql/value_rules.h"

namespace gm::graphql {
namespace {

using ast::Selection;

const NamedType* composite(const NamedType* type) { return type && type->composite() ? type : nullptr; }

class Walk {
 public:
  Walk(ValidationState& state, Part& part) : state_(state), part_(part), values_(state, part) {}

  void run() {
    const ast::Definition& definition = *part_.definition;
    if (definition.kind == ast::DefinitionKind::fragment) {
      const NamedType* type = condition(definition.condition);
      directives(definition.directives, "FRAGMENT_DEFINITION");
      selections(*definition.selections, type);
      return;
    }
    static constexpr std::string_view kLocations[] = {"QUERY", "MUTATION", "SUBSCRIPTION"};
    for (const ast::VariableDefinition& variable : definition.variables) {
      const TypeUse* type = state_.types.of(*variable.type);
      if (type && !type->named->for_input()) type = nullptr;
      if (variable.default_value) values_.check(*variable.default_value, {type, false, nullptr});
      directives(variable.directives, "VARIABLE_DEFINITION");
    }
    directives(definition.directives, kLocations[static_cast<size_t>(definition.operation)]);
    selections(*definition.selections, state_.schema.root(definition.operation));
  }

 private:
  // The type that a fragment's condition names: nullptr when it is unknown or nothing could have its fields.
  const NamedType* condition(const ast::Name& name) {
    const NamedType* type = state_.schema.type(name.text);
    if (!type) {
      state_.report("KnownTypeNames", name.at, fmt::format("there is no type {}", name.text));
    } else if (!type->composite()) {
      state_.report("FragmentsOnCompositeTypes", name.at, fmt::format("{} has no fields to choose from", name.text));
    }
    return type;
  }

  // `type`: of the place, composite or not.
  void selections(const ast::SelectionSet& set, const NamedType* type) {
    const NamedType* parent = composite(type);
    for (const Selection& selection : set.items) {
      switch (selection.kind) {
        case ast::SelectionKind::field:
          field(selection, parent);
          break;
        case ast::SelectionKind::inline_fragment:
          inline_fragment(selection, type, parent);
          break;
        case ast::SelectionKind::spread:
          spread(selection, parent);
      }
    }
  }

  void field(const Selection& selection, const NamedType* parent) {
    const Field* field = parent ? state_.schema.field(*parent, selection.name.text) : nullptr;
    if (parent && !field) {
      state_.report("FieldsOnCorrectType", selection.at,
                    fmt::format("{} has no field {}", parent->name, selection.name.text));
    }
    const NamedType* type = field ? field->type->named : nullptr;
    if (type && type->leaf() && selection.selections) {
      state_.report("ScalarLeafs", selection.selections->at,
                    fmt::format("{} is of type {}, which has no fields", selection.name.text, field->type->text()));
    } else if (type && !type->leaf() && !selection.selections) {
      state_.report("ScalarLeafs", selection.at,
                    fmt::format("{} is of type {}: say which of its fields", selection.name.text, field->type->text()));
    }
    arguments(selection.arguments, field ? &field->arguments : nullptr, selection.at, selection.name.text);
    directives(selection.directives, "FIELD");
    if (selection.name.text == "__schema" || selection.name.text == "__type") introspection_depth(selection);
    if (selection.selections) selections(*selection.selections, type);
  }

  void inline_fragment(const Selection& selection, const NamedType* around, const NamedType* parent) {
    const NamedType* type = selection.condition.present() ? condition(selection.condition) : around;
    directives(selection.directives, "INLINE_FRAGMENT");
    if (composite(type) && parent && !Schema::overlap(*type, *parent)) {
      state_.report("PossibleFragmentSpreads", selection.at,
                    fmt::format("what is {} can never be {}", parent->name, type->name));
    }
    selections(*selection.selections, type);
  }

  void spread(const Selection& selection, const NamedType* parent) {
    part_.spreads.push_back(&selection);
    directives(selection.directives, "FRAGMENT_SPREAD");
    const ast::Definition* fragment = state_.fragment(selection.name.text);
    const NamedType* type = fragment ? composite(state_.schema.type(fragment->condition.text)) : nullptr;
    if (type && parent && !Schema::overlap(*type, *parent)) {
      state_.report("PossibleFragmentSpreads", selection.at,
                    fmt::format("what is {} can never be {}, as the fragment {} wants", parent->name, type->name,
                                selection.name.text));
    }
  }

  void directives(const List<ast::Directive>& applied, std::string_view location) {
    std::unordered_set<std::string_view> seen;
    for (const ast::Directive& directive : applied) {
      const DirectiveDefinition* known = state_.schema.directive(directive.name.text);
      if (!known) {
        state_.report("KnownDirectives", directive.at, fmt::format("there is no directive @{}", directive.name.text));
      } else if (!known->allowed_at(location)) {
        state_.report("KnownDirectives", directive.at, fmt::format("@{} may not be used here", known->name));
      }
      if (known && !known->repeatable && !seen.insert(known->name).second) {
        state_.report("UniqueDirectivesPerLocation", directive.at,
                      fmt::format("@{} may be used here once", known->name));
      }
      arguments(directive.arguments, known ? &known->arguments : nullptr, directive.at, directive.name.text);
    }
  }

  // `declared`: nullptr when the field or directive is unknown.
  void arguments(const List<ast::Argument>& given, const std::vector<InputField>* declared, ast::Offset owner_at,
                 std::string_view owner) {
    std::map<std::string_view, size_t> counts;
    for (const ast::Argument& argument : given) {
      if (++counts[argument.name.text] == 2) {
        state_.report("UniqueArgumentNames", argument.name.at,
                      fmt::format("the argument {} is given twice", argument.name.text));
      }
      const InputField* known = nullptr;
      if (declared) {
        for (const InputField& each : *declared) {
          if (each.name == argument.name.text) known = &each;
        }
        if (!known) {
          state_.report("KnownArgumentNames", argument.name.at,
                        fmt::format("{} has no argument {}", owner, argument.name.text));
        }
      }
      values_.check(argument.value,
                    {known ? known->type : nullptr, known && known->default_literal != nullptr, nullptr});
    }
    if (!declared) return;
    for (const InputField& each : *declared) {
      if (each.required() && counts.count(each.name) == 0) {
        state_.report("ProvidedRequiredArguments", owner_at,
                      fmt::format("{} needs the argument {} of type {}", owner, each.name, each.type->text()));
      }
    }
  }

  // Lists of types inside lists of types make answers that grow with every level.
  void introspection_depth(const Selection& root) {
    std::unordered_map<std::string_view, size_t> visited;
    if (too_deep(root, visited, 0)) {
      state_.report("MaxIntrospectionDepth", root.at, "introspection goes too deep");
    }
  }

  bool too_deep(const Selection& selection, std::unordered_map<std::string_view, size_t>& visited, size_t depth) {
    constexpr size_t kListsMax = 3;
    if (selection.kind == ast::SelectionKind::spread) {
      const auto found = visited.find(selection.name.text);
      const ast::Definition* fragment = state_.fragment(selection.name.text);
      if (!fragment || (found != visited.end() && found->second >= depth)) return false;
      visited[selection.name.text] = depth;
      return any_too_deep(*fragment->selections, visited, depth);
    }
    if (selection.kind == ast::SelectionKind::field) {
      const std::string_view name = selection.name.text;
      const bool list = name == "fields" || name == "interfaces" || name == "possibleTypes" || name == "inputFields";
      if (list && ++depth >= kListsMax) return true;
    }
    return selection.selections && any_too_deep(*selection.selections, visited, depth);
  }

  bool any_too_deep(const ast::SelectionSet& set, std::unordered_map<std::string_view, size_t>& visited, size_t depth) {
    for (const Selection& each : set.items) {
      if (too_deep(each, visited, depth)) return true;
    }
    return false;
  }

  ValidationState& state_;
  Part& part_;
  ValueRules values_;
};

}  // namespace

void walk_definition(ValidationState& state, Part& part) { Walk(state, part).run(); }

}  // namespace gm::graphql
