#include "lib/query/analysis/index_query.h"

#include <algorithm>

namespace gm::query {
namespace {

using Tests = std::vector<behavior::AttributeTest>;

bool add_rule(const Rule& rule, bool negated, Tests& tests) {
  const auto dimension = dimension_of(rule.field);
  if (!dimension) return false;
  behavior::AttributeTest test{*dimension, {}, rule.negated != negated};
  if (rule.comparison == Comparison::is_set) {
    // What is not set is kept as "".
    test.values = {""};
    test.negated = !test.negated;
  } else if (rule.comparison == Comparison::equals) {
    for (const Literal& literal : rule.values) {
      const auto* text = std::get_if<std::string>(&literal);
      if (!text) return false;
      if (!text->empty()) test.values.push_back(*text);  // nothing equals what is not set
    }
  } else {
    return false;
  }
  tests.push_back(std::move(test));
  return true;
}

bool add(const Predicate& predicate, bool negated, Tests& tests);

// Only what comes down to "all of these" is a list of tests.
bool add_group(const Group& group, bool negated, Tests& tests) {
  const bool is_all = group.kind == Group::Kind::all;
  const bool none_of = group.kind == Group::Kind::none;
  const bool together = group.members.size() == 1 || (is_all ? !negated : none_of != negated);
  return together && std::all_of(group.members.begin(), group.members.end(),
                                 [&](const Predicate& member) { return add(member, negated != none_of, tests); });
}

bool add(const Predicate& predicate, bool negated, Tests& tests) {
  if (const auto* rule = std::get_if<Rule>(&predicate.node)) return add_rule(*rule, negated, tests);
  const auto* group = std::get_if<Group>(&predicate.node);
  return group && add_group(*group, negated, tests);
}

}  // namespace

std::optional<behavior::Dimension> dimension_of(const Field& field) {
  switch (field.kind) {
    case FieldKind::country:
      return behavior::Dimension::country;
    case FieldKind::platform:
      return behavior::Dimension::platform;
    case FieldKind::build:
      return behavior::Dimension::build;
    case FieldKind::source:
      return behavior::Dimension::source;
    default:
      return std::nullopt;
  }
}

std::optional<Tests> tests_of(const std::optional<Predicate>& condition) {
  Tests tests;
  if (condition && !add(*condition, false, tests)) return std::nullopt;
  return tests;
}

std::optional<behavior::EventSelector> selector_of(const EventChoice& choice, const std::optional<Predicate>& filter) {
  auto tests = tests_of(filter);
  const auto own = tests_of(choice.where);
  if (!tests || !own) return std::nullopt;
  tests->insert(tests->end(), own->begin(), own->end());
  behavior::EventSelector selector;
  selector.any_name = choice.event.empty();
  if (!selector.any_name) selector.names = {choice.event};
  selector.tests = std::move(*tests);
  return selector;
}

}  // namespace gm::query
