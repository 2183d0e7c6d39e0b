#include "services/analytics_api/kept_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/analytics_api/api_fixture_test.h"
#include "services/analytics_api/fake_kept_test.h"

namespace gm::analytics_api {
namespace {

using testing::HasSubstr;

// By method and pattern: two of the routes share one.
class MethodRouter final : public http::Router {
 public:
  void add(http::Method method, std::string pattern, http::Handler handler) override {
    handlers[{method, std::move(pattern)}] = std::move(handler);
  }
  void add_async(http::Method, std::string, http::AsyncHandler) override {}
  void add_stream(http::Method, std::string, http::StreamHandler) override {}
  std::map<std::pair<http::Method, std::string>, http::Handler> handlers;
};

class KeptRoutesTest : public ApiTest {
 protected:
  KeptRoutesTest() { register_kept_routes(methods, {store, metadata, keys, clock, registry, {3, 200}}); }

  http::Response call(http::Method method, std::string_view kind, std::string_view id, std::string_view body = "",
                      std::string_view key = "") {
    const std::string bearer = "Bearer " + std::string(key.empty() ? std::string_view(project_key) : key);
    http::Request request;
    request.method = method;
    request.body = body;
    request.headers.emplace_back("Authorization", bearer);
    request.path_parameters.push_back(kind);
    if (!id.empty()) request.path_parameters.push_back(id);
    return methods.handlers.at({method, id.empty() ? "/api/v1/kept/{kind}" : "/api/v1/kept/{kind}/{id}"})(request);
  }
  http::Response put(std::string_view id, std::string_view body, std::string_view kind = "note") {
    return call(http::Method::put, kind, id, body);
  }
  Json items(std::string_view key = "") {
    return Json::parse(call(http::Method::get, "note", "", "", key).body)["items"];
  }
  static std::string code_of(const http::Response& response) { return Json::parse(response.body)["code"]; }

  FakeKept store;
  MethodRouter methods;
};

TEST_F(KeptRoutesTest, WhatIsPutIsListedWithWhoAndWhen) {
  const auto response = put("launch", R"({"text": "Launch", "date": "2026-11-20"})");
  EXPECT_EQ(response.status, 200);
  const Json item = items().at(0);
  EXPECT_EQ(item, Json::parse(response.body));
  EXPECT_EQ(item["id"], "launch");
  EXPECT_EQ(item["body"]["text"], "Launch");
  EXPECT_EQ(item["changed_at"], "2026-11-23T12:00:00.000Z");
  EXPECT_THAT(item["changed_by"].get<std::string>(), HasSubstr("key:"));
  EXPECT_EQ(items(other_project_key), Json::array());
}

TEST_F(KeptRoutesTest, WhatIsForgottenIsGoneAndUnknown) {
  put("a", "{}");
  EXPECT_EQ(call(http::Method::del, "note", "a").status, 204);
  EXPECT_EQ(items(), Json::array());
  EXPECT_EQ(call(http::Method::del, "note", "a").status, 404);
}

TEST_F(KeptRoutesTest, ABodyIsOneObjectOfAPermittedLength) {
  for (const char* body : {"", "[]", "1", "{", "null"})
    EXPECT_EQ(code_of(put("a", body)), "gm-request-invalid") << body;
  const std::string longest = R"({"t":")" + std::string(192, 'x') + R"("})";
  EXPECT_EQ(put("a", longest).status, 200);
  EXPECT_EQ(put("a", longest + " ").status, 400);
  EXPECT_EQ(items().size(), 1u);
}

TEST_F(KeptRoutesTest, IdsAndKindsAreKnownOnes) {
  for (const std::string& id : {std::string("a b"), std::string("ä"), std::string("a/b"), std::string(41, 'a')})
    EXPECT_EQ(put(id, "{}").status, 400) << id;
  EXPECT_EQ(put(std::string(40, 'a'), "{}").status, 200);
  EXPECT_EQ(code_of(put("a", "{}", "secret")), "gm-kept-unknown");
  EXPECT_EQ(call(http::Method::get, "trend", "").status, 404);
}

TEST_F(KeptRoutesTest, AKindIsFullAtItsLimit) {
  for (const char* id : {"a", "b", "c"}) EXPECT_EQ(put(id, "{}").status, 200);
  const auto response = put("d", "{}");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(code_of(response), "gm-kept-full");
  EXPECT_EQ(put("d", "{}", "board").status, 200);
}

TEST_F(KeptRoutesTest, AStoreThatIsDownIsToldAsSuch) {
  store.down = true;
  EXPECT_EQ(put("a", "{}").status, 503);
  EXPECT_EQ(call(http::Method::get, "note", "").status, 503);
}

TEST_F(KeptRoutesTest, OnlyWhoReadsTheProjectMay) {
  EXPECT_EQ(call(http::Method::get, "note", "", "", write_key).status, 403);
  EXPECT_EQ(call(http::Method::put, "note", "a", "{}", "gm_pk_nonsense").status, 401);
}

}  // namespace
}  // namespace gm::analytics_api
