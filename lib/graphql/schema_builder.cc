#include "lib/graphql/schema_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/graphql/coercion.h"

namespace gm::graphql {
namespace {

using ast::Definition;
using ast::DefinitionKind;

std::string_view text_of(const ast::Value* description) { return description ? description->text : std::string_view(); }

const ast::Directive* find_directive(const List<ast::Directive>& directives, std::string_view name) {
  for (const ast::Directive& each : directives) {
    if (each.name.text == name) return &each;
  }
  return nullptr;
}

const ast::Value* find_argument(const ast::Directive& directive, std::string_view name) {
  for (const ast::Argument& each : directive.arguments) {
    if (each.name.text == name) return &each.value;
  }
  return nullptr;
}

std::optional<std::string_view> deprecation(const List<ast::Directive>& directives) {
  const ast::Directive* found = find_directive(directives, "deprecated");
  if (!found) return std::nullopt;
  const ast::Value* reason = find_argument(*found, "reason");
  return reason ? reason->text : std::string_view("No longer supported");
}

std::optional<int64_t> integer_argument(const ast::Directive& directive, std::string_view name) {
  const ast::Value* given = find_argument(directive, name);
  if (!given || given->kind != ast::ValueKind::integer) return std::nullopt;
  return std::strtoll(std::string(given->text).c_str(), nullptr, 10);
}

TypeKind type_kind(DefinitionKind kind) {
  switch (kind) {
    case DefinitionKind::object:
      return TypeKind::object;
    case DefinitionKind::interface:
      return TypeKind::interface;
    case DefinitionKind::union_type:
      return TypeKind::union_type;
    case DefinitionKind::enumeration:
      return TypeKind::enumeration;
    case DefinitionKind::input_object:
      return TypeKind::input_object;
    default:
      return TypeKind::scalar;
  }
}

bool defines_type(const Definition& definition) {
  return !definition.executable() && definition.kind != DefinitionKind::schema &&
         definition.kind != DefinitionKind::directive;
}

}  // namespace

void SchemaBuilder::fail(ast::Offset at, std::string message) {
  errors_.push_back({"gm-graphql-schema", std::move(message), {document_->locate(at)}, {}, {}});
}

BuiltSchema SchemaBuilder::build(std::string_view sdl) {
  schema_->source_ = sdl;
  if (!read(kBuiltinSdl) || !read(sdl)) return {nullptr, std::move(errors_)};
  declare(*schema_->documents_[0], true);
  declare(*schema_->documents_[1], false);
  for (const auto& document : schema_->documents_) {
    document_ = document.get();
    for (const Definition& definition : document->definitions()) fill(definition);
  }
  find_roots();
  find_possible_types();
  const auto report = [this](ast::Offset at, std::string text) { fail(at, std::move(text)); };
  if (errors_.empty()) check_schema(*schema_, report);
  if (errors_.empty()) check_applied_directives(*schema_, *document_, report);
  if (errors_.empty()) coerce_defaults();
  if (!errors_.empty()) return {nullptr, std::move(errors_)};
  add_meta_fields();
  return {std::move(schema_), {}};
}

bool SchemaBuilder::read(std::string_view sdl) {
  ParsedDocument parsed = parse(sdl, {});
  if (parsed.error) {
    errors_.push_back(*parsed.error);
    return false;
  }
  schema_->documents_.push_back(std::move(parsed.document));
  return true;
}

void SchemaBuilder::declare(const Document& document, bool builtin) {
  document_ = &document;
  for (const Definition& definition : document.definitions()) {
    if (definition.executable()) {
      fail(definition.at, "a schema holds no operations or fragments");
    } else if (definition.extension) {
      continue;
    } else if (definition.kind == DefinitionKind::directive) {
      declare_directive(definition);
    } else if (defines_type(definition)) {
      declare_type(definition, builtin);
    }
  }
}

void SchemaBuilder::declare_type(const Definition& definition, bool builtin) {
  if (!builtin && definition.name.text.starts_with("__")) {
    fail(definition.name.at, fmt::format("the name {} is reserved for introspection", definition.name.text));
  }
  NamedType& type = schema_->types_.emplace_back();
  type.kind = type_kind(definition.kind);
  type.name = definition.name.text;
  type.description = text_of(definition.description);
  type.introspection = type.name.starts_with("__");
  type.at = definition.at;
  type.plain = keep({ast::TypeForm::named, &type, nullptr});
  if (!schema_->by_name_.emplace(type.name, &type).second) {
    fail(definition.name.at, fmt::format("there are two types named {}", type.name));
  }
  schema_->order_.push_back(&type);
}

void SchemaBuilder::declare_directive(const Definition& definition) {
  if (schema_->directive(definition.name.text)) {
    fail(definition.name.at, fmt::format("there are two directives named @{}", definition.name.text));
  }
  DirectiveDefinition& directive = schema_->directives_.emplace_back();
  directive.name = definition.name.text;
}

void SchemaBuilder::fill(const Definition& definition) {
  if (definition.kind == DefinitionKind::directive) {
    auto* directive = const_cast<DirectiveDefinition*>(schema_->directive(definition.name.text));
    directive->description = text_of(definition.description);
    directive->arguments = inputs(definition.inputs);
    directive->repeatable = definition.repeatable;
    for (const ast::Name& location : definition.locations) directive->locations.push_back(location.text);
    return;
  }
  if (!defines_type(definition)) return;
  const auto found = schema_->by_name_.find(definition.name.text);
  if (found == schema_->by_name_.end() || found->second->kind != type_kind(definition.kind)) {
    fail(definition.name.at, fmt::format("there is no such type {} to extend", definition.name.text));
    return;
  }
  fill_members(definition, *found->second);
}

void SchemaBuilder::fill_members(const Definition& definition, NamedType& type) {
  if (const auto* url = find_directive(definition.directives, "specifiedBy")) {
    if (const ast::Value* text = find_argument(*url, "url")) type.specified_by = text->text;
  }
  type.one_of |= find_directive(definition.directives, "oneOf") != nullptr;
  for (const auto& each : definition.fields) type.fields.push_back(field(each));
  for (auto& each : inputs(definition.inputs)) type.inputs.push_back(std::move(each));
  for (const auto& each : definition.values) {
    type.values.push_back({each.name.text, text_of(each.description), deprecation(each.directives)});
  }
  for (const ast::Name& each : definition.members) {
    const NamedType* member = schema_->type(each.text);
    if (!member) {
      fail(each.at, fmt::format("there is no type {}", each.text));
    } else if (type.kind == TypeKind::union_type) {
      type.possible.push_back(member);
    } else {
      type.interfaces.push_back(member);
    }
  }
}

Field SchemaBuilder::field(const ast::FieldDefinition& definition) {
  Field made;
  made.name = definition.name.text;
  made.description = text_of(definition.description);
  made.arguments = inputs(definition.arguments);
  made.type = use(*definition.type);
  made.deprecation = deprecation(definition.directives);
  read_costs(definition.directives, made);
  return made;
}

void SchemaBuilder::read_costs(const List<ast::Directive>& directives, Field& field) const {
  if (const ast::Directive* cost = find_directive(directives, "cost")) {
    field.weight = integer_argument(*cost, "weight").value_or(1);
  }
  const ast::Directive* size = find_directive(directives, "listSize");
  if (!size) return;
  field.assumed_size = integer_argument(*size, "assumedSize");
  if (const ast::Value* names = find_argument(*size, "slicingArguments")) {
    for (const ast::Value& name : names->items) field.slicing_arguments.push_back(name.text);
  }
}

std::vector<InputField> SchemaBuilder::inputs(const List<ast::InputDefinition>& definitions) {
  std::vector<InputField> made;
  for (const auto& each : definitions) made.push_back(input(each));
  return made;
}

InputField SchemaBuilder::input(const ast::InputDefinition& definition) {
  InputField made;
  made.name = definition.name.text;
  made.description = text_of(definition.description);
  made.type = use(*definition.type);
  made.default_literal = definition.default_value;
  made.deprecation = deprecation(definition.directives);
  return made;
}

const TypeUse* SchemaBuilder::use(const ast::TypeReference& reference) {
  const NamedType* named = schema_->type(reference.name.text);
  if (!named) {
    fail(reference.at, fmt::format("there is no type {}", reference.name.text));
    named = schema_->type("String");
  }
  return keep({reference.form, named, reference.of ? use(*reference.of) : nullptr});
}

void SchemaBuilder::find_roots() {
  bool defined = false;
  for (const Definition& definition : document_->definitions()) {
    if (definition.kind != DefinitionKind::schema) continue;
    if (defined && !definition.extension) fail(definition.at, "there are two schema definitions");
    defined |= !definition.extension;
    if (definition.description) schema_->description_ = text_of(definition.description);
    for (const ast::RootDefinition& root : definition.roots) set_root(root);
  }
  if (!defined) {
    constexpr std::string_view kNames[] = {"Query", "Mutation", "Subscription"};
    for (size_t i = 0; i < std::size(kNames); ++i) {
      const NamedType* type = schema_->type(kNames[i]);
      if (type && type->kind == TypeKind::object && !schema_->roots_[i]) schema_->roots_[i] = type;
    }
  }
  if (!schema_->query()) fail(0, "the schema has no query type");
}

void SchemaBuilder::set_root(const ast::RootDefinition& root) {
  const NamedType* type = schema_->type(root.type.text);
  const NamedType*& place = schema_->roots_[static_cast<size_t>(root.operation)];
  if (!type || type->kind != TypeKind::object) {
    fail(root.at, fmt::format("{} is no object type", root.type.text));
  } else if (place) {
    fail(root.at, "the operation has a root type already");
  }
  place = type;
}

void SchemaBuilder::find_possible_types() {
  for (NamedType& type : schema_->types_) {
    for (const NamedType* interface : type.interfaces) {
      auto* changed = const_cast<NamedType*>(interface);
      (type.kind == TypeKind::object ? changed->possible : changed->implementing).push_back(&type);
    }
  }
}

void SchemaBuilder::coerce_defaults() {
  for (NamedType& type : schema_->types_) {
    for (Field& field : type.fields) coerce_defaults(field.arguments);
    coerce_defaults(type.inputs);
  }
  for (DirectiveDefinition& directive : schema_->directives_) coerce_defaults(directive.arguments);
}

void SchemaBuilder::coerce_defaults(std::vector<InputField>& inputs) {
  for (InputField& input : inputs) {
    if (!input.default_literal) continue;
    input.default_value = coerce_literal(*input.default_literal, *input.type, nullptr);
    if (!input.default_value) {
      fail(input.default_literal->at, fmt::format("the default of {} is no {}", input.name, input.type->text()));
    }
  }
}

void SchemaBuilder::add_meta_fields() {
  const auto non_null = [this](std::string_view name) {
    const NamedType* named = schema_->type(name);
    return keep({ast::TypeForm::non_null, named, named->plain});
  };
  schema_->typename_.name = "__typename";
  schema_->typename_.type = non_null("String");
  schema_->typename_.weight = 0;
  schema_->schema_field_.name = "__schema";
  schema_->schema_field_.type = non_null("__Schema");
  schema_->schema_field_.resolver = schema_resolver(*schema_);
  InputField name;
  name.name = "name";
  name.type = non_null("String");
  schema_->type_field_.name = "__type";
  schema_->type_field_.type = schema_->type("__Type")->plain;
  schema_->type_field_.arguments.push_back(std::move(name));
  schema_->type_field_.resolver = type_resolver(*schema_);
  add_introspection(*schema_);
}

BuiltSchema Schema::build(std::string_view sdl) { return SchemaBuilder().build(sdl); }

}  // namespace gm::graphql
