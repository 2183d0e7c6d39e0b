// GraphQL over a WebSocket without one: what the client says is handed to the reader, what it hears is recorded.

#include <chrono>
#include <deque>
#include <thread>

#include "lib/telemetry/catalog_graphql.h"
#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Jobs run at once, unless they are held.
class RecordingSocket final : public http::WebSocket {
 public:
  bool send(std::string_view text) override {
    const std::lock_guard lock(mutex);
    if (!closed.empty()) return false;
    said.emplace_back(text);
    return true;
  }
  bool open() const override {
    const std::lock_guard lock(mutex);
    return closed.empty();
  }
  size_t waiting_bytes() const override { return 0; }
  void close(uint16_t code, std::string_view reason) override {
    const std::lock_guard lock(mutex);
    closed = std::to_string(code) + " " + std::string(reason);
  }
  // In the midst of on_text(), whose lock it needs: so on another thread, as on a server.
  bool run(std::function<void()> job) override {
    if (full) return false;
    jobs.push_back(std::move(job));
    return true;
  }
  void work() {
    for (; !jobs.empty(); jobs.pop_front()) jobs.front()();
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex);
    return std::exchange(said, {});
  }

  mutable std::mutex mutex;
  std::vector<std::string> said;
  std::string closed;
  bool full = false;
  std::deque<std::function<void()>> jobs;
};

struct GraphqlSocketTest : ApiTest {
  ~GraphqlSocketTest() override { end(); }

  // The refusal, if it is none.
  std::optional<http::Response> open(const std::vector<std::pair<std::string_view, std::string_view>>& more = {},
                                     std::string_view protocol = "graphql-transport-ws") {
    http::Request request;
    request.headers = {{"Host", "localhost"}, {"Sec-WebSocket-Protocol", protocol}};
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    socket = std::make_shared<RecordingSocket>();
    auto taken = router->sockets.at("/graphql")(request, socket);
    if (auto* refusal = std::get_if<http::Response>(&taken)) return std::move(*refusal);
    reader = std::get<http::SocketTerms>(taken).reader;
    return std::nullopt;
  }
  void end(http::SocketEnd why = http::SocketEnd::client_closed) {
    if (reader) std::exchange(reader, nullptr)->on_end(why);
  }
  // The answers.
  std::vector<std::string> say(const Json& message) {
    reader->on_text(message.dump());
    socket->work();
    return socket->take();
  }
  static Json init(const std::string& key) {
    return {{"type", "connection_init"}, {"payload", {{"Authorization", "Bearer " + key}}}};
  }
  static Json ask(const std::string& id, std::string_view query) {
    return {{"type", "subscribe"}, {"id", id}, {"payload", {{"query", query}}}};
  }
  void greet() {
    ASSERT_FALSE(open().has_value());
    ASSERT_THAT(say(init(project_key)), ElementsAre(R"({"type":"connection_ack"})"));
  }
  // Waits for the threads of subscriptions.
  std::string heard_within_reason() {
    for (int i = 0; i < 2000; ++i) {
      if (const auto said = socket->take(); !said.empty()) return said.front();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return "nothing";
  }
  void change(const std::function<void(SocketSettings&)>& how) {
    ApiSettings changed = settings;
    how(changed.graphql.sockets);
    register_with(changed);
  }

  std::shared_ptr<RecordingSocket> socket;
  std::shared_ptr<http::SocketReader> reader;
};

constexpr std::string_view kQuery = "{ pipeline { logEnd } }";
constexpr std::string_view kSubscription = "subscription { pipeline { logEnd } }";

TEST_F(GraphqlSocketTest, AQueryHasOneResponseAndAnEnd) {
  greet();
  const auto said = say(ask("a", kQuery));
  ASSERT_EQ(said.size(), 2u);
  EXPECT_THAT(said[0], HasSubstr(R"({"id":"a","type":"next","payload":{"data":{"pipeline":{"logEnd":900}})"));
  EXPECT_EQ(said[1], R"({"id":"a","type":"complete"})");
  EXPECT_EQ(say(ask("a", kQuery)).size(), 2u) << "an id may be used again";
}

TEST_F(GraphqlSocketTest, ASubscriptionGoesOnUntilItsClientEndsIt) {
  greet();
  EXPECT_THAT(say(ask("s", kSubscription)), testing::Each(HasSubstr("next")));
  if (socket->said.empty()) heard_within_reason();
  EXPECT_THAT(say({{"type", "complete"}, {"id", "s"}}), IsEmpty());
  EXPECT_THAT(say({{"type", "complete"}, {"id", "never was"}}), IsEmpty());
  EXPECT_TRUE(socket->open());
}

TEST_F(GraphqlSocketTest, AnOperationOfWhichNothingRunsIsAnError) {
  greet();
  for (const auto& [query, code] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"{ nothing }", "gm-graphql-invalid"},
           {"{", "gm-graphql-syntax"},
           {"subscription { live(every: 0) { asOf } }", "gm-query-invalid"}}) {
    EXPECT_THAT(say(ask("e", query)), ElementsAre(AllOf(HasSubstr(R"({"id":"e","type":"error","payload":[{)"),
                                                        HasSubstr("\"code\":\"" + std::string(code) + "\""))))
        << query;
  }
}

