#include "lib/graphql/value_rules.h"

#include <fmt/format.h>

#include "lib/graphql/literal_text.h"

namespace gm::graphql {
namespace {

std::string shown(const ast::Value& value) {
  constexpr size_t kShownBytesMax = 60;
  std::string text = literal_text(value);
  if (text.size() > kShownBytesMax) text = text.substr(0, kShownBytesMax) + "...";
  return text;
}

// The value that counts for each name: the last one.
std::vector<const ast::ObjectField*> distinct(const List<ast::ObjectField>& fields) {
  std::vector<const ast::ObjectField*> found;
  for (const ast::ObjectField& field : fields) {
    bool known = false;
    for (const ast::ObjectField*& each : found) {
      if (each->name.text != field.name.text) continue;
      each = &field;
      known = true;
    }
    if (!known) found.push_back(&field);
  }
  return found;
}

}  // namespace

void ValueRules::walk(const ast::Value& value, const Place& place, bool judge) {
  switch (value.kind) {
    case ast::ValueKind::variable:
      part_.variables.push_back({value.text, value.at, place.type, place.has_default, place.parent});
      return;
    case ast::ValueKind::list:
      list(value, place, judge);
      return;
    case ast::ValueKind::object:
      object(value, place, judge);
      return;
    case ast::ValueKind::null:
      if (judge && place.type && place.type->non_null()) {
        report(value.at, fmt::format("null is no {}", place.type->text()));
      }
      return;
    default:
      if (judge) leaf(value, place.type);
  }
}

void ValueRules::list(const ast::Value& value, const Place& place, bool judge) {
  const TypeUse* type = place.type ? place.type->nullable() : nullptr;
  const bool is_list = type && type->form == ast::TypeForm::list;
  const TypeUse* item = is_list ? type->of : type;
  if (!is_list) {
    if (judge) leaf(value, item);
    judge = false;
  }
  for (const ast::Value& each : value.items) walk(each, {item, false, place.type}, judge);
}

void ValueRules::object(const ast::Value& value, const Place& place, bool judge) {
  const NamedType* type = place.type && place.type->named->kind == TypeKind::input_object ? place.type->named : nullptr;
  const auto fields = distinct(value.fields);
  if (judge && !type) {
    leaf(value, place.type);
    judge = false;
  } else if (judge) {
    for (const InputField& field : type->inputs) {
      bool given = false;
      for (const auto* each : fields) given |= each->name.text == field.name;
      if (!given && field.required()) {
        report(value.at, fmt::format("the field {} of {} is required", field.name, type->name));
      }
    }
    if (type->one_of) one_of(value, *type, fields);
  }
  std::unordered_set<std::string_view> seen;
  for (const ast::ObjectField& each : value.fields) {
    if (!seen.insert(each.name.text).second) {
      state_.report("UniqueInputFieldNames", each.name.at, fmt::format("the field {} is given twice", each.name.text));
    }
    const InputField* field = type ? type->input(each.name.text) : nullptr;
    if (judge && type && !field) report(each.name.at, fmt::format("{} has no field {}", type->name, each.name.text));
    walk(each.value, {field ? field->type : nullptr, field && field->default_literal != nullptr, place.type}, judge);
  }
}

void ValueRules::one_of(const ast::Value& value, const NamedType& type,
                        const std::vector<const ast::ObjectField*>& fields) {
  if (fields.size() != 1) {
    report(value.at, fmt::format("{} takes exactly one field", type.name));
  } else if (fields.front()->value.kind == ast::ValueKind::null) {
    report(value.at, fmt::format("the field {} of {} must not be null", fields.front()->name.text, type.name));
  }
}

void ValueRules::leaf(const ast::Value& value, const TypeUse* type) {
  if (!type) return;
  if (!type->named->leaf() || !leaf_takes(*type->named, value)) {
    report(value.at, fmt::format("{} is no {}", shown(value), type->text()));
  }
}

}  // namespace gm::graphql
