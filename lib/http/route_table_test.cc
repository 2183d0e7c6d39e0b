#include "lib/http/route_table.h"

#include <gmock/gmock.h>

namespace gm::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Fixture : testing::Test {
  Fixture() {
    for (const char* pattern : {"/", "/batch", "/batch/", "/api/v1/metrics", "/api/v1/metrics/{name}",
                                "/array/{token}/config", "/*", "/assets/*"}) {
      table.add(Method::get, pattern, [pattern](const Request& request) {
        Response response;
        response.body = pattern;
        for (const auto parameter : request.path_parameters) response.body += "|" + std::string(parameter);
        return response;
      });
    }
    table.add(Method::post, "/batch/", [](const Request&) { return Response{}; });
  }
  std::string get(std::string_view path) {
    Request request;
    request.path = path;
    return table.handle(request).body;
  }
  RouteTable table;
};
using Routing = Fixture;

TEST_F(Routing, LiteralsWinOverParametersAndParametersOverTheRest) {
  EXPECT_EQ(get("/"), "/");
  EXPECT_EQ(get("/batch"), "/batch");
  EXPECT_EQ(get("/batch/"), "/batch/");
  EXPECT_EQ(get("/api/v1/metrics"), "/api/v1/metrics");
  EXPECT_EQ(get("/api/v1/metrics/dau"), "/api/v1/metrics/{name}|dau");
  EXPECT_EQ(get("/array/phc_1/config"), "/array/{token}/config|phc_1");
  EXPECT_EQ(get("/assets/a/b.js"), "/assets/*|a/b.js");
  EXPECT_EQ(get("/anything/else"), "/*|anything/else");
  EXPECT_EQ(get("/api/v1/metrics/"), "/*|api/v1/metrics/") << "an empty parameter is none";
  EXPECT_EQ(get("/api/v1/metrics/a/b"), "/*|api/v1/metrics/a/b");
}

TEST_F(Routing, AnUnknownMethodIs405WithAllow) {
  Request request;
  request.path = "/batch/";
  request.method = Method::del;
  request.trace_id = "abc";
  const Response response = table.handle(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.headers, ElementsAre(std::pair<std::string, std::string>{"Allow", "GET, HEAD, POST"}));
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"gm-method-not-allowed\",\"trace_id\":\"abc\""));
}

TEST_F(Routing, AnUnknownPathIs404) {
  RouteTable empty;
  Request request;
  request.path = "/nothing";
  EXPECT_EQ(empty.handle(request).status, 404);
}

// A method that is known but that no path takes is refused like any other that this path does not take.
TEST(RouteTable, TraceIsAMethodThatNoPathTakes) {
  RouteTable table;
  table.add(Method::get, "/x", [](const Request&) { return Response{}; });
  Request request;
  request.method = Method::trace;
  request.path = "/x";
  const Response response = table.handle(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(method_name(request.method), "TRACE");
  EXPECT_EQ(response.headers.front(), (std::pair<std::string, std::string>("Allow", "GET, HEAD")));
}

TEST(Problem, IsRfc9457) {
  const Response response = problem(400, "gm-body-malformed", "a \"quote\" and \xff", "t1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"/docs/errors#gm-body-malformed","title":"Bad Request","status":400,"detail":"a \"quote\" and )"
            "\xef\xbf\xbd"
            R"(","code":"gm-body-malformed","trace_id":"t1"})");
}

TEST(Request, HeadersAndQueryParameters) {
  Request request;
  request.headers = {{"Content-Type", "text/plain"}};
  request.query = "a=1&b=x%20y+z&c&a=2";
  EXPECT_EQ(request.header("content-TYPE"), "text/plain");
  EXPECT_EQ(request.header("missing"), "");
  bool found = false;
  EXPECT_EQ(request.query_parameter("a", &found), "1");
  EXPECT_TRUE(found);
  EXPECT_EQ(request.query_parameter("b"), "x y z");
  EXPECT_EQ(request.query_parameter("c", &found), "");
  EXPECT_TRUE(found);
  request.query_parameter("d", &found);
  EXPECT_FALSE(found);
}

}  // namespace
}  // namespace gm::http
