// Answers that are streamed: their forms, their limits, what breaks them off; and cancelling.

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "lib/telemetry/catalog_queries.h"
#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Long enough for any machine: only a cancel ends it in time.
constexpr const char* kHeavy = "SELECT count(*) FROM range(2000000) a, range(2000000) b WHERE a.range + b.range = -1";
constexpr int kMany = 200'000;

struct ExportsTest : ApiTest {
  ExportsTest() { std::signal(SIGPIPE, SIG_IGN); }

  struct Asked {
    std::string authorization, body, query, accept, id;
    std::stop_token gone;
  };
  http::Request request_of(const Asked& asked) {
    http::Request request;
    request.method = http::Method::post;
    request.path = "/api/v1/sql";
    request.query = asked.query;
    request.body = asked.body;
    request.trace_id = "0123456789abcdef0123456789abcdef";
    request.client_gone = asked.gone;
    request.headers.emplace_back("Authorization", asked.authorization);
    if (!asked.accept.empty()) request.headers.emplace_back("Accept", asked.accept);
    if (!asked.id.empty()) request.headers.emplace_back("X-Query-Id", asked.id);
    return request;
  }
  Asked sql(const std::string& text, std::string query = "", std::string id = "") {
    return {"Bearer " + project_key, Json{{"sql", text}}.dump(), std::move(query), "", std::move(id), {}};
  }
  http::Response ask(const Asked& asked) { return router->handlers.at("/api/v1/sql")(request_of(asked)); }
  http::Response cancel(std::string_view id, std::string_view key = "") {
    return get("/api/v1/queries/{id}", "", key, id);
  }
  Json running_now(std::string_view key = "") { return Json::parse(get("/api/v1/queries", "", key).body)["queries"]; }
  // Until a question of this id is listed.
  void wait_until_running(const std::string& id) {
    for (int i = 0; i < 1000; ++i) {
      for (const Json& query : running_now()) {
        if (query["id"] == id) return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "never ran";
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }
  static std::string code(const http::Response& response) { return Json::parse(response.body).value("code", ""); }
  uint64_t broken(std::string_view reason) { return counted(telemetry::kExportsBroken, reason); }
};

TEST_F(ExportsTest, AFormIsAskedForByParameterOrByHeader) {
  Asked asked = sql("SELECT 1 AS one");
  EXPECT_EQ(ask(asked).content_type, "application/json");
  asked.accept = "text/html, */*;q=0.8";
  EXPECT_EQ(ask(asked).content_type, "application/json");
  asked.accept = "text/csv;q=0.5, application/x-ndjson";
  EXPECT_EQ(ask(asked).body, "{\"one\":1}\n");
  asked.accept = "text/csv, application/x-ndjson;q=0.1";
  const auto csv = ask(asked);
  EXPECT_EQ(csv.body, "one\r\n1\r\n");
  EXPECT_EQ(header(csv, "Content-Disposition"), "attachment; filename=\"sql.csv\"");
  asked.accept = "application/vnd.apache.parquet";
  const auto file = ask(asked);
  EXPECT_EQ(file.content_type, "application/vnd.apache.parquet");
  EXPECT_THAT(file.body, StartsWith("PAR1"));
  EXPECT_EQ(file.body.substr(file.body.size() - 4), "PAR1");
  asked.query = "format=json";  // wins
  EXPECT_EQ(ask(asked).content_type, "application/json");
}

TEST_F(ExportsTest, MoreRowsThanAJsonAnswerMayHaveAreExported) {
  SqlSettings few = SqlSettings::from(config::Settings::defaults());
  few.rows_max = 10;
  register_sql(few);
  const std::string statement = fmt::format("SELECT range AS i FROM range({})", kMany);
  EXPECT_EQ(code(ask(sql(statement))), "gm-sql-too-large");
  const std::string csv = ask(sql(statement, "format=csv")).body;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), kMany + 1);
  EXPECT_THAT(csv, HasSubstr(fmt::format("\r\n{}\r\n", kMany - 1)));
  EXPECT_EQ(registry.counter(telemetry::kExportedRows).value(), static_cast<uint64_t>(kMany));
}