TEST_F(GraphqlSocketTest, PingsAreAnsweredBeforeTheGreetingToo) {
  ASSERT_FALSE(open().has_value());
  EXPECT_THAT(say({{"type", "ping"}}), ElementsAre(R"({"type":"pong"})"));
  EXPECT_THAT(say({{"type", "ping"}, {"payload", {{"n", 1}}}}), ElementsAre(R"({"type":"pong","payload":{"n":1}})"));
  EXPECT_THAT(say({{"type", "pong"}}), IsEmpty());
}

TEST_F(GraphqlSocketTest, TheKeyMayComeInTheHeaderOfTheRequest) {
  const std::string authorization = "Bearer " + project_key;
  ASSERT_FALSE(open({{"Authorization", authorization}}).has_value());
  EXPECT_THAT(say({{"type", "connection_init"}}), ElementsAre(R"({"type":"connection_ack"})"));
  EXPECT_EQ(open({{"Authorization", "Bearer gm_pk_nothing"}})->status, 401);
  const std::string write = "Bearer " + write_key;
  EXPECT_EQ(open({{"Authorization", write}})->status, 403);
}

TEST_F(GraphqlSocketTest, OtherPagesAndOtherProtocolsAreRefused) {
  EXPECT_THAT(open({{"Origin", "https://evil.example"}})->body, HasSubstr("gm-origin-not-allowed"));
  EXPECT_FALSE(open({{"Origin", "https://localhost"}}).has_value());
  end();
  const auto refusal = open({}, "graphql-ws");
  EXPECT_EQ(refusal->status, 400);
  EXPECT_THAT(refusal->body, HasSubstr("gm-socket-protocol"));
}

// What is wrong, and the close that it leads to.
TEST_F(GraphqlSocketTest, WhatTheProtocolForbidsClosesTheSocket) {
  const Json greeting = init(project_key);
  const std::vector<std::pair<std::vector<Json>, std::string>> cases = {
      {{{{"type", "hello"}}},
       "4400 gm-graphql-message-malformed: a client's message has a \"type\" of graphql-transport-ws"},
      {{greeting, {{"type", "subscribe"}, {"id", "1"}, {"payload", Json::object()}}},
       "4400 gm-graphql-body-malformed: \"query\" is missing or no string"},
      {{ask("1", kQuery)}, "4401 Unauthorized"},
      {{init("gm_pk_nothing")}, "4403 gm-key-unknown: this key is not known here, or was revoked"},
      {{{{"type", "connection_init"}}},
       "4403 gm-key-missing: no key was given; send it as 'Authorization: Bearer gm_...'"},
      {{init(write_key)},
       "4403 gm-key-wrong-kind: a write key may only send events; reading needs a project key (gm_pk_...)"},
      {{greeting, greeting}, "4429 Too many initialisation requests"},
      {{greeting, ask("s", kSubscription), ask("s", kQuery)}, "4409 Subscriber for s already exists"}};
  for (const auto& [messages, closed] : cases) {
    ASSERT_FALSE(open().has_value());
    for (const Json& message : messages) say(message);
    EXPECT_EQ(socket->closed, closed);
    EXPECT_THAT(say({{"type", "ping"}}), IsEmpty()) << "nothing is said after " << closed;
    end(http::SocketEnd::closed_here);
  }
  EXPECT_EQ(counted(telemetry::kGraphqlSocketsClosed, "bad_message"), 2u);
  EXPECT_EQ(counted(telemetry::kGraphqlSocketsClosed, "not_initialised"), 1u);
  EXPECT_EQ(counted(telemetry::kGraphqlSocketsClosed, "forbidden"), 3u);
  EXPECT_EQ(counted(telemetry::kGraphqlSocketsClosed, "init_repeated"), 1u);
  EXPECT_EQ(counted(telemetry::kGraphqlSocketsClosed, "id_taken"), 1u);
}

