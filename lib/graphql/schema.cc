#include "lib/graphql/schema.h"

#include <algorithm>
#include <stdexcept>

namespace gm::graphql {
namespace {

template <typename Items>
auto find_named(const Items& items, std::string_view name) -> decltype(&*items.begin()) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& each) { return each.name == name; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::string TypeUse::text() const {
  switch (form) {
    case ast::TypeForm::list:
      return "[" + of->text() + "]";
    case ast::TypeForm::non_null:
      return of->text() + "!";
    case ast::TypeForm::named:
      break;
  }
  return std::string(named->name);
}

bool same_type(const TypeUse& a, const TypeUse& b) {
  if (a.form != b.form || a.named != b.named) return false;
  return a.form == ast::TypeForm::named || same_type(*a.of, *b.of);
}

bool is_subtype(const TypeUse& sub, const TypeUse& super) {
  if (super.non_null()) return sub.non_null() && is_subtype(*sub.of, *super.of);
  if (sub.non_null()) return is_subtype(*sub.of, super);
  if (super.form == ast::TypeForm::list) return sub.form == ast::TypeForm::list && is_subtype(*sub.of, *super.of);
  if (sub.form == ast::TypeForm::list) return false;
  const NamedType& wider = *super.named;
  if (sub.named == &wider) return true;
  const auto holds = [&](const auto& types) { return std::find(types.begin(), types.end(), sub.named) != types.end(); };
  return holds(wider.possible) || holds(wider.implementing);
}

const InputField* Field::argument(std::string_view wanted) const { return find_named(arguments, wanted); }
const Field* NamedType::field(std::string_view wanted) const { return find_named(fields, wanted); }
const InputField* NamedType::input(std::string_view wanted) const { return find_named(inputs, wanted); }
const EnumValue* NamedType::value(std::string_view wanted) const { return find_named(values, wanted); }
const InputField* DirectiveDefinition::argument(std::string_view wanted) const { return find_named(arguments, wanted); }

bool DirectiveDefinition::allowed_at(std::string_view location) const {
  return std::find(locations.begin(), locations.end(), location) != locations.end();
}

const NamedType* Schema::type(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const DirectiveDefinition* Schema::directive(std::string_view name) const { return find_named(directives_, name); }

const Field* Schema::field(const NamedType& parent, std::string_view name) const {
  if (name == "__typename" && parent.composite()) return &typename_;
  if (&parent == query()) {
    if (name == "__schema") return &schema_field_;
    if (name == "__type") return &type_field_;
  }
  return parent.field(name);
}

bool Schema::is_possible(const NamedType& abstract, const NamedType& object) {
  if (&abstract == &object) return true;
  return std::find(abstract.possible.begin(), abstract.possible.end(), &object) != abstract.possible.end();
}

bool Schema::overlap(const NamedType& a, const NamedType& b) {
  if (&a == &b) return true;
  if (a.kind == TypeKind::object) return is_possible(b, a);
  return std::any_of(a.possible.begin(), a.possible.end(),
                     [&](const NamedType* object) { return is_possible(b, *object); });
}

Field& Schema::field_of(std::string_view type, std::string_view field) {
  const auto found = by_name_.find(type);
  Field* target = nullptr;
  if (found != by_name_.end()) target = const_cast<Field*>(found->second->field(field));
  if (!target) throw std::logic_error("the schema has no field " + std::string(type) + "." + std::string(field));
  return *target;
}

void Schema::resolve(std::string_view type, std::string_view field, Resolver resolver) {
  field_of(type, field).resolver = std::move(resolver);
}

void Schema::subscribe(std::string_view field, Subscriber subscriber) {
  if (!subscription()) throw std::logic_error("the schema has no subscriptions");
  field_of(subscription()->name, field).subscriber = std::move(subscriber);
}

void Schema::restrict_scalar(std::string_view scalar, std::function<bool(const InputValue&)> accepts) {
  const auto found = by_name_.find(scalar);
  if (found == by_name_.end()) throw std::logic_error("the schema has no scalar " + std::string(scalar));
  found->second->accepts = std::move(accepts);
}

std::vector<std::string> Schema::unresolved() const {
  std::vector<std::string> found;
  for (const NamedType* type : order_) {
    if (type->kind != TypeKind::object) continue;
    for (const Field& field : type->fields) {
      const bool ready = field.resolver && (type != subscription() || field.subscriber);
      if (!ready) found.push_back(std::string(type->name) + "." + std::string(field.name));
    }
  }
  return found;
}

}  // namespace gm::graphql