TEST_F(ExportsTest, ACellOfCsvTellsNothingFromAnEmptyTextAndRunsNowhere) {
  const auto cell = [&](const char* text) {
    const std::string body = ask(sql(fmt::format("SELECT {} AS c, 1 AS one", text), "format=csv")).body;
    return body.substr(0, body.rfind(",1\r\n")).substr(std::string("c,one\r\n").size());
  };
  EXPECT_EQ(cell("NULL"), "");
  EXPECT_EQ(cell("''"), "\"\"");
  EXPECT_EQ(cell("'a=b'"), "a=b");
  EXPECT_EQ(cell("'@x'"), "'@x");
  EXPECT_EQ(cell("'\n=x'"), "\"'\n=x\"");
  EXPECT_EQ(cell("'\uFF1Dx'"), "'\uFF1Dx");
}

TEST_F(ExportsTest, WhatIsWrongFromTheBeginningHasItsStatus) {
  EXPECT_EQ(code(ask(sql("SELECT FROM", "format=csv"))), "gm-sql-malformed");
  EXPECT_EQ(code(ask(sql("SELECT no_column FROM events", "format=parquet"))), "gm-sql-failed");
  EXPECT_EQ(broken("gm-sql-failed"), 0u);
}

TEST_F(ExportsTest, WhatGoesWrongLaterBreaksTheAnswerOff) {
  // So many that the last one is not yet read when the first one is sent.
  const int rows = kMany / 2;
  const std::string statement = fmt::format(
      "SELECT CAST(CASE WHEN range < {} THEN '1' ELSE 'x' END AS BIGINT) AS n, range AS a, range AS b FROM range({})",
      rows - 1, rows);
  for (const char* format : {"csv", "ndjson", "parquet"}) {
    const auto response = ask(sql(statement, std::string("format=") + format));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "(broken off)") << format;
  }
  EXPECT_EQ(broken("gm-sql-failed"), 3u);
  EXPECT_TRUE(running_now().empty());
}

TEST_F(ExportsTest, LimitsBreakAnAnswerOff) {
  ExportSettings limits = ExportSettings::from(config::Settings::defaults());
  limits.rows_max = 5000;
  limit_exports(limits);
  EXPECT_EQ(ask(sql("SELECT 1 FROM range(5000)", "format=csv")).status, 200);
  EXPECT_EQ(broken("gm-export-too-large"), 0u);
  EXPECT_EQ(ask(sql("SELECT 1 FROM range(5001)", "format=csv")).body, "(broken off)");
  EXPECT_EQ(broken("gm-export-too-large"), 1u);
  limits.rows_max = kMany;
  limits.bytes_max = 100'000;
  limit_exports(limits);
  EXPECT_EQ(ask(sql(fmt::format("SELECT 'some text' FROM range({})", kMany), "format=csv")).body, "(broken off)");
  EXPECT_EQ(broken("gm-export-too-large"), 2u);
  limits.timeout_ms = 10;
  limit_exports(limits);
  EXPECT_EQ(code(ask(sql(kHeavy, "format=csv"))), "gm-sql-timeout");
}

TEST_F(ExportsTest, PlacesAreLimited) {
  ExportSettings limits = ExportSettings::from(config::Settings::defaults());
  limits.concurrent_max = 0;
  limit_exports(limits);
  const auto busy = ask(sql("SELECT 1", "format=csv"));
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(code(busy), "gm-export-busy");
  EXPECT_EQ(ask(sql("SELECT 1")).status, 200);  // JSON has places of its own
}

TEST_F(ExportsTest, AHeavyStatementIsCancelledByItsId) {
  for (const char* query : {"", "format=csv"}) {
    http::Response answer;
    std::thread asker([&] { answer = ask(sql(kHeavy, query, "mine")); });
    wait_until_running("mine");
    EXPECT_EQ(running_now()[0]["text"], kHeavy);
    EXPECT_EQ(running_now()[0]["asker"], "key:0");  // keys of these tests have no number
    const auto accepted = cancel("mine");
    asker.join();
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    EXPECT_EQ(answer.status, 409) << answer.body;
    EXPECT_EQ(code(answer), "gm-query-cancelled");
  }
  EXPECT_EQ(counted(telemetry::kQueriesCancelled, "request"), 2u);
  EXPECT_TRUE(running_now().empty());
  EXPECT_EQ(code(cancel("mine")), "gm-query-unknown");
}

TEST_F(ExportsTest, AClientThatGoesCancels) {
  std::stop_source client;
  Asked asked = sql(kHeavy, "", "left");
  asked.gone = client.get_token();
  http::Response answer;
  std::thread asker([&] { answer = ask(asked); });
  wait_until_running("left");
  client.request_stop();
  asker.join();
  EXPECT_EQ(code(answer), "gm-query-cancelled");
  EXPECT_EQ(counted(telemetry::kQueriesCancelled, "client_gone"), 1u);
}

