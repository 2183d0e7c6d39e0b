// SingleFieldSubscriptions: a subscription has one root field, and it is none of introspection.

#include <fmt/format.h>

#include <map>

#include "lib/graphql/validation_state.h"

namespace gm::graphql {
namespace {

constexpr std::string_view kRule = "SingleFieldSubscriptions";

class RootFields {
 public:
  RootFields(ValidationState& state, const NamedType& type) : state_(state), type_(type) {}

  std::vector<const ast::Selection*> fields;  // the first of each response key

  void collect(const ast::SelectionSet& set) {
    for (const ast::Selection& selection : set.items) {
      if (!included(selection)) continue;
      switch (selection.kind) {
        case ast::SelectionKind::field:
          if (keys_.insert(selection.response_key()).second) fields.push_back(&selection);
          break;
        case ast::SelectionKind::inline_fragment:
          if (applies(selection.condition)) collect(*selection.selections);
          break;
        case ast::SelectionKind::spread:
          spread(selection);
      }
    }
  }

 private:
  void spread(const ast::Selection& selection) {
    if (!fragments_.insert(selection.name.text).second) return;
    const ast::Definition* fragment = state_.fragment(selection.name.text);
    if (fragment && applies(fragment->condition)) collect(*fragment->selections);
  }

  bool applies(const ast::Name& condition) const {
    if (!condition.present()) return true;
    const NamedType* wanted = state_.schema.type(condition.text);
    return wanted && Schema::is_possible(*wanted, type_);
  }

  // How many fields there are must not depend on variables.
  bool included(const ast::Selection& selection) {
    for (const ast::Directive& directive : selection.directives) {
      const bool skip = directive.name.text == "skip";
      if (!skip && directive.name.text != "include") continue;
      const ast::Value* condition = nullptr;
      for (const ast::Argument& argument : directive.arguments) {
        if (argument.name.text == "if") condition = &argument.value;
      }
      if (!condition || condition->kind != ast::ValueKind::boolean) {
        state_.report(kRule, directive.at,
                      fmt::format("@{} of a subscription's root needs a constant", directive.name.text));
        return true;
      }
      if ((condition->text == "true") == skip) return false;
    }
    return true;
  }

  ValidationState& state_;
  const NamedType& type_;
  std::unordered_set<std::string_view> keys_, fragments_;
};

}  // namespace

void check_subscriptions(ValidationState& state) {
  const NamedType* type = state.schema.subscription();
  if (!type) return;
  for (const Part& part : state.parts) {
    const ast::Definition& operation = *part.definition;
    if (operation.kind != ast::DefinitionKind::operation || operation.operation != ast::OperationKind::subscription) {
      continue;
    }
    RootFields roots(state, *type);
    roots.collect(*operation.selections);
    if (roots.fields.size() > 1) state.report(kRule, roots.fields[1]->at, "a subscription has exactly one root field");
    for (const ast::Selection* field : roots.fields) {
      if (field->name.text.starts_with("__")) {
        state.report(kRule, field->at, "a subscription's root field cannot be one of introspection");
      }
    }
  }
}

}  // namespace gm::graphql
