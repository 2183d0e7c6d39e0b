#pragma once
// A type system, built from SDL, checked, and with a resolver for every field.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/graphql/document.h"
#include "lib/graphql/input_value.h"
#include "lib/graphql/resolver.h"
#include "lib/graphql/source.h"

namespace gm::graphql {

enum class TypeKind : uint8_t { scalar, object, interface, union_type, enumeration, input_object };

struct NamedType;
// A named type with the lists and non-nulls around it. Several objects may mean the same: compare with same_type().
struct TypeUse {
  ast::TypeForm form = ast::TypeForm::named;
  const NamedType* named = nullptr;  // the one inside
  const TypeUse* of = nullptr;

  bool non_null() const { return form == ast::TypeForm::non_null; }
  const TypeUse* nullable() const { return non_null() ? of : this; }
  std::string text() const;  // "[Int!]"
};

bool same_type(const TypeUse& a, const TypeUse& b);
// Whether every value of `sub` is one of `super`.
bool is_subtype(const TypeUse& sub, const TypeUse& super);

// An argument, or a field of an input object.
struct InputField {
  std::string_view name;
  std::string_view description;
  const TypeUse* type = nullptr;
  const ast::Value* default_literal = nullptr;
  std::optional<InputValue> default_value;  // coerced
  std::optional<std::string_view> deprecation;

  // A default that does not fit its type is found when the schema is built.
  bool required() const { return type->non_null() && !default_literal; }
};

struct Field {
  std::string_view name;
  std::string_view description;
  std::vector<InputField> arguments;
  const TypeUse* type = nullptr;
  std::optional<std::string_view> deprecation;
  int64_t weight = 1;                               // @cost(weight:)
  std::optional<int64_t> assumed_size;              // @listSize(assumedSize:)
  std::vector<std::string_view> slicing_arguments;  // @listSize(slicingArguments:)
  Resolver resolver;
  Subscriber subscriber;  // of the subscription type's fields

  const InputField* argument(std::string_view wanted) const;
};

struct EnumValue {
  std::string_view name;
  std::string_view description;
  std::optional<std::string_view> deprecation;
};

struct NamedType {
  TypeKind kind = TypeKind::scalar;
  std::string_view name;
  std::string_view description;
  std::vector<Field> fields;                   // objects, interfaces
  std::vector<const NamedType*> interfaces;    // implemented
  std::vector<const NamedType*> possible;      // objects that an interface or union can be
  std::vector<const NamedType*> implementing;  // interfaces that implement this one
  std::vector<EnumValue> values;
  std::vector<InputField> inputs;
  bool one_of = false;
  bool introspection = false;  // __Schema and what belongs to it
  // Of scalars that are not builtin: whether a value is one. Empty: any is.
  std::function<bool(const InputValue&)> accepts;
  std::optional<std::string_view> specified_by;
  ast::Offset at = 0;
  const TypeUse* plain = nullptr;  // this type with nothing around it

  const Field* field(std::string_view wanted) const;
  const InputField* input(std::string_view wanted) const;
  const EnumValue* value(std::string_view wanted) const;
  bool composite() const {
    return kind == TypeKind::object || kind == TypeKind::interface || kind == TypeKind::union_type;
  }
  bool leaf() const { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
  bool for_input() const { return leaf() || kind == TypeKind::input_object; }
  bool for_output() const { return kind != TypeKind::input_object; }
};

struct DirectiveDefinition {
  std::string_view name;
  std::string_view description;
  std::vector<InputField> arguments;
  std::vector<std::string_view> locations;
  bool repeatable = false;

  const InputField* argument(std::string_view wanted) const;
  bool allowed_at(std::string_view location) const;
};

class Schema;
struct BuiltSchema {
  std::unique_ptr<Schema> schema;  // nullptr: see errors
  std::vector<QueryError> errors;  // gm-graphql-syntax, gm-graphql-schema
};

// Unchanged and safe to read from several threads once its resolvers are set.
class Schema {
 public:
  // Builtin scalars, directives and the introspection types are added.
  static BuiltSchema build(std::string_view sdl);

  const NamedType* type(std::string_view name) const;
  const std::vector<const NamedType*>& types() const { return order_; }
  const DirectiveDefinition* directive(std::string_view name) const;
  const std::deque<DirectiveDefinition>& directives() const { return directives_; }
  const NamedType* query() const { return roots_[0]; }
  const NamedType* mutation() const { return roots_[1]; }
  const NamedType* subscription() const { return roots_[2]; }
  const NamedType* root(ast::OperationKind operation) const { return roots_[static_cast<size_t>(operation)]; }
  std::string_view description() const { return description_; }
  const std::string& source() const { return source_; }

  // The field that a selection means, __typename, __schema and __type included.
  const Field* field(const NamedType& parent, std::string_view name) const;
  // Whether an object can be both.
  static bool overlap(const NamedType& a, const NamedType& b);
  static bool is_possible(const NamedType& abstract, const NamedType& object);

  // Precondition: the field exists; it throws std::logic_error otherwise, as this happens at start-up.
  void resolve(std::string_view type, std::string_view field, Resolver resolver);
  // For a field of the subscription type; the same precondition.
  void subscribe(std::string_view field, Subscriber subscriber);
  // Precondition: the scalar exists; it throws as resolve() does.
  void restrict_scalar(std::string_view scalar, std::function<bool(const InputValue&)> accepts);
  // "Type.field" of every field without a resolver, or subscriber, that an operation could reach.
  std::vector<std::string> unresolved() const;

 private:
  friend class SchemaBuilder;
  Schema() = default;
  Field& field_of(std::string_view type, std::string_view field);

  std::string source_;
  std::vector<std::unique_ptr<const Document>> documents_;
  std::deque<NamedType> types_;
  std::vector<const NamedType*> order_;
  std::unordered_map<std::string_view, NamedType*> by_name_;
  std::deque<DirectiveDefinition> directives_;
  std::deque<TypeUse> uses_;
  const NamedType* roots_[3] = {};
  std::string_view description_;
  Field typename_, schema_field_, type_field_;
};

}  // namespace gm::graphql
