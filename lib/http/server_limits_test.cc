// What a server does with clients that want too much, are too slow, or lie: over real loopback sockets.

#include <gmock/gmock.h>

#include <thread>

#include "lib/http/server_test_fixture.h"

namespace gm::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(HttpServer, SmuggledRequestsAreNeverAnswered) {
  start();
  for (const std::string& request :
       {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" +
            get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 40\r\n\r\n" + get("/hello"),
        "GET /echo HTTP/1.1\nHost: x\n\n" + get("/hello"),
        "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n" + get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n" + get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n" + get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n0\r\n\r\n" +
            get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5 ;a\r\nhello\r\n0\r\n\r\n" +
            get("/hello"),
        "GET /echo HTTP/1.1\r\nHost: x\r\nA: b\rX: y\r\n\r\n" + get("/hello")}) {
    LoopbackTestClient client(server->port());
    client.send(request);
    bool closed = false;
    const std::string all = client.read_rest(&closed);
    EXPECT_THAT(all, StartsWith("HTTP/1.1 400 ")) << request;
    EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(all, Not(HasSubstr("\r\n\r\nhello"))) << request;
    EXPECT_TRUE(closed) << request;
  }
}

TEST_F(HttpServer, TheBudgetIsCheckedBeforeTheBodyIsRead) {
  settings.in_flight_bytes_max = 1000;
  answer_at_once = false;
  start();
  LoopbackTestClient first(server->port());
  first.send(post("/async", std::string(800, 'x')));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  EXPECT_EQ(server->budget().used(), 800u);
  const std::string refused = ask("POST /async HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("\"code\":\"gm-overloaded\""));
  waiting[0](text("stored"));
  EXPECT_THAT(first.read_answer(), HasSubstr("stored"));
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
  answer_at_once = true;
  EXPECT_THAT(ask(post("/async", std::string(300, 'x'))), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, SlowHeadsAndBodiesAre408) {
  settings.header_timeout_ms = 150;
  settings.body_timeout_ms = 150;
  start();
  EXPECT_THAT(ask("GET /hello HTTP/1.1\r\nHost"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

TEST_F(HttpServer, ATrickleIsNoProgress) {
  settings.body_timeout_ms = 200;
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  std::thread trickle([&] {
    for (int i = 0; i < 12; ++i) {
      if (!client.send("x")) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 408 "));
  trickle.join();
}

TEST_F(HttpServer, IdleConnectionsAreClosed) {
  settings.idle_timeout_ms = 150;
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/hello"));
  EXPECT_THAT(client.read_answer(), HasSubstr("hello"));
  bool closed = false;
  EXPECT_EQ(client.read_rest(&closed), "");
  EXPECT_TRUE(closed);
}

TEST_F(HttpServer, ConnectionsBeyondTheLimitAreClosedAtOnce) {
  settings.connections_max = 2;
  start();
  LoopbackTestClient a(server->port());
  LoopbackTestClient b(server->port());
  a.send(get("/hello"));
  b.send(get("/hello"));
  EXPECT_THAT(a.read_answer(), HasSubstr("hello"));
  EXPECT_THAT(b.read_answer(), HasSubstr("hello"));
  EXPECT_THAT(registry.expose(), HasSubstr("gamemetrics_http_connections 2\n"));
  EXPECT_EQ(ask(get("/hello")), "");
  a.close();
  EXPECT_TRUE(eventually([&] { return registry.gauge(telemetry::kHttpConnections).value() == 1; }));
  EXPECT_THAT(ask(get("/hello")), HasSubstr("hello"));
}

TEST_F(HttpServer, AChunkedBodyOverTheLimitIs413) {
  settings.body_bytes_max = 10'000;
  start();
  std::string request = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) request += "3e8\r\n" + std::string(1000, 'x') + "\r\n";
  EXPECT_THAT(ask(request), StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

TEST_F(HttpServer, ATooLargeBodyIsRefusedUnread) {
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\nExpect: 100-continue\r\n\r\n");
  bool closed = false;
  const std::string all = client.read_rest(&closed);
  EXPECT_THAT(all, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(all, Not(HasSubstr("100 Continue")));
  EXPECT_TRUE(closed);
}

TEST_F(HttpServer, TheAnswerToARefusedBodySurvivesTheBodyOnItsWay) {
  start();
  // 3 MiB do not fit the socket buffers: without lingering the client would see a reset instead of the answer.
  LoopbackTestClient client(server->port());
  client.send(post("/echo", std::string(3 << 20, 'x')));
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServer, LargeHeadersAre431) {
  start();
  EXPECT_THAT(ask("GET /hello HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask("GET /" + std::string(20000, 'a')), StartsWith("HTTP/1.1 431 ")) << "without an end in sight";
  EXPECT_THAT(ask("GET /hello HTTP/1.1\r\nHost: x\r\nA: " + std::string(7000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

// The declared length keeps nobody else out: what counts is what has arrived.
TEST_F(HttpServer, TheBudgetIsTakenAsTheBodyArrives) {
  settings.in_flight_bytes_max = 100'000;
  start();
  LoopbackTestClient promises(server->port());
  promises.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n" + std::string(100, 'x'));
  ASSERT_TRUE(eventually([&] { return server->budget().used() > 0; }));
  EXPECT_LE(server->budget().used(), 4096u);
  EXPECT_THAT(ask(post("/echo", std::string(80'000, 'y'))), StartsWith("HTTP/1.1 200 "));
  promises.send(std::string(89'900, 'x'));
  EXPECT_THAT(promises.read_answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

TEST_F(HttpServer, ABodyThatNoLongerFitsTheBudgetIs503) {
  settings.in_flight_bytes_max = 100'000;
  answer_at_once = false;
  start();
  LoopbackTestClient first(server->port());
  first.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n" + std::string(100, 'x'));
  ASSERT_TRUE(eventually([&] { return server->budget().used() > 0; }));
  LoopbackTestClient second(server->port());
  second.send(post("/async", std::string(80'000, 'y')));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  first.send(std::string(89'900, 'x'));
  EXPECT_THAT(first.read_answer(), StartsWith("HTTP/1.1 503 "));
  waiting[0](text("stored"));
  EXPECT_THAT(second.read_answer(), HasSubstr("stored"));
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

// Sends `pieces` times 1100 bytes, which is progress each time, with `pause_ms` between them.
void send_slowly(LoopbackTestClient& client, int pieces, int pause_ms) {
  for (int i = 0; i < pieces; ++i) {
    if (!client.send(std::string(1100, 'x'))) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

TEST_F(HttpServer, ABodyBelowTheMinimumRateIs408ThoughItGetsOn) {
  settings.body_timeout_ms = 300;
  settings.body_rate_min = 1 << 20;
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 110000\r\n\r\n");
  std::thread sender([&] { send_slowly(client, 30, 50); });
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 408 "));
  sender.join();
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

TEST_F(HttpServer, AChunkedBodyBelowTheMinimumRateIs408ThoughItGetsOn) {
  settings.body_timeout_ms = 300;
  settings.body_rate_min = 1 << 20;
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1adb0\r\n");
  std::thread sender([&] { send_slowly(client, 30, 50); });
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 408 "));
  sender.join();
}

TEST_F(HttpServer, ABodyAboveTheMinimumRateMayTakeLongerThanTheTimeout) {
  settings.body_timeout_ms = 300;
  settings.body_rate_min = 1000;
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 22000\r\n\r\n");
  send_slowly(client, 20, 30);
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, RefusedConnectionsAreCountedAndToldOnceInAWhile) {
  settings.connections_max = 1;
  start();
  LoopbackTestClient only(server->port());
  only.send(get("/hello"));
  EXPECT_THAT(only.read_answer(), HasSubstr("hello"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(get("/hello")), "");
  EXPECT_EQ(refused("connections_max"), 5u);
  EXPECT_THAT(registry.expose(),
              HasSubstr("gamemetrics_http_connections_refused_total{reason=\"connections_max\"} 5\n"));
  EXPECT_EQ(lines_with("\"setting\":\"http.connections_max\""), 1u);
}

TEST_F(HttpServer, AReaderThatTakesNothingOfItsAnswerIsClosedAndCounted) {
  settings.body_timeout_ms = 200;
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/large"));
  EXPECT_TRUE(eventually([&] { return registry.gauge(telemetry::kHttpConnections).value() == 1; }));
  EXPECT_TRUE(eventually([&] { return registry.gauge(telemetry::kHttpConnections).value() == 0; }));
  EXPECT_EQ(refused("slow_reader"), 1u);
  EXPECT_EQ(lines_with("\"setting\":\"http.body_timeout\""), 1u);
  EXPECT_THAT(registry.expose(), HasSubstr("http_route=\"/large\",http_response_status_code=\"200\"} 1\n"));
}

TEST_F(HttpServer, AnIdleConnectionIsNoRefusal) {
  settings.idle_timeout_ms = 100;
  start();
  LoopbackTestClient client(server->port());
  bool closed = false;
  EXPECT_EQ(client.read_rest(&closed), "");
  EXPECT_TRUE(closed);
  EXPECT_EQ(refused("slow_reader"), 0u);
}

// The duration includes the time that the client takes for its answer.
TEST_F(HttpServer, ADurationLastsUntilTheAnswerIsHandedOver) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/large"));
  ASSERT_TRUE(client.read_until("\r\n\r\n"));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_THAT(registry.expose(), Not(HasSubstr("http_route=\"/large\"")));
  EXPECT_EQ(client.read_answer().size() > (32u << 20), true);
  EXPECT_TRUE(eventually([&] {
    return registry.expose().find("http_route=\"/large\",http_response_status_code=\"200\"} 1\n") != std::string::npos;
  }));
  EXPECT_THAT(registry.expose(), HasSubstr("http_route=\"/large\",http_response_status_code=\"200\",le=\"0.1\"} 0\n"));
}

TEST_F(HttpServer, ASlowLorisHeadIs408ThoughBytesKeepComing) {
  settings.header_timeout_ms = 300;
  start();
  LoopbackTestClient client(server->port());
  client.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
  std::thread trickle([&] {
    for (int i = 0; i < 40 && client.send("a: b\r\n"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 408 "));
  trickle.join();
}

TEST_F(HttpServer, AClientThatHasSaidAllItWillSayStillGetsItsAnswer) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/hello"));
  client.finish_sending();
  EXPECT_THAT(client.read_answer(), HasSubstr("hello"));
  bool closed = false;
  client.read_rest(&closed);
  EXPECT_TRUE(closed);
}

TEST_F(HttpServer, ABodyCutByTheClientsEndIsNotARequest) {
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /async HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  ASSERT_TRUE(eventually([&] { return server->budget().used() > 0; }));
  client.finish_sending();
  bool closed = false;
  EXPECT_EQ(client.read_rest(&closed), "");
  EXPECT_TRUE(closed);
  EXPECT_EQ(last_body, "");
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

TEST_F(HttpServer, AClientThatVanishesWhileItsRequestIsHandledCostsNothingForLong) {
  answer_at_once = false;
  start();
  LoopbackTestClient client(server->port());
  client.send(post("/async", std::string(1000, 'x')));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  client.reset();
  waiting[0](text("for nobody"));
  EXPECT_TRUE(eventually([&] { return registry.gauge(telemetry::kHttpConnections).value() == 0; }));
  EXPECT_EQ(server->budget().used(), 0u);
}

TEST_F(HttpServer, PipelinedRequestsOfSeveralKindsAreAnsweredInOrder) {
  start();
  LoopbackTestClient client(server->port());
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n";
  client.send(post("/async", "one") + chunked + get("/nothing") + get("/hello") + post("/echo", "five"));
  for (const char* wanted : {"at once", "two", "gm-route-unknown", "hello", "five"})
    EXPECT_THAT(client.read_answer(), HasSubstr(wanted));
}

}  // namespace
}  // namespace gm::http
