#pragma once
// The one language of filters and segments: rules on events and players, what players did and did not do, and any
// combination. The same tree filters a chart, a funnel, a cohort and the list of players behind a cell.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/time.h"
#include "lib/query/language/field.h"

namespace gm::query {

enum class Comparison : uint8_t {
  equals,  // one of the values
  contains,
  starts_with,
  greater,
  greater_or_equal,
  less,
  less_or_equal,
  is_set,
  matches,  // a regular expression (RE2), anywhere in the text
};

using Literal = std::variant<std::string, double, bool, Date>;

// A rule is true or false, never unknown: a missing value equals nothing and is greater than nothing, so that its
// negation holds.
struct Rule {
  Field field;
  Comparison comparison = Comparison::equals;
  std::vector<Literal> values;  // at least one, except for is_set
  bool negated = false;
};

struct Predicate;

// Players who did `event` (empty: any event) at least `at_least` times within the last `days` days of the question's
// range (0: in the range itself).
struct Behaviour {
  std::string event;
  std::vector<Predicate> where;  // none or one, on the event
  int64_t at_least = 1;
  int days = 0;
  bool negated = false;  // did not
};

struct Group {
  enum class Kind : uint8_t { all, any, none } kind = Kind::all;
  std::vector<Predicate> members;
};

struct Predicate {
  std::variant<Rule, Behaviour, Group> node;
};

// Calls `visit(const Rule&)` for every rule, those inside behaviours included.
template <typename Visit>
void visit_rules(const Predicate& predicate, const Visit& visit) {
  if (const auto* rule = std::get_if<Rule>(&predicate.node)) return visit(*rule);
  const auto* behaviour = std::get_if<Behaviour>(&predicate.node);
  for (const Predicate& inner : behaviour ? behaviour->where : std::get<Group>(predicate.node).members) {
    visit_rules(inner, visit);
  }
}

// It looks at players only, so that it can be asked of a player without an event.
bool about_players(const Predicate& predicate);

}  // namespace gm::query
