// SQL over HTTP: forms of an answer, refusals, limits.

#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::HasSubstr;

struct SqlRoutesTest : ApiTest {
  http::Response ask(const std::string& body, std::string_view query = "") {
    const std::string authorization = "Bearer " + project_key;
    http::Request request;
    request.method = http::Method::post;
    request.query = query;
    request.body = body;
    request.headers.emplace_back("Authorization", authorization);
    return router->handlers.at("/api/v1/sql")(request);
  }
  http::Response sql(const std::string& text, std::string_view query = "") {
    return ask(Json{{"sql", text}}.dump(), query);
  }
  void limit(SqlSettings limits) {
    router = std::make_unique<RecordingRouter>();
    register_sql(limits);
  }
  void expect_code(const http::Response& response, int status, std::string_view code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(Json::parse(response.body)["code"], code) << response.body;
  }
};

constexpr const char* kRows =
    "SELECT i, i = 2 AS two, '=1+' || i AS i, NULL AS none, 1.5::DOUBLE AS half FROM range(1, 3) t(i)";

TEST_F(SqlRoutesTest, AnAnswerHasItsColumnsAndRows) {
  const auto response = sql(kRows);
  ASSERT_EQ(response.status, 200) << response.body;
  const Json answer = Json::parse(response.body);
  EXPECT_EQ(answer["contract"], 1);
  EXPECT_EQ(answer["row_count"], 2);
  EXPECT_EQ(answer["columns"][1], (Json{{"name", "two"}, {"type", "flag"}}));
  EXPECT_EQ(answer["rows"], Json::parse(R"([[1,false,"=1+1",null,1.5],[2,true,"=1+2",null,1.5]])"));
}

TEST_F(SqlRoutesTest, CsvIsNoFormulaAndEveryNameOfAnObjectIsThereOnce) {
  const auto csv = sql(kRows, "format=csv");
  EXPECT_THAT(csv.content_type, HasSubstr("text/csv"));
  EXPECT_EQ(csv.body, "i,two,i,none,half\r\n1,false,'=1+1,,1.5\r\n2,true,'=1+2,,1.5\r\n");
  EXPECT_EQ(sql(kRows, "format=ndjson").body,
            "{\"i\":1,\"two\":false,\"i_2\":\"=1+1\",\"none\":null,\"half\":1.5}\n"
            "{\"i\":2,\"two\":true,\"i_2\":\"=1+2\",\"none\":null,\"half\":1.5}\n");
}

TEST_F(SqlRoutesTest, WhatIsNoQuestionIsRefused) {
  expect_code(ask("SELECT 1"), 400, "gm-query-invalid");
  expect_code(ask("{}"), 400, "gm-query-invalid");
  expect_code(ask(R"({"sql":1})"), 400, "gm-query-invalid");
  expect_code(ask(R"({"sql":"SELECT 1","project":2})"), 400, "gm-query-invalid");
  expect_code(sql("SELECT 1", "format=xml"), 400, "gm-query-invalid");
  expect_code(sql("SELECT FROM"), 400, "gm-sql-malformed");
  expect_code(sql("DROP TABLE events"), 400, "gm-sql-refused");
  expect_code(sql("SELECT x FROM events"), 400, "gm-sql-failed");
}

TEST_F(SqlRoutesTest, LimitsHaveTheirOwnCodes) {
  SqlSettings settings = SqlSettings::from(config::Settings::defaults());
  settings.rows_max = 10;
  limit(settings);
  EXPECT_EQ(sql("SELECT * FROM range(10)").status, 200);
  expect_code(sql("SELECT * FROM range(11)"), 422, "gm-sql-too-large");
  settings.rows_max = 1000;
  settings.answer_bytes_max = 2000;
  limit(settings);
  expect_code(sql("SELECT 'a text of some length' FROM range(1000)"), 422, "gm-sql-too-large");
  settings.concurrent_max = 0;
  limit(settings);
  expect_code(sql("SELECT 1"), 429, "gm-sql-busy");
  settings.concurrent_max = 1;
  settings.concurrent_total_max = 0;
  limit(settings);
  expect_code(sql("SELECT 1"), 429, "gm-sql-busy");
  settings.enabled = false;
  limit(settings);
  expect_code(sql("SELECT 1"), 403, "gm-sql-disabled");
}

TEST_F(SqlRoutesTest, TheContractIsListed) {
  const Json contract = get_json("/api/v1/sql/tables");
  EXPECT_EQ(contract["tables"].size(), 7u);
  EXPECT_EQ(contract["tables"][0]["name"], "events");
}

}  // namespace
}  // namespace gm::analytics_api
