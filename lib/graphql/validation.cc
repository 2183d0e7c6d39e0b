#include "lib/graphql/validation.h"

#include <fmt/format.h>

#include "lib/graphql/validation_state.h"

namespace gm::graphql {

using ast::Definition;
using ast::DefinitionKind;

ValidationState::ValidationState(const Schema& of_schema, const Document& of_document, const ValidationLimits& with)
    : schema(of_schema), document(of_document), limits(with), types(of_schema) {
  for (const Definition& definition : document.definitions()) {
    if (definition.executable()) parts.push_back({&definition, {}, {}});
  }
  for (const Part& part : parts) {
    if (part.definition->kind == DefinitionKind::fragment) fragments[part.definition->name.text] = &part;
  }
}

void ValidationState::report(std::string_view rule, ast::Offset at, std::string message) {
  if (errors.size() >= limits.errors_max) return;
  errors.push_back({"gm-graphql-invalid", std::move(message), {document.locate(at)}, {}, std::string(rule)});
}

const Definition* ValidationState::fragment(std::string_view name) const {
  const auto found = fragments.find(name);
  return found == fragments.end() ? nullptr : found->second->definition;
}

std::vector<const Part*> ValidationState::reachable(const Part& part) const {
  std::vector<const Part*> found = {&part};
  std::unordered_set<std::string_view> seen;
  for (size_t i = 0; i < found.size(); ++i) {
    for (const ast::Selection* spread : found[i]->spreads) {
      const auto fragment = fragments.find(spread->name.text);
      if (fragment != fragments.end() && seen.insert(spread->name.text).second) found.push_back(fragment->second);
    }
  }
  return found;
}

void check_definitions(ValidationState& state) {
  size_t operations = 0;
  std::unordered_set<std::string_view> operation_names, fragment_names;
  for (const Part& part : state.parts) operations += part.definition->kind == DefinitionKind::operation ? 1 : 0;
  for (const Definition& definition : state.document.definitions()) {
    const ast::Name& name = definition.name;
    if (!definition.executable()) {
      state.report("ExecutableDefinitions", definition.at, "only operations and fragments can be executed");
    } else if (definition.kind == DefinitionKind::fragment) {
      if (!fragment_names.insert(name.text).second) {
        state.report("UniqueFragmentNames", name.at, fmt::format("there are two fragments named {}", name.text));
      }
    } else if (!name.present()) {
      if (operations > 1) {
        state.report("LoneAnonymousOperation", definition.at, "an operation without a name must be the only one");
      }
    } else if (!operation_names.insert(name.text).second) {
      state.report("UniqueOperationNames", name.at, fmt::format("there are two operations named {}", name.text));
    }
  }
}

namespace {

// Depth first over the spreads; a spread of a fragment that is being looked into closes a cycle.
class CycleSearch {
 public:
  explicit CycleSearch(ValidationState& state) : state_(state) {}

  void search(const Part& fragment) {
    if (!seen_.insert(fragment.definition->name.text).second) return;
    if (fragment.spreads.empty()) return;
    open_.insert(fragment.definition->name.text);
    for (const ast::Selection* spread : fragment.spreads) {
      if (open_.count(spread->name.text) > 0) {
        state_.report("NoFragmentCycles", spread->at,
                      fmt::format("the fragment {} contains itself", spread->name.text));
        continue;
      }
      const auto found = state_.fragments.find(spread->name.text);
      if (found != state_.fragments.end()) search(*found->second);
    }
    open_.erase(fragment.definition->name.text);
  }

 private:
  ValidationState& state_;
  std::unordered_set<std::string_view> seen_, open_;
};

}  // namespace

void check_fragment_use(ValidationState& state) {
  std::unordered_set<std::string_view> used;
  CycleSearch cycles(state);
  for (const Part& part : state.parts) {
    for (const ast::Selection* spread : part.spreads) {
      if (!state.fragment(spread->name.text)) {
        state.report("KnownFragmentNames", spread->name.at, fmt::format("there is no fragment {}", spread->name.text));
      }
    }
    if (part.definition->kind == DefinitionKind::operation) {
      for (const Part* each : state.reachable(part)) used.insert(each->definition->name.text);
    } else {
      cycles.search(part);
    }
  }
  for (const Part& part : state.parts) {
    if (part.definition->kind == DefinitionKind::fragment && used.count(part.definition->name.text) == 0) {
      state.report("NoUnusedFragments", part.definition->at,
                   fmt::format("the fragment {} is not used", part.definition->name.text));
    }
  }
}

std::vector<QueryError> validate(const Schema& schema, const Document& document, const ValidationLimits& limits) {
  ValidationState state(schema, document, limits);
  check_definitions(state);
  for (Part& part : state.parts) walk_definition(state, part);
  check_fragment_use(state);
  check_subscriptions(state);
  check_variables(state);
  check_overlaps(state);
  return std::move(state.errors);
}

}  // namespace gm::graphql
