#include "lib/graphql/document.h"

#include <gtest/gtest.h>

namespace gm::graphql {
namespace {

std::unique_ptr<const Document> parsed(std::string_view text) {
  ParsedDocument result = parse(text, {});
  EXPECT_FALSE(result.error) << result.error->message;
  return std::move(result.document);
}

QueryError refused(std::string_view text, ParseLimits limits = {}) {
  const ParsedDocument result = parse(text, limits);
  EXPECT_TRUE(result.error) << text;
  return result.error.value_or(QueryError{});
}

TEST(DocumentTest, AnOperationsPartsAreFound) {
  const auto document = parsed("query Q($a: [Int!] = [1]) @d(x: $a) { x: f(b: {c: CAT}) ...F ... on T @e { g } }");
  ASSERT_EQ(document->definitions().size(), 1u);
  const ast::Definition& operation = document->definitions()[0];
  EXPECT_EQ(operation.name.text, "Q");
  EXPECT_EQ(operation.variables[0].type->form, ast::TypeForm::list);
  EXPECT_EQ(operation.variables[0].default_value->items[0].text, "1");
  EXPECT_EQ(operation.directives[0].arguments[0].value.kind, ast::ValueKind::variable);
  const auto& items = operation.selections->items;
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].response_key(), "x");
  EXPECT_EQ(items[0].name.text, "f");
  EXPECT_EQ(items[0].arguments[0].value.fields[0].value.kind, ast::ValueKind::enumeration);
  EXPECT_EQ(items[1].kind, ast::SelectionKind::spread);
  EXPECT_EQ(items[2].condition.text, "T");
  EXPECT_EQ(items[2].directives.size(), 1u);
}

TEST(DocumentTest, StringsMeanWhatTheySay) {
  const auto document =
      parsed("{ f(a: \"\\u00e4\\n\\uD83D\\uDE00\\u{1F600}\", b: \"\"\"\n    x\n      y \\\"\"\"\n\n  \"\"\") }");
  const auto& arguments = document->definitions()[0].selections->items[0].arguments;
  EXPECT_EQ(arguments[0].value.text, "ä\n😀😀");
  EXPECT_EQ(arguments[1].value.text, "x\n  y \"\"\"");
}

TEST(DocumentTest, TheTextMayGoAwayAfterParsing) {
  std::string text = "{ name(a: \"value\") }";
  const auto document = parsed(text);
  text.assign(text.size(), '#');
  EXPECT_EQ(document->definitions()[0].selections->items[0].name.text, "name");
}

TEST(DocumentTest, AnErrorSaysWhere) {
  EXPECT_EQ(refused("{\n  a(\r\n  b: )").locations, (std::vector<Location>{{3, 6}}));
  EXPECT_EQ(refused("{ a(b: \"🏊\") %").locations, (std::vector<Location>{{1, 14}}));  // 🏊 is two UTF-16 units
  EXPECT_EQ(refused("").code, "gm-graphql-syntax");
  EXPECT_EQ(refused("{ a\xff }").message, "the document is not UTF-8");
}

TEST(DocumentTest, TokensAreLimited) {
  EXPECT_FALSE(parse("{ a b c }", {5, 10}).error);
  EXPECT_EQ(refused("{ a b c d }", {5, 10}).code, "gm-graphql-too-many-tokens");
}

TEST(DocumentTest, NestingIsLimitedWhereverItCanHappen) {
  const auto repeated = [](std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
  };
  for (const std::string& text :
       {repeated("{ a ", 100'000), "{ a(b: " + repeated("[", 100'000), "{ a(b: " + repeated("{c: ", 100'000),
        "query ($a: " + repeated("[", 100'000), "{ " + repeated("... { ", 100'000)}) {
    EXPECT_EQ(refused(text).code, "gm-graphql-too-deep");
  }
  EXPECT_FALSE(parse(repeated("{ a ", 200) + repeated("}", 200), {}).error);
  EXPECT_TRUE(parse(repeated("{ a ", 201) + repeated("}", 201), {}).error);
}

}  // namespace
}  // namespace gm::graphql
