#include "lib/graphql/schema.h"

#include <gtest/gtest.h>

namespace gm::graphql {
namespace {

std::string first_error(std::string_view sdl) {
  const BuiltSchema built = Schema::build(sdl);
  return built.schema ? "" : built.errors.front().message;
}

TEST(SchemaTest, TypesAreFoundWithWhatBelongsToThem) {
  const BuiltSchema built = Schema::build(R"(
    "the root" type Query { "a field" a(b: [Int!] = [1] @deprecated): Node @deprecated(reason: "old") }
    interface Node { id: ID! }
    type Thing implements Node { id: ID! }
    extend type Thing { more: Kind }
    enum Kind { A B }
    union Any = Thing | Query)");
  ASSERT_TRUE(built.schema) << built.errors.front().message;
  const Schema& schema = *built.schema;
  const Field* field = schema.query()->field("a");
  EXPECT_EQ(field->description, "a field");
  EXPECT_EQ(field->deprecation, "old");
  EXPECT_EQ(field->arguments[0].type->text(), "[Int!]");
  EXPECT_EQ(field->arguments[0].default_value->items[0].integer, 1);
  EXPECT_EQ(schema.type("Node")->possible.front()->name, "Thing");
  EXPECT_TRUE(schema.type("Thing")->field("more"));
  EXPECT_TRUE(Schema::overlap(*schema.type("Any"), *schema.type("Node")));
  EXPECT_FALSE(Schema::overlap(*schema.type("Query"), *schema.type("Node")));
  EXPECT_EQ(schema.mutation(), nullptr);
}

TEST(SchemaTest, FieldsWithoutResolversAreNamed) {
  BuiltSchema built = Schema::build("type Query { a: Int b: Int }");
  built.schema->resolve("Query", "a", [](const Call&) -> Result<Value> { return Value(1); });
  EXPECT_EQ(built.schema->unresolved(), std::vector<std::string>{"Query.b"});
  EXPECT_THROW(built.schema->resolve("Query", "c", {}), std::logic_error);
}

TEST(SchemaTest, WhatIsNoTypeSystemIsRefused) {
  const std::string query = "type Query { a: Int } ";
  for (const char* rest : {
           "type T",                                                       // no fields
           "type T { a: Nothing }",                                        // unknown type
           "type T { a: Int a: Int }",                                     // twice
           "type T { __a: Int }",                                          // reserved
           "type __T { a: Int }",                                          //
           "type T { a: Int } type T { b: Int }",                          //
           "type T { a: I } input I { b: Int }",                           // input for output
           "type T { a(b: Query): Int }",                                  // output for input
           "type T { a(b: Int b: Int): Int }",                             //
           "type T { a(b: Int! @deprecated): Int }",                       // required and deprecated
           "type T { a(b: Int = \"x\"): Int }",                            // default of another type
           "type T implements Query { a: Int }",                           // no interface
           "interface N { id: ID! } type T implements N { a: Int }",       // field missing
           "interface N { id: ID! } type T implements N { id: ID }",       // weaker
           "interface N { id: ID! } type T implements N & N { id: ID! }",  //
           "interface N { a(b: Int): Int } type T implements N { a: Int }",
           "interface N { a: Int } type T implements N { a(b: Int!): Int }",
           "interface N { a: Int } interface M implements N { a: Int } type T implements M { a: Int }",
           "interface N implements N { a: Int }",
           "union U = Query | Query",
           "union U = Int",
           "union U",
           "enum E",
           "enum E { A A }",
           "input I",
           "input I { a: Query }",
           "input I { a: I! }",
           "input I { a: J! } input J { b: I! }",
           "input I @oneOf { a: Int! }",
           "input I @oneOf { a: Int = 1 }",
           "extend type T { a: Int }",
           "extend enum Query { A }",
           "type T @nothing { a: Int }",
           "type T @skip(if: true) { a: Int }",
           "type T { a: Int @deprecated @deprecated }",
           "scalar S @specifiedBy",
           "scalar S @specifiedBy(url: 1)",
           "directive @d on FIELD directive @d on FIELD",
           "directive @__d on FIELD",
           "schema { query: Query } schema { query: Query }",
           "schema { query: Query mutation: Query }",
           "schema { query: Nothing }",
           "{ a }",
       }) {
    EXPECT_NE(first_error(query + rest), "") << rest;
  }
  EXPECT_NE(first_error("type Thing { a: Int }"), "");
  EXPECT_EQ(first_error(query + "input I { a: [I!]! b: I }"), "");
}

}  // namespace
}  // namespace gm::graphql
