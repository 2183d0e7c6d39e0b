#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {

ApiTest::ApiTest() {
  metadata.rows = {{kGame, "Demo game", "UTC", "USD", moment("2026-10-01T00:00:00Z")},
                   {kOtherGame, "Another game", "Asia/Shanghai", "CNY", moment("2026-10-02T00:00:00Z")}};
  SeededRandom random(7);
  const auto project = security::make_key(security::KeyKind::project, random);
  const auto other = security::make_key(security::KeyKind::project, random);
  const auto write = security::make_key(security::KeyKind::write, random);
  project_key = project.text;
  other_project_key = other.text;
  write_key = write.text;
  keys.replace({{project.hash, {kGame, security::KeyKind::project}},
                {other.hash, {kOtherGame, security::KeyKind::project}},
                {write.hash, {kGame, security::KeyKind::write}}});
  facts = {.log_end = 900,
           .processed = 900,
           .stored = 883,
           .duplicates = 10,
           .rejected = 7,
           .last_commit_ms = clock.now_ms() - 2000};
  limit_exports(ExportSettings::from(config::Settings::defaults()));
}

void ApiTest::limit_exports(ExportSettings limits) {
  router.reset();
  exports = std::make_unique<Exports>(ExportDependencies{parquet, clock, registry, limits});
  register_with(ApiSettings::from(config::Settings::defaults()));
}

void ApiTest::register_sql(SqlSettings limits) {
  register_sql_routes(
      *router, {*folder.store, metadata, keys, clock, registry, [this] { return facts; }, running, *exports, limits});
}

ApiTest::~ApiTest() { router.reset(); }

void ApiTest::register_with(ApiSettings with) {
  settings = with;
  store::AnalyticsStore& store = failing ? static_cast<store::AnalyticsStore&>(*failing) : *folder.store;
  router = std::make_unique<RecordingRouter>();
  register_routes(*router, {store, metadata, declarations, live, keys, clock, registry, [this] { return facts; },
                            running, *exports, settings,
                            [this](ProjectId, const Uuid& link) {
                              undone.push_back(link);
                              return Status();
                            },
                            documents,
                            telemetry::Logger::to_function(telemetry::Level::info, telemetry::LogFormat::json, clock,
                                                           [this](std::string_view line) { lines.emplace_back(line); }),
                            nullptr, router.get(), folder.store.get()});
  register_sql(SqlSettings::from(config::Settings::defaults()));
  register_query_routes(*router, {metadata, keys, clock, registry, running});
  register_kept_routes(*router,
                       {kept_items, metadata, keys, clock, registry, KeptSettings::from(config::Settings::defaults())});
}

void ApiTest::fail_with(std::string code) {
  router.reset();
  failing = std::make_unique<FailingStore>(std::move(code));
  register_with(settings);
}

http::Response ApiTest::get(std::string_view pattern, std::string_view query, std::string_view key,
                            std::string_view name) {
  const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
  http::Request request;
  request.path = pattern;
  request.query = query;
  if (key != "none") request.headers.emplace_back("Authorization", authorization);
  if (!name.empty()) request.path_parameters.push_back(name);
  request.trace_id = "0123456789abcdef0123456789abcdef";
  return router->handlers.at(std::string(pattern))(request);
}

Json ApiTest::get_json(std::string_view pattern, std::string_view query, std::string_view name) {
  const http::Response response = get(pattern, query, {}, name);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.content_type, "application/json");
  return Json::parse(response.body);
}

http::Response ApiTest::open_stream(std::shared_ptr<RecordingStream> stream, std::string_view key,
                                    std::string_view query) {
  const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
  http::Request request;
  request.query = query;
  request.headers.emplace_back("authorization", authorization);
  return router->streams.at("/api/v1/live/stream")(request, std::move(stream));
}

void ApiTest::apply(const store::MicroBatch& batch) {
  const Status status = folder.store->apply(batch);
  ASSERT_TRUE(status.ok()) << status.error().message;
}

}  // namespace gm::analytics_api
