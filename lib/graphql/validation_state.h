#pragma once
// Private to this folder: what the rules share.

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lib/graphql/coercion.h"
#include "lib/graphql/validation.h"

namespace gm::graphql {

// A variable where it is used. `type` and what follows: of the place, nullptr when the place is unknown.
struct VariableUse {
  std::string_view name;
  ast::Offset at = 0;
  const TypeUse* type = nullptr;
  bool has_default = false;         // the place has one
  const TypeUse* parent = nullptr;  // the input object or list around it
};

// One operation or fragment, as the walk has found it.
struct Part {
  const ast::Definition* definition = nullptr;
  std::vector<const ast::Selection*> spreads;
  std::vector<VariableUse> variables;
};

class ValidationState {
 public:
  ValidationState(const Schema& schema, const Document& document, const ValidationLimits& limits);

  const Schema& schema;
  const Document& document;
  const ValidationLimits& limits;
  DocumentTypes types;
  std::vector<Part> parts;  // in the order of the document
  std::unordered_map<std::string_view, const Part*> fragments;
  std::vector<QueryError> errors;

  void report(std::string_view rule, ast::Offset at, std::string message);
  const ast::Definition* fragment(std::string_view name) const;
  // The parts that `part` reaches through spreads, itself first.
  std::vector<const Part*> reachable(const Part& part) const;
};

// Each adds to state.errors.
void walk_definition(ValidationState& state, Part& part);  // fills the part; rules on fields, values, directives
void check_definitions(ValidationState& state);            // rules on operations and fragments as such
void check_fragment_use(ValidationState& state);
void check_subscriptions(ValidationState& state);
void check_variables(ValidationState& state);
void check_overlaps(ValidationState& state);

}  // namespace gm::graphql