// A reader that takes nothing: send_when_room() waits until the stream is broken off.
struct StuckStream final : http::ResponseStream {
  bool send(std::string) override {
    std::unique_lock lock(mutex);
    ++asked;
    changed.notify_all();
    changed.wait(lock, [this] { return is_broken; });
    return false;
  }
  bool open() const override { return true; }
  void break_off() override {
    const std::lock_guard lock(mutex);
    is_broken = true;
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  int asked = 0;
  bool is_broken = false;
};

TEST_F(ExportsTest, ACancelDoesNotWaitForASlowReader) {
  for (const char* format : {"csv", "parquet"}) {
    const auto stream = std::make_shared<StuckStream>();
    const Asked asked = sql(fmt::format("SELECT 'some text' || range FROM range({})", kMany * 10),
                            std::string("format=") + format, "slow");
    EXPECT_EQ(router->streams.at("/api/v1/sql")(request_of(asked), stream).status, 200);
    {
      std::unique_lock lock(stream->mutex);
      stream->changed.wait(lock, [&] { return stream->asked > 0; });
    }
    EXPECT_EQ(running_now().size(), 1u);
    EXPECT_EQ(cancel("slow").status, 202);
    for (int i = 0; i < 1000 && !running_now().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(running_now().empty());
  }
  EXPECT_EQ(broken("gm-query-cancelled"), 2u);
}

TEST_F(ExportsTest, AProjectSeesAndCancelsItsOwnOnly) {
  http::Response answer;
  std::thread asker([&] { answer = ask(sql(kHeavy, "", "secret")); });
  wait_until_running("secret");
  EXPECT_TRUE(running_now(other_project_key).empty());
  const auto refused = cancel("secret", other_project_key);
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(code(refused), "gm-query-unknown");
  EXPECT_EQ(get("/api/v1/queries", "", write_key).status, 403);
  EXPECT_EQ(cancel("secret", write_key).status, 403);
  Asked theirs = sql("SELECT 1", "", "secret");  // the same id is another question there
  theirs.authorization = "Bearer " + other_project_key;
  EXPECT_EQ(ask(theirs).status, 200);
  EXPECT_EQ(code(ask(sql("SELECT 1", "", "secret"))), "gm-query-id-taken");
  EXPECT_EQ(cancel("secret").status, 202);
  asker.join();
  EXPECT_EQ(code(answer), "gm-query-cancelled");
}

TEST_F(ExportsTest, EveryQuestionHasAnId) {
  EXPECT_EQ(header(ask(sql("SELECT 1", "", "given-1")), "X-Query-Id"), "given-1");
  EXPECT_THAT(header(ask(sql("SELECT 1", "format=csv")), "X-Query-Id"),
              StartsWith("0123456789abcdef0123456789abcdef-"));
  EXPECT_THAT(header(get("/api/v1/project"), "X-Query-Id"), StartsWith("0123456789abcdef0123456789abcdef-"));
  EXPECT_EQ(header(ask(sql("SELECT no_column FROM events", "", "refused-1")), "X-Query-Id"), "refused-1");
  EXPECT_EQ(code(ask(sql("SELECT 1", "", "no id"))), "gm-query-id-invalid");
  EXPECT_EQ(code(ask(sql("SELECT 1", "", std::string(65, 'x')))), "gm-query-id-invalid");
}

TEST_F(ExportsTest, QuestionsOfTheMetricsAreCancelledToo) {
  std::stop_source client;
  client.request_stop();
  http::Request request;
  const std::string authorization = "Bearer " + project_key;
  request.headers.emplace_back("Authorization", authorization);
  request.query = "from=2026-11-20&to=2026-11-23";
  request.path_parameters.push_back("dau");
  request.client_gone = client.get_token();
  const auto answer = router->handlers.at("/api/v1/metrics/{name}")(request);
  EXPECT_EQ(answer.status, 409) << answer.body;
  EXPECT_EQ(code(answer), "gm-query-cancelled");
}

TEST_F(ExportsTest, AMetricIsAFileOfItsDays) {
  const auto csv = metric("dau", "from=2026-11-22&to=2026-11-23&format=csv");
  EXPECT_EQ(csv.status, 200) << csv.body;
  EXPECT_THAT(csv.body, StartsWith("date,value,provisional\r\n2026-11-22,0.0,true\r\n"));
  EXPECT_THAT(metric("dau", "from=2026-11-22&to=2026-11-23&format=parquet").body, StartsWith("PAR1"));
}

}  // namespace
}  // namespace gm::analytics_api
