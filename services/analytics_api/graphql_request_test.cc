#include "services/analytics_api/graphql_request.h"

#include <gtest/gtest.h>

namespace gm::analytics_api {
namespace {

using Type = GraphqlMediaType;

TEST(GraphqlRequestTest, TheAcceptHeaderIsWeighed) {
  EXPECT_EQ(accepted_media_type(""), Type::json);
  EXPECT_EQ(accepted_media_type("*/*"), Type::json);
  EXPECT_EQ(accepted_media_type("application/*"), Type::json);
  EXPECT_EQ(accepted_media_type("application/json"), Type::json);
  EXPECT_EQ(accepted_media_type("Application/GraphQL-Response+JSON; charset=utf-8"), Type::graphql_response);
  EXPECT_EQ(accepted_media_type("application/graphql-response+json, application/json;q=0.9"), Type::graphql_response);
  EXPECT_EQ(accepted_media_type("application/json, application/graphql-response+json"), Type::graphql_response);
  EXPECT_EQ(accepted_media_type("application/json, application/graphql-response+json;q=0.5"), Type::json);
  EXPECT_EQ(accepted_media_type("text/html, application/graphql-response+json;q=0"), std::nullopt);
  EXPECT_EQ(accepted_media_type("text/html"), std::nullopt);
  EXPECT_EQ(accepted_media_type("text/html, */*;q=0.1"), Type::json);
  EXPECT_EQ(accepted_media_type("text/event-stream"), Type::event_stream);
  EXPECT_EQ(accepted_media_type("text/event-stream, application/json;q=0.9"), Type::event_stream);
  EXPECT_EQ(accepted_media_type("text/event-stream, application/json"), Type::json);
  EXPECT_EQ(accepted_media_type("application/json, text/event-stream;q=0.9"), Type::json);
  EXPECT_EQ(accepted_media_type("text/event-stream;q=0"), std::nullopt);
  EXPECT_EQ(accepted_media_type("text/*"), std::nullopt);
}

struct Posted : testing::Test {
  // The error's code; empty when the request was read, which is then in `request`.
  std::string post(std::string_view body, std::string_view type = "application/json") {
    http::Request sent;
    sent.method = http::Method::post;
    sent.body = body;
    if (!type.empty()) sent.headers.emplace_back("Content-Type", type);
    auto read = read_graphql_request(sent);
    if (auto* refusal = std::get_if<GraphqlRefusal>(&read)) return refusal->code;
    request = std::get<GraphqlRequest>(std::move(read));
    return "";
  }
  GraphqlRequest request;
};

TEST_F(Posted, AWholeRequestIsRead) {
  EXPECT_EQ(post(R"({"query":"{ a }","operationName":"A","variables":{"b":[1]},"extensions":{"c":1},"more":2})"), "");
  EXPECT_EQ(request.query, "{ a }");
  EXPECT_EQ(request.operation_name, "A");
  EXPECT_EQ(request.variables.member("b")->items[0].integer, 1);
}

const std::string kHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST_F(Posted, ADocumentIsNamedByItsHash) {
  EXPECT_EQ(post(R"({"documentId":"sha256:)" + kHash + R"("})"), "");
  EXPECT_EQ(request.document_hash, kHash);
  EXPECT_EQ(request.query, "");
  EXPECT_EQ(post(R"({"extensions":{"persistedQuery":{"version":1,"sha256Hash":")" + kHash + R"("}},"query":"{ a }"})"),
            "");
  EXPECT_EQ(request.document_hash, kHash);
  EXPECT_EQ(request.query, "{ a }");
}

TEST_F(Posted, WhatIsNoHashIsRefused) {
  for (const std::string& body :
       {std::string(R"({"documentId":"other:1"})"), std::string(R"({"documentId":1})"),
        std::string(R"({"documentId":"sha256:00"})"), R"({"documentId":"sha256:)" + std::string(64, 'A') + R"("})",
        std::string(R"({"extensions":{"persistedQuery":{}}})"), std::string(R"({"extensions":{"persistedQuery":1}})"),
        std::string(R"({"extensions":{"persistedQuery":{"sha256Hash":1}}})")}) {
    EXPECT_EQ(post(body), "gm-graphql-body-malformed") << body;
  }
}

TEST_F(Posted, NullMeansNotGiven) {
  EXPECT_EQ(post(R"({"query":"{ a }","operationName":null,"variables":null,"extensions":null})"), "");
}

TEST_F(Posted, AMemberThatStandsTwiceIsRefused) {
  for (const char* body : {R"({"query":"{ a }","query":"{ b }"})",
                           R"({"query":"{ a }","variables":{"q":{"from":"1","to":"3","from":"2"}}})",
                           R"({"query":"{ a }","variables":{"q":[{"x":1,"x":1}]}})"}) {
    EXPECT_EQ(post(body), "gm-graphql-body-malformed") << body;
  }
  EXPECT_EQ(post(R"({"query":"{ a }","variables":{"query":{"from":1},"q":[{"x":1},{"x":2}]}})"), "");
}

TEST_F(Posted, WhatIsNoRequestIsRefused) {
  const std::string deep(1000, '[');
  for (const std::string& body :
       {std::string(""), std::string("1"), std::string("{"), std::string("{}"), deep, std::string(R"({"query":1})"),
        std::string(R"({"query":"a","variables":[]})"), std::string(R"({"query":"a","operationName":1})"),
        std::string(R"({"query":"a","extensions":"x"})"), std::string("{\"query\":\"\xff\"}")}) {
    EXPECT_EQ(post(body), "gm-graphql-body-malformed") << body;
  }
  EXPECT_EQ(post(R"([{"query":"{ a }"}])"), "gm-graphql-batch-refused");
  for (const char* type : {"", "text/plain", "application/json; charset=latin1", "application/graphql"}) {
    EXPECT_EQ(post(R"({"query":"{ a }"})", type), "gm-content-type-unsupported") << type;
  }
  EXPECT_EQ(post(R"({"query":"{ a }"})", "Application/JSON; charset=\"UTF-8\""), "");
}

TEST(GraphqlRequestTest, AGetIsReadFromItsParameters) {
  http::Request sent;
  sent.query = "query=%7B%20a%20%7D&variables=%7B%22b%22%3A1%7D&operationName=A";
  auto read = read_graphql_request(sent);
  const auto* request = std::get_if<GraphqlRequest>(&read);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->query, "{ a }");
  EXPECT_EQ(request->variables.member("b")->integer, 1);
  sent.query = "query=a&variables=%7B";
  read = read_graphql_request(sent);
  EXPECT_EQ(std::get<GraphqlRefusal>(read).code, "gm-graphql-body-malformed");
}

}  // namespace
}  // namespace gm::analytics_api
