#pragma once
// For tests: the whole of ingestion against a log that confirms when the test says so.

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/http/route_table.h"
#include "lib/telemetry/catalog.h"
#include "services/event_ingestion/fake_event_log.h"
#include "services/event_ingestion/ingestion.h"

namespace gm::event_ingestion {

// Two good events around one without a player.
inline constexpr const char* kMixed =
    R"({"events":[{"event":"a","player_id":"p"},{"event":"b"},{"event":"c","player_id":"p"}]})";

struct IngestionFixture : testing::Test {
  explicit IngestionFixture(const KeyLimits& limits = {0, 0, 0, 1000},
                            std::initializer_list<std::pair<std::string_view, std::string_view>> chosen = {})
      : key_limits(limits),
        settings(settings_with(chosen)),
        ring({{write_key.hash, {ProjectId::from_stored(3), security::KeyKind::write}},
              {project_key.hash, {ProjectId::from_stored(3), security::KeyKind::project}}}) {
    ingestion.register_routes(routes);
  }

  // Starts a request; its answer shows up in `answer`.
  void post(std::string_view path, std::string body,
            std::vector<std::pair<std::string_view, std::string_view>> headers = {}, std::string_view query = "") {
    ask(http::Method::post, path, std::move(body), std::move(headers), query);
  }
  void get(std::string_view path, std::string_view query) { ask(http::Method::get, path, "", {}, query); }
  void ask(http::Method method, std::string_view path, std::string body,
           std::vector<std::pair<std::string_view, std::string_view>> headers, std::string_view query) {
    body_bytes = std::move(body) + std::string(http::kBodyPadding, '\0');
    request = {};
    request.method = method;
    request.path = path;
    request.query = query;
    request.body = std::string_view(body_bytes).substr(0, body_bytes.size() - http::kBodyPadding);
    request.headers = std::move(headers);
    request.trace_id = "0123456789abcdef0123456789abcdef";
    request.peer = peer;
    request.received_ms = 1'795'435'200'000;
    std::vector<std::string_view> parameters;
    const http::Route* route = routes.find(path, parameters);
    ASSERT_NE(route, nullptr);
    answer.reset();
    std::get<http::AsyncHandler>(route->endpoint(method)->handler)(
        request, [this](http::Response response) { answer = std::move(response); });
  }
  void send(std::string body) { post("/v1/events", std::move(body), {{"Authorization", authorization}}); }
  uint64_t events(std::string_view source, std::string_view outcome) {
    return registry.counter(telemetry::kIngestEvents, {source, outcome}).value();
  }

  uint64_t requests(std::string_view source, std::string_view code) {
    return registry.counter(telemetry::kIngestRequests, {source, code}).value();
  }

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : answer->headers) {
      if (key == name) return value;
    }
    return "";
  }
  static config::Settings settings_with(std::initializer_list<std::pair<std::string_view, std::string_view>> chosen) {
    config::Settings made = config::Settings::defaults();
    for (const auto& [name, value] : chosen) EXPECT_TRUE(made.set(name, value, "test").ok()) << name;
    return made;
  }

  const KeyLimits key_limits;
  const config::Settings settings;
  SeededRandom random{5};
  const security::NewKey write_key = security::make_key(security::KeyKind::write, random);
  const security::NewKey project_key = security::make_key(security::KeyKind::project, random);
  const std::string authorization = "Bearer " + write_key.text;
  security::KeyRing ring;
  FakeEventLog log;
  telemetry::Registry registry;
  http::ByteBudget budget{1 << 20};
  http::RouteTable routes;
  ManualClock clock{1'795'435'200'000};
  Ingestion ingestion{
      IngestSettings::from(settings),
      key_limits,
      {log, ring, registry, budget, clock, TrustedProxies::parse(settings.text("http.trusted_proxies")).value()}};
  std::string body_bytes;
  std::string_view peer = "198.51.100.7";
  http::Request request;  // stays until it is answered, as a connection's does
  std::optional<http::Response> answer;
};

}  // namespace gm::event_ingestion
