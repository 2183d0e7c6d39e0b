#pragma once
// Private to this folder: SDL to Schema.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/graphql/schema.h"

namespace gm::graphql {

// Scalars, directives and introspection types that every schema has.
extern const std::string_view kBuiltinSdl;

class SchemaBuilder {
 public:
  BuiltSchema build(std::string_view sdl);

 private:
  bool read(std::string_view sdl);
  void declare(const Document& document, bool builtin);
  void declare_type(const ast::Definition& definition, bool builtin);
  void declare_directive(const ast::Definition& definition);
  void fill(const ast::Definition& definition);
  void fill_members(const ast::Definition& definition, NamedType& type);
  Field field(const ast::FieldDefinition& definition);
  InputField input(const ast::InputDefinition& definition);
  std::vector<InputField> inputs(const List<ast::InputDefinition>& definitions);
  const TypeUse* use(const ast::TypeReference& reference);
  const TypeUse* keep(TypeUse use) { return &schema_->uses_.emplace_back(use); }
  void read_costs(const List<ast::Directive>& directives, Field& field) const;
  void find_roots();
  void set_root(const ast::RootDefinition& root);
  void find_possible_types();
  void coerce_defaults();
  void coerce_defaults(std::vector<InputField>& inputs);
  void add_meta_fields();
  void fail(ast::Offset at, std::string message);

  std::unique_ptr<Schema> schema_{new Schema()};
  const Document* document_ = nullptr;  // the one being read
  std::vector<QueryError> errors_;
};

// The rules for type systems (spec, "Type Validation" of each kind). `fail` is told where and what.
void check_schema(const Schema& schema, const std::function<void(ast::Offset, std::string)>& fail);

// Whether the directives applied in `document` exist, stand where they may and have the arguments they need.
void check_applied_directives(const Schema& schema, const Document& document,
                              const std::function<void(ast::Offset, std::string)>& fail);

// Gives the fields of the introspection types their resolvers.
void add_introspection(Schema& schema);
Resolver schema_resolver(const Schema& schema);  // of __schema
Resolver type_resolver(const Schema& schema);    // of __type

}  // namespace gm::graphql
