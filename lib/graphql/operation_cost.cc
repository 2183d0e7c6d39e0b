#include "lib/graphql/operation_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

namespace gm::graphql {
namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

int64_t held(int64_t value) { return std::clamp<int64_t>(value, 0, kMost); }
int64_t plus(int64_t a, int64_t b) { return held(a + b); }
int64_t times(int64_t a, int64_t b) { return held(held(a) * held(b)); }

// Fragments are measured once: a chain of fragments that spread each other twice
// would take exponential time otherwise.
class Measure {
 public:
  Measure(const Schema& schema, const Document& document, const Variables& variables)
      : schema_(schema), variables_(variables) {
    for (const ast::Definition& definition : document.definitions()) {
      if (definition.kind == ast::DefinitionKind::fragment) fragments_.emplace(definition.name.text, &definition);
    }
  }

  OperationCost of(const ast::SelectionSet& set, const NamedType& type) {
    OperationCost sum;
    for (const ast::Selection& selection : set.items) add(sum, one(selection, type));
    return sum;
  }

 private:
  static void add(OperationCost& sum, const OperationCost& part) {
    sum.depth = std::max(sum.depth, part.depth);
    sum.aliases = plus(sum.aliases, part.aliases);
    sum.root_fields = plus(sum.root_fields, part.root_fields);
    sum.cost = plus(sum.cost, part.cost);
  }

  OperationCost one(const ast::Selection& selection, const NamedType& type) {
    if (selection.kind == ast::SelectionKind::field) return field(selection, type);
    if (selection.kind == ast::SelectionKind::spread) return fragment(*fragments_.at(selection.name.text));
    return of(*selection.selections, selection.condition.present() ? *schema_.type(selection.condition.text) : type);
  }

  OperationCost fragment(const ast::Definition& definition) {
    const auto known = measured_.find(&definition);
    if (known != measured_.end()) return known->second;
    return measured_[&definition] = of(*definition.selections, *schema_.type(definition.condition.text));
  }

  OperationCost field(const ast::Selection& selection, const NamedType& type) {
    const Field& field = *schema_.field(type, selection.name.text);
    OperationCost found;
    if (selection.selections) found = of(*selection.selections, *field.type->named);
    const bool introspection = type.introspection || field.type->named->introspection;
    found.depth = introspection ? 0 : found.depth + 1;
    found.aliases = plus(found.aliases, selection.alias.present() ? 1 : 0);
    found.root_fields = 1;
    found.cost = plus(times(found.cost, list_size(field, selection)), field.weight);
    return found;
  }

  int64_t list_size(const Field& field, const ast::Selection& selection) const {
    if (!field.slicing_arguments.empty()) {
      const CoercedArguments arguments = coerce_arguments(field.arguments, selection.arguments, variables_);
      for (const std::string_view name : field.slicing_arguments) {
        for (const auto& [each, value] : arguments.values) {
          if (each == name && value.kind == InputValue::Kind::integer) return std::max<int64_t>(value.integer, 1);
        }
      }
    }
    return field.assumed_size.value_or(1);
  }

  const Schema& schema_;
  const Variables& variables_;
  std::unordered_map<std::string_view, const ast::Definition*> fragments_;
  std::map<const ast::Definition*, OperationCost> measured_;
};

}  // namespace

OperationCost measure(const Schema& schema, const Document& document, const ast::Definition& operation,
                      const Variables& variables) {
  return Measure(schema, document, variables).of(*operation.selections, *schema.root(operation.operation));
}

std::vector<QueryError> check_limits(const OperationCost& cost, const OperationLimits& limits) {
  std::vector<QueryError> errors;
  const auto check = [&](int64_t value, int64_t most, std::string_view code, std::string_view what) {
    if (value > most)
      errors.push_back({std::string(code), fmt::format("{} is {}; at most {} is run", what, value, most), {}, {}, {}});
  };
  check(cost.depth, limits.depth_max, "gm-graphql-too-deep", "the operation's depth");
  check(cost.aliases, limits.aliases_max, "gm-graphql-too-many-aliases", "the number of aliases");
  check(cost.root_fields, limits.root_fields_max, "gm-graphql-too-many-root-fields", "the number of root fields");
  check(cost.cost, limits.cost_max, "gm-graphql-too-costly", "the operation's cost");
  return errors;
}

}  // namespace gm::graphql
