#include "services/admin/api_docs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/http/route_table.h"

namespace gm::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

class ApiDocsTest : public testing::Test {
 protected:
  ApiDocsTest() {
    register_api_docs(table_, {{"gm-log-full", 503, "The queue is full <now>.", "Send it again."},
                               {"gm-demo-differs", 0, "A number differs.", "Report it."}});
  }
  http::Response get(std::string_view path) {
    http::Request request;
    request.method = http::Method::get;
    request.path = path;
    return table_.handle(request);
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  http::RouteTable table_;
};

TEST_F(ApiDocsTest, TheDescriptionIsServedAsItIs) {
  const auto response = get("/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(nlohmann::json::parse(response.body)["openapi"], "3.1.0");
}

TEST_F(ApiDocsTest, ThePageHasEveryOperationAndSchema) {
  const auto page = get("/docs");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  const auto api = nlohmann::json::parse(openapi_json());
  for (const auto& path : api["paths"].items()) {
    for (const auto& operation : path.value())
      EXPECT_THAT(page.body, HasSubstr("<section id=\"" + operation["operationId"].get<std::string>() + "\">"));
  }
  for (const auto& schema : api["components"]["schemas"].items())
    EXPECT_THAT(page.body, HasSubstr("<section id=\"schema-" + schema.key() + "\">"));
}

TEST_F(ApiDocsTest, ThePagesNeedNothingFromElsewhereAndNoScript) {
  for (const char* path : {"/docs", "/docs/errors"}) {
    const auto page = get(path);
    EXPECT_THAT(header(page, "Content-Security-Policy"), HasSubstr("default-src 'self'"));
    for (const char* forbidden : {"<script", "style=\"", "<style", "src=\"", "href=\"http", "href=\"/"})
      EXPECT_THAT(page.body, Not(HasSubstr(forbidden))) << path;
  }
  EXPECT_THAT(get("/docs/style.css").body, Not(HasSubstr("url(")));
}

TEST_F(ApiDocsTest, AProblemsTypePointsToItsCode) {
  const auto page = get("/docs/errors");
  EXPECT_THAT(page.body, HasSubstr("<tr id=\"gm-log-full\">"));
  EXPECT_THAT(page.body, HasSubstr("The queue is full &lt;now&gt;."));
  EXPECT_THAT(page.body, Not(HasSubstr("<td>0</td>")));
}

TEST(ApiPage, TextOfTheDescriptionCannotBecomeMarkup) {
  const auto page = render_api_page(R"({"info":{"title":"<b>","description":"a & `b` `<c>"},"tags":[],"paths":{},
    "components":{"schemas":{"X":{"type":"string","enum":["<i>"]}}}})");
  EXPECT_THAT(page, Not(HasSubstr("<b>:")));
  EXPECT_THAT(page, HasSubstr("a &amp; <code>b</code> <code>&lt;c&gt;</code>"));
  EXPECT_THAT(page, HasSubstr("&lt;i&gt;"));
}

TEST(ApiPage, AnAnswerWithoutABodyHasARowAsOthersHave) {
  const auto page = render_api_page(R"({"info":{"title":"t","description":""},"tags":[{"name":"a","description":""}],
    "security":[],"components":{"securitySchemes":{},"schemas":{}},"paths":{"/x":{"delete":{"tags":["a"],
    "operationId":"drop","summary":"Drops","responses":{"204":{"description":"Gone."}}}}}})");
  EXPECT_THAT(page, HasSubstr("<tr><td>204</td><td>Gone.</td><td></td></tr>"));
}

}  // namespace
}  // namespace gm::admin
