// OverlappingFieldsCanBeMerged: two selections with one response key must mean the same, or be of objects that cannot
// be one. Compared are fields with fields, fields with fragments, fragments with fragments; each pair once.

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "lib/graphql/validation_state.h"

namespace gm::graphql {
namespace {

using ast::Selection;
using ast::SelectionSet;

struct FieldUse {
  const NamedType* parent = nullptr;
  const Selection* selection = nullptr;
  const Field* field = nullptr;
};

// The fields of one selection set with those of its inline fragments; other fragments by name.
struct Fields {
  std::map<std::string_view, std::vector<FieldUse>> by_key;
  std::vector<std::string_view> fragments;
};

ast::Value sorted(ast::Value value, std::deque<std::vector<ast::ObjectField>>& memory) {
  if (value.kind != ast::ValueKind::object) return value;
  auto& fields = memory.emplace_back(value.fields.begin(), value.fields.end());
  std::stable_sort(fields.begin(), fields.end(),
                   [](const auto& a, const auto& b) { return a.name.text < b.name.text; });
  value.fields = {fields.data(), fields.size()};
  return value;
}

bool same_value(const ast::Value& a, const ast::Value& b) {
  if (a.kind != b.kind || a.text != b.text || a.block != b.block || a.items.size() != b.items.size() ||
      a.fields.size() != b.fields.size()) {
    return false;
  }
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!same_value(a.items[i], b.items[i])) return false;
  }
  std::deque<std::vector<ast::ObjectField>> memory;
  const ast::Value left = sorted(a, memory), right = sorted(b, memory);
  for (size_t i = 0; i < left.fields.size(); ++i) {
    if (left.fields[i].name.text != right.fields[i].name.text) return false;
    if (!same_value(left.fields[i].value, right.fields[i].value)) return false;
  }
  return true;
}

// A pair is the same pair the other way round.
template <typename T>
std::pair<T, T> ordered(T a, T b) {
  return std::less<T>()(b, a) ? std::pair<T, T>(b, a) : std::pair<T, T>(a, b);
}

// Lists and non-nulls must agree; leaf types must be the same; what has fields is compared by its fields.
bool types_conflict(const TypeUse& a, const TypeUse& b) {
  if (a.form != b.form) return true;
  if (a.form != ast::TypeForm::named) return types_conflict(*a.of, *b.of);
  return (a.named->leaf() || b.named->leaf()) && a.named != b.named;
}

class Comparison {
 public:
  explicit Comparison(ValidationState& state) : state_(state), budget_(state.limits.comparisons_max) {}

  void run() {
    for (const Part& part : state_.parts) {
      const ast::Definition& definition = *part.definition;
      const NamedType* type = definition.kind == ast::DefinitionKind::fragment
                                  ? state_.schema.type(definition.condition.text)
                                  : state_.schema.root(definition.operation);
      visit(*definition.selections, type, true);
    }
  }

 private:
  static constexpr std::string_view kRule = "OverlappingFieldsCanBeMerged";

  // Inline fragments belong to the set around them, but what their fields hold is looked at here as well.
  void visit(const SelectionSet& set, const NamedType* type, bool own) {
    if (type && !type->composite()) type = nullptr;
    if (own) compare_within(fields_of(set, type));
    for (const Selection& each : set.items) {
      if (each.kind == ast::SelectionKind::inline_fragment) {
        const NamedType* inside = each.condition.present() ? state_.schema.type(each.condition.text) : type;
        visit(*each.selections, inside, false);
      } else if (each.selections) {
        const Field* field = type ? state_.schema.field(*type, each.name.text) : nullptr;
        visit(*each.selections, field ? field->type->named : nullptr, true);
      }
    }
  }

  const Fields& fields_of(const SelectionSet& set, const NamedType* type) {
    auto& known = fields_[{&set, type}];
    if (!known) {
      known = std::make_unique<Fields>();
      collect(set, type, *known);
    }
    return *known;
  }

  const Fields& fields_of(const ast::Definition& fragment) {
    return fields_of(*fragment.selections, state_.schema.type(fragment.condition.text));
  }

  void collect(const SelectionSet& set, const NamedType* type, Fields& into) {
    for (const Selection& each : set.items) {
      if (each.kind == ast::SelectionKind::field) {
        const Field* field = type ? type->field(each.name.text) : nullptr;
        into.by_key[each.response_key()].push_back({type, &each, field});
      } else if (each.kind == ast::SelectionKind::inline_fragment) {
        collect(*each.selections, each.condition.present() ? state_.schema.type(each.condition.text) : type, into);
      } else if (std::find(into.fragments.begin(), into.fragments.end(), each.name.text) == into.fragments.end()) {
        into.fragments.push_back(each.name.text);
      }
    }
  }

  bool spend(size_t steps) {
    if (budget_ >= steps) {
      budget_ -= steps;
      return true;
    }
    if (!exhausted_) state_.report(kRule, 0, "the document has too many fields of one name to compare");
    exhausted_ = true;
    return false;
  }

  void compare_within(const Fields& fields) {
    for (const auto& [key, uses] : fields.by_key) {
      for (size_t i = 0; i < uses.size(); ++i) {
        for (size_t j = i + 1; j < uses.size(); ++j) report(conflict(uses[i], uses[j], false), uses[i], uses[j]);
      }
    }
    for (size_t i = 0; i < fields.fragments.size(); ++i) {
      compare_with_fragment(fields, fields.fragments[i], false);
      for (size_t j = i + 1; j < fields.fragments.size(); ++j) {
        compare_fragments(fields.fragments[i], fields.fragments[j], false);
      }
    }
  }