TEST_F(GraphqlSocketTest, AClientThatDoesNotGreetInTimeIsClosed) {
  ASSERT_FALSE(open().has_value());
  reader->on_time();
  EXPECT_EQ(socket->closed, "4408 Connection initialisation timeout");
  greet();
  reader->on_time();
  EXPECT_TRUE(socket->open());
}

TEST_F(GraphqlSocketTest, AKeyRevokedMeanwhileRunsNothingMore) {
  greet();
  keys.replace({});
  say(ask("1", kQuery));
  EXPECT_THAT(socket->closed, HasSubstr("4403 gm-key-unknown"));
}

TEST_F(GraphqlSocketTest, SocketsAndTheirOperationsAreBounded) {
  change([](SocketSettings& sockets) { sockets.sockets_max = 1, sockets.operations_max = 1; });
  greet();
  const auto first = reader;
  say(ask("s", kSubscription));
  EXPECT_THAT(say(ask("t", kQuery)), testing::Contains(AllOf(HasSubstr(R"("id":"t","type":"error")"),
                                                             HasSubstr("gm-graphql-too-many-operations"))));
  EXPECT_EQ(registry.gauge(telemetry::kGraphqlSockets).value(), 1);
  const auto second = open();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->status, 429);
  EXPECT_THAT(second->body, HasSubstr("gm-graphql-too-many-sockets"));
  end();
}

TEST_F(GraphqlSocketTest, AKeyHasItsOwnBound) {
  change([](SocketSettings& sockets) { sockets.per_key_max = 0; });
  ASSERT_FALSE(open().has_value());
  say(init(project_key));
  EXPECT_THAT(socket->closed, HasSubstr("1013 gm-graphql-too-many-sockets"));
}

TEST_F(GraphqlSocketTest, AFullPoolRefusesTheOperationOnly) {
  greet();
  socket->full = true;
  EXPECT_THAT(say(ask("1", kQuery)), ElementsAre(HasSubstr("gm-overloaded")));
  socket->full = false;
  EXPECT_EQ(say(ask("1", kQuery)).size(), 2u);
}

TEST_F(GraphqlSocketTest, AServerThatStopsAnswersWhatRunsAndThenGoes) {
  greet();
  say(ask("s", kSubscription));
  reader->on_text(ask("q", kQuery).dump());
  reader->on_server_stops();
  EXPECT_TRUE(socket->open());
  EXPECT_THAT(say(ask("late", kQuery)), testing::Contains(HasSubstr("gm-server-stopping")));
  EXPECT_EQ(socket->closed, "1001 gm-server-stopping: connect again");
  for (const std::string& said : socket->take()) EXPECT_THAT(said, Not(HasSubstr(R"("id":"s","type":"complete")")));
}

TEST_F(GraphqlSocketTest, WhatTheClientHasEndedIsNotAnswered) {
  greet();
  reader->on_text(ask("q", kQuery).dump());
  reader->on_text(R"({"type":"complete","id":"q"})");
  socket->work();
  EXPECT_THAT(socket->take(), IsEmpty());
}

TEST_F(GraphqlSocketTest, AProjectSeesItsOwnEventsOnly) {
  greet();
  say(ask("s", "subscription { liveEvents { event playerId } }"));
  store::LiveEvent event;
  event.event = "win";
  event.player = "zoe";
  live.publish(kOtherGame, {event});
  event.player = "ada";
  live.publish(kGame, {event});
  std::string heard = "nothing";
  for (int i = 0; i < 2000 && heard == "nothing"; ++i) {
    clock.advance_ms(250);
    live.publish(kGame, {});
    if (const auto said = socket->take(); !said.empty()) heard = said.front();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_THAT(
      heard,
      HasSubstr(R"({"id":"s","type":"next","payload":{"data":{"liveEvents":[{"event":"win","playerId":"ada"}]})"));
  end();
  // An operation that another thread has at hand lets its socket go a little later.
  for (int i = 0; i < 2000 && registry.gauge(telemetry::kGraphqlSockets).value() != 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(registry.gauge(telemetry::kGraphqlSockets).value(), 0);
}

}  // namespace
}  // namespace gm::analytics_api
