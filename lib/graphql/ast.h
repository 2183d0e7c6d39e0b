#pragma once
// The syntax tree of a document (GraphQL October 2021 and the draft's descriptions on executable definitions). Every
// node lies in its document's arena; offsets are bytes of its source.

#include <cstdint>
#include <string_view>

#include "lib/graphql/arena.h"

namespace gm::graphql::ast {

using Offset = uint32_t;

struct Name {
  std::string_view text;  // empty: not there
  Offset at = 0;
  bool present() const { return !text.empty(); }
};

enum class ValueKind : uint8_t { variable, integer, floating, string, boolean, null, enumeration, list, object };

struct ObjectField;
struct Value {
  ValueKind kind = ValueKind::null;
  Offset at = 0;
  // A variable's or enumeration value's name, a number as written, a string with its escapes undone, true or false.
  std::string_view text;
  bool block = false;  // a string in triple quotes
  List<Value> items;
  List<ObjectField> fields;
};
struct ObjectField {
  Name name;
  Value value;
};

struct Argument {
  Name name;
  Value value;
};

struct Directive {
  Offset at = 0;
  Name name;
  List<Argument> arguments;
};

enum class TypeForm : uint8_t { named, list, non_null };
struct TypeReference {
  TypeForm form = TypeForm::named;
  Offset at = 0;
  Name name;                          // of the named type inside, whatever is around it
  const TypeReference* of = nullptr;  // what a list or non-null holds
};

enum class OperationKind : uint8_t { query, mutation, subscription };
enum class SelectionKind : uint8_t { field, spread, inline_fragment };

struct SelectionSet;
struct Selection {
  SelectionKind kind = SelectionKind::field;
  Offset at = 0;
  Name alias;
  Name name;       // of the field or the fragment
  Name condition;  // of an inline fragment
  List<Argument> arguments;
  List<Directive> directives;
  const SelectionSet* selections = nullptr;

  std::string_view response_key() const { return alias.present() ? alias.text : name.text; }
};
struct SelectionSet {
  Offset at = 0;
  List<Selection> items;
};

struct VariableDefinition {
  Offset at = 0;
  Name name;  // without the "$"
  const TypeReference* type = nullptr;
  const Value* default_value = nullptr;
  List<Directive> directives;
};

// An argument, or a field of an input object.
struct InputDefinition {
  Offset at = 0;
  const Value* description = nullptr;
  Name name;
  const TypeReference* type = nullptr;
  const Value* default_value = nullptr;
  List<Directive> directives;
};

struct FieldDefinition {
  Offset at = 0;
  const Value* description = nullptr;
  Name name;
  List<InputDefinition> arguments;
  const TypeReference* type = nullptr;
  List<Directive> directives;
};

struct EnumValueDefinition {
  Offset at = 0;
  const Value* description = nullptr;
  Name name;
  List<Directive> directives;
};

struct RootDefinition {
  Offset at = 0;
  OperationKind operation = OperationKind::query;
  Name type;
};

enum class DefinitionKind : uint8_t {
  operation,
  fragment,
  schema,
  scalar,
  object,
  interface,
  union_type,
  enumeration,
  input_object,
  directive,
};

// One definition of any kind; what the kind does not have is empty.
struct Definition {
  DefinitionKind kind = DefinitionKind::operation;
  bool extension = false;
  Offset at = 0;
  const Value* description = nullptr;
  Name name;
  List<Directive> directives;

  OperationKind operation = OperationKind::query;
  List<VariableDefinition> variables;
  const SelectionSet* selections = nullptr;  // of operations and fragments
  Name condition;                            // of fragments

  List<Name> members;  // interfaces implemented, or members of a union
  List<FieldDefinition> fields;
  List<InputDefinition> inputs;  // of input objects and directives
  List<EnumValueDefinition> values;
  List<RootDefinition> roots;  // of a schema
  List<Name> locations;        // of a directive
  bool repeatable = false;

  bool executable() const { return kind == DefinitionKind::operation || kind == DefinitionKind::fragment; }
};

}  // namespace gm::graphql::ast