  void compare_with_fragment(const Fields& fields, std::string_view name, bool exclusive) {
    if (!spend(1)) return;
    if (!first_time(with_fragment_, std::make_pair(&fields, name), exclusive)) return;
    const ast::Definition* fragment = state_.fragment(name);
    if (!fragment) return;
    const Fields& others = fields_of(*fragment);
    if (&others == &fields) return;
    compare_between(fields, others, exclusive);
    for (const std::string_view inner : others.fragments) compare_with_fragment(fields, inner, exclusive);
  }

  void compare_fragments(std::string_view a, std::string_view b, bool exclusive) {
    if (!spend(2) || a == b) return;
    if (!first_time(fragment_pairs_, ordered(a, b), exclusive)) return;
    const ast::Definition* first = state_.fragment(a);
    const ast::Definition* second = state_.fragment(b);
    if (!first || !second) return;
    const Fields& left = fields_of(*first);
    const Fields& right = fields_of(*second);
    compare_between(left, right, exclusive);
    for (const std::string_view inner : right.fragments) compare_fragments(a, inner, exclusive);
    for (const std::string_view inner : left.fragments) compare_fragments(inner, b, exclusive);
  }

  // A comparison that did not let exclusive parents differ covers one that does.
  template <typename Key>
  static bool first_time(std::map<Key, bool>& seen, const Key& key, bool exclusive) {
    const auto found = seen.find(key);
    if (found != seen.end() && (!found->second || exclusive)) return false;
    seen[key] = exclusive;
    return true;
  }

  void compare_between(const Fields& left, const Fields& right, bool exclusive) {
    for (const auto& [key, uses] : left.by_key) {
      if (!spend(1)) return;
      const auto others = right.by_key.find(key);
      if (others == right.by_key.end()) continue;
      for (const FieldUse& a : uses) {
        for (const FieldUse& b : others->second) report(conflict(a, b, exclusive), a, b);
      }
    }
  }

  void report(const std::string& why, const FieldUse& a, const FieldUse& b) {
    if (why.empty() || !reported_.insert(ordered(a.selection->at, b.selection->at)).second) return;
    state_.report(
        kRule, a.selection->at,
        fmt::format("the fields {} cannot be one: {}; give them different aliases", a.selection->response_key(), why));
  }

  bool same_arguments(const Selection& a, const Selection& b) {
    if (a.arguments.size() != b.arguments.size()) return false;
    for (const ast::Argument& argument : a.arguments) {
      if (!spend(1)) return true;
      const ast::Argument* other = nullptr;
      for (const ast::Argument& each : b.arguments) {
        if (each.name.text == argument.name.text) other = &each;
      }
      if (!other || !same_value(argument.value, other->value)) return false;
    }
    return true;
  }

  // Empty: none.
  std::string conflict(const FieldUse& a, const FieldUse& b, bool parents_exclusive) {
    if (!spend(2)) return {};
    const bool objects =
        a.parent && b.parent && a.parent->kind == TypeKind::object && b.parent->kind == TypeKind::object;
    const bool exclusive = parents_exclusive || (objects && a.parent != b.parent);
    if (!exclusive) {
      if (a.selection->name.text != b.selection->name.text) {
        return fmt::format("{} and {} are different fields", a.selection->name.text, b.selection->name.text);
      }
      if (!same_arguments(*a.selection, *b.selection)) return "their arguments differ";
    }
    if (a.field && b.field && types_conflict(*a.field->type, *b.field->type)) {
      return fmt::format("their types are {} and {}", a.field->type->text(), b.field->type->text());
    }
    if (!a.selection->selections || !b.selection->selections) return {};
    compare_inside(a, b, exclusive);
    return {};
  }

  void compare_inside(const FieldUse& a, const FieldUse& b, bool exclusive) {
    const Fields& left = fields_of(*a.selection->selections, a.field ? a.field->type->named : nullptr);
    const Fields& right = fields_of(*b.selection->selections, b.field ? b.field->type->named : nullptr);
    if (!first_time(insides_, ordered<const Fields*>(&left, &right), exclusive)) return;
    compare_between(left, right, exclusive);
    for (const std::string_view name : right.fragments) compare_with_fragment(left, name, exclusive);
    for (const std::string_view name : left.fragments) compare_with_fragment(right, name, exclusive);
    for (const std::string_view one : left.fragments) {
      for (const std::string_view other : right.fragments) compare_fragments(one, other, exclusive);
    }
  }

  ValidationState& state_;
  size_t budget_;
  bool exhausted_ = false;
  std::map<std::pair<const SelectionSet*, const NamedType*>, std::unique_ptr<Fields>> fields_;
  std::map<std::pair<const Fields*, std::string_view>, bool> with_fragment_;
  std::map<std::pair<std::string_view, std::string_view>, bool> fragment_pairs_;
  std::map<std::pair<const Fields*, const Fields*>, bool> insides_;
  std::set<std::pair<ast::Offset, ast::Offset>> reported_;
};

}  // namespace

void check_overlaps(ValidationState& state) { Comparison(state).run(); }

}  // namespace gm::graphql
