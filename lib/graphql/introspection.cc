// The types that describe a schema, and the resolvers of their fields. A __Type is a TypeUse, a __Field a Field, an
// __InputValue an InputField, an __EnumValue an EnumValue, a __Directive a DirectiveDefinition.

#include "lib/graphql/literal_text.h"
#include "lib/graphql/schema_builder.h"

namespace gm::graphql {

const std::string_view kBuiltinSdl = R"graphql(
"A whole number from -2^31 to 2^31 - 1."
scalar Int
"A double precision number (IEEE 754)."
scalar Float
"Text in UTF-8."
scalar String
"true or false."
scalar Boolean
"Names one thing; written as a string. A string or an integer is taken as input."
scalar ID

"Leaves the field or fragment out when the argument is true."
directive @skip("When to leave it out." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
"Leaves the field or fragment out when the argument is false."
directive @include("When to keep it." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
"Says that something should not be used any more."
directive @deprecated("Why, and what to use instead; Markdown." reason: String = "No longer supported")
  on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE | DIRECTIVE_DEFINITION
"Names the document that says what values of the scalar look like."
directive @specifiedBy("The document's address." url: String!) on SCALAR
"Of the input object's fields exactly one is given."
directive @oneOf on INPUT_OBJECT

"What the server can be asked: its types, directives and where operations begin."
type __Schema {
  description: String
  "All types."
  types: [__Type!]!
  "Where queries begin."
  queryType: __Type!
  "Where mutations begin, if there are any."
  mutationType: __Type
  "Where subscriptions begin, if there are any."
  subscriptionType: __Type
  "All directives."
  directives(includeDeprecated: Boolean! = false): [__Directive!]!
}
"A type; `kind` says which fields have a value. Lists and non-nulls hold another type in `ofType`."
type __Type {
  kind: __TypeKind!
  name: String
  description: String
  specifiedByURL: String
  fields(includeDeprecated: Boolean = false): [__Field!]
  interfaces: [__Type!]
  possibleTypes: [__Type!]
  enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
  inputFields(includeDeprecated: Boolean = false): [__InputValue!]
  ofType: __Type
  isOneOf: Boolean
}
"What a type is."
enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
"A field of an object or interface."
type __Field {
  name: String!
  description: String
  args(includeDeprecated: Boolean = false): [__InputValue!]!
  type: __Type!
  isDeprecated: Boolean!
  deprecationReason: String
}
"An argument, or a field of an input object."
type __InputValue {
  name: String!
  description: String
  type: __Type!
  "The default as it would be written in a document."
  defaultValue: String
  isDeprecated: Boolean!
  deprecationReason: String
}
"A value of an enumeration."
type __EnumValue {
  name: String!
  description: String
  isDeprecated: Boolean!
  deprecationReason: String
}
"A directive."
type __Directive {
  name: String!
  description: String
  isRepeatable: Boolean!
  locations: [__DirectiveLocation!]!
  args(includeDeprecated: Boolean = false): [__InputValue!]!
  "Always false: no directive can be deprecated yet."
  isDeprecated: Boolean!
  deprecationReason: String
}
"Where a directive may stand."
enum __DirectiveLocation {
  QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA
  SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT
  INPUT_FIELD_DEFINITION DIRECTIVE_DEFINITION
}
)graphql";

namespace {

Value optional_text(std::string_view text) { return text.empty() ? Value() : Value(text); }
Value optional_text(const std::optional<std::string_view>& text) { return text ? Value(*text) : Value(); }
Value type_value(const TypeUse* type) { return type ? Value::object_at(type) : Value(); }
Value type_value(const NamedType* type) { return type ? Value::object_at(type->plain) : Value(); }

Value type_list(const std::vector<const NamedType*>& types) {
  std::vector<Value> items;
  for (const NamedType* type : types) items.push_back(type_value(type));
  return items;
}

template <typename Items>
Value listed(const Items& items, const Arguments& arguments) {
  const bool with_deprecated = arguments.given("includeDeprecated") && arguments.boolean("includeDeprecated");
  std::vector<Value> found;
  for (const auto& each : items) {
    if (with_deprecated || !each.deprecation) found.push_back(Value::object_at(&each));
  }
  return found;
}

std::string_view kind_name(const TypeUse& type) {
  static constexpr std::string_view kNames[] = {"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT"};
  if (type.form == ast::TypeForm::list) return "LIST";
  if (type.form == ast::TypeForm::non_null) return "NON_NULL";
  return kNames[static_cast<size_t>(type.named->kind)];
}

// nullptr for lists and non-nulls.
const NamedType* named_of(const Call& call) {
  const auto& type = call.object<TypeUse>();
  return type.form == ast::TypeForm::named ? type.named : nullptr;
}

template <typename Read>
Resolver of_named(Read read) {
  return [read](const Call& call) -> Result<Value> {
    const NamedType* type = named_of(call);
    return type ? read(*type, call) : Value();
  };
}

void add_schema_fields(Schema& schema) {
  const auto add = [&](std::string_view field, auto read) {
    schema.resolve("__Schema", field,
                   [read](const Call& call) -> Result<Value> { return read(call.object<Schema>()); });
  };
  add("description", [](const Schema& s) { return optional_text(s.description()); });
  add("types", [](const Schema& s) { return type_list(s.types()); });
  add("queryType", [](const Schema& s) { return type_value(s.query()); });
  add("mutationType", [](const Schema& s) { return type_value(s.mutation()); });
  add("subscriptionType", [](const Schema& s) { return type_value(s.subscription()); });
  add("directives", [](const Schema& s) {
    std::vector<Value> items;
    for (const DirectiveDefinition& directive : s.directives()) items.push_back(Value::object_at(&directive));
    return Value(std::move(items));
  });
}

void add_type_fields(Schema& schema) {
  const auto add = [&](std::string_view field, Resolver resolver) {
    schema.resolve("__Type", field, std::move(resolver));
  };
  add("kind", [](const Call& call) -> Result<Value> { return Value(kind_name(call.object<TypeUse>())); });
  add("ofType", [](const Call& call) -> Result<Value> { return type_value(call.object<TypeUse>().of); });
  add("name", of_named([](const NamedType& type, const Call&) { return Value(type.name); }));
  add("description", of_named([](const NamedType& type, const Call&) { return optional_text(type.description); }));
  add("specifiedByURL", of_named([](const NamedType& type, const Call&) { return optional_text(type.specified_by); }));
  add("isOneOf", of_named([](const NamedType& type, const Call&) {
        return type.kind == TypeKind::input_object ? Value(type.one_of) : Value();
      }));
  add("fields", of_named([](const NamedType& type, const Call& call) {
        const bool has = type.kind == TypeKind::object || type.kind == TypeKind::interface;
        return has ? listed(type.fields, call.arguments) : Value();
      }));
  add("interfaces", of_named([](const NamedType& type, const Call&) {
        const bool has = type.kind == TypeKind::object || type.kind == TypeKind::interface;
        return has ? type_list(type.interfaces) : Value();
      }));
  add("possibleTypes", of_named([](const NamedType& type, const Call&) {
        const bool has = type.kind == TypeKind::union_type || type.kind == TypeKind::interface;
        return has ? type_list(type.possible) : Value();
      }));
  add("enumValues", of_named([](const NamedType& type, const Call& call) {
        return type.kind == TypeKind::enumeration ? listed(type.values, call.arguments) : Value();
      }));
  add("inputFields", of_named([](const NamedType& type, const Call& call) {
        return type.kind == TypeKind::input_object ? listed(type.inputs, call.arguments) : Value();
      }));
}

// What fields, input values and enumeration values have in common.
template <typename T>
void add_member_fields(Schema& schema, std::string_view type) {
  const auto add = [&](std::string_view field, auto read) {
    schema.resolve(type, field, [read](const Call& call) -> Result<Value> { return read(call.object<T>()); });
  };
  add("name", [](const T& of) { return Value(of.name); });
  add("description", [](const T& of) { return optional_text(of.description); });
  add("isDeprecated", [](const T& of) { return Value(of.deprecation.has_value()); });
  add("deprecationReason", [](const T& of) { return optional_text(of.deprecation); });
}

void add_directive_fields(Schema& schema) {
  const auto add = [&](std::string_view field, auto read) {
    schema.resolve("__Directive", field, [read](const Call& call) -> Result<Value> {
      return read(call.object<DirectiveDefinition>(), call);
    });
  };
  add("name", [](const DirectiveDefinition& d, const Call&) { return Value(d.name); });
  add("description", [](const DirectiveDefinition& d, const Call&) { return optional_text(d.description); });
  add("isDeprecated", [](const DirectiveDefinition&, const Call&) { return Value(false); });
  add("deprecationReason", [](const DirectiveDefinition&, const Call&) { return Value(); });
  add("isRepeatable", [](const DirectiveDefinition& d, const Call&) { return Value(d.repeatable); });
  add("args", [](const DirectiveDefinition& d, const Call& call) { return listed(d.arguments, call.arguments); });
  add("locations", [](const DirectiveDefinition& d, const Call&) {
    return Value(std::vector<Value>(d.locations.begin(), d.locations.end()));
  });
}

}  // namespace

void add_introspection(Schema& schema) {
  add_schema_fields(schema);
  add_type_fields(schema);
  add_member_fields<Field>(schema, "__Field");
  add_member_fields<InputField>(schema, "__InputValue");
  add_member_fields<EnumValue>(schema, "__EnumValue");
  add_directive_fields(schema);
  schema.resolve("__Field", "args", [](const Call& call) -> Result<Value> {
    return listed(call.object<Field>().arguments, call.arguments);
  });
  schema.resolve("__Field", "type",
                 [](const Call& call) -> Result<Value> { return type_value(call.object<Field>().type); });
  schema.resolve("__InputValue", "type",
                 [](const Call& call) -> Result<Value> { return type_value(call.object<InputField>().type); });
  schema.resolve("__InputValue", "defaultValue", [](const Call& call) -> Result<Value> {
    const ast::Value* literal = call.object<InputField>().default_literal;
    return literal ? Value(literal_text(*literal)) : Value();
  });
}

Resolver schema_resolver(const Schema& schema) {
  return [&schema](const Call&) -> Result<Value> { return Value::object_at(&schema); };
}

Resolver type_resolver(const Schema& schema) {
  return [&schema](const Call& call) -> Result<Value> { return type_value(schema.type(call.arguments.text("name"))); };
}

}  // namespace gm::graphql
