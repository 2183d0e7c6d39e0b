#include "services/admin/graphiql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/http/route_table.h"

namespace gm::admin {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

constexpr Asset kAssets[] = {{"assets/a-1.js", "text/javascript; charset=utf-8", "tag1", "script", "", ""},
                             {"index.html", "text/html; charset=utf-8", "tag2", "<p>page", "", ""}};

struct GraphiqlTest : testing::Test {
  http::Response get(std::string_view path) {
    http::Request request;
    request.path = path;
    request.headers = {{"Accept", "text/html"}};
    return table.handle(request);
  }
  http::RouteTable table;
};

TEST_F(GraphiqlTest, HasAFolderOfItsOwn) {
  register_graphiql(table, std::make_shared<EmbeddedAssets>(kAssets));
  const auto moved = get("/graphiql");
  EXPECT_EQ(moved.status, 308);
  EXPECT_THAT(moved.headers, Contains(Pair("Location", "graphiql/")));
  const auto page = get("/graphiql/");
  EXPECT_EQ(page.body, "<p>page");
  EXPECT_THAT(page.headers, Contains(Pair("Cache-Control", "no-cache")));
  EXPECT_THAT(page.headers, Contains(Pair("Content-Security-Policy", HasSubstr("script-src 'self';"))));
  EXPECT_EQ(get("/graphiql/assets/a-1.js").body, "script");
  EXPECT_EQ(get("/graphiql/nothing").status, 404);
}

TEST_F(GraphiqlTest, MayBeSwitchedOff) {
  auto settings = config::Settings::defaults();
  ASSERT_TRUE(settings.set("graphql.graphiql", "false", "test").ok());
  register_graphiql(table, settings);
  EXPECT_EQ(get("/graphiql/").status, 404);
}

}  // namespace
}  // namespace gm::admin
