// The server over real loopback sockets.

#include "lib/http/server.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "lib/http/client.h"
#include "lib/http/loopback_test_client.h"
#include "lib/telemetry/catalog.h"

namespace gm::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string number(size_t value) { return std::to_string(value); }

struct Running : testing::Test {
  Running() {
    settings = ServerSettings::from(config::Settings::defaults());
    settings.address = "127.0.0.1:0";
    settings.threads = 2;
    settings.worker_threads = 2;
    settings.shutdown_timeout_ms = 2000;
  }
  ~Running() override {
    open_gate();
    if (server) server->stop();
  }

  void start() {
    server = std::make_unique<Server>(settings, ServerContext{clock, random, network, registry, {}});
    server->add(Method::get, "/hello", [](const Request&) { return text("hello"); });
    server->add(Method::post, "/echo", [](const Request& request) { return text(std::string(request.body)); });
    server->add(Method::get, "/trace", [](const Request& request) { return text(std::string(request.trace_id)); });
    server->add(Method::get, "/throws", [](const Request&) -> Response { throw std::runtime_error("secret detail"); });
    server->add(Method::get, "/blocked", [this](const Request&) {
      wait_for_gate();
      return text("done");
    });
    server->add_async(Method::post, "/async", [this](const Request& request, Respond respond) {
      const std::lock_guard lock(mutex);
      last_body = request.body;
      if (answer_at_once) return respond(text("at once"));
      waiting.push_back(std::move(respond));
    });
    server->add_async(Method::post, "/forgets", [](const Request&, Respond) {});
    server->add_stream(Method::get, "/stream", [this](const Request&, std::shared_ptr<ResponseStream> stream) {
      const std::lock_guard lock(mutex);
      streams.push_back(std::move(stream));
      Response response;
      response.content_type = "text/event-stream";
      return response;
    });
    RouteOptions options;
    options.body_bytes_max = 100;
    options.refuse = [](const Request& request, int status, std::string_view code, std::string_view) {
      Response response = text("dialect " + std::string(code) + " " + std::string(request.header("Origin")));
      response.status = status;
      return response;
    };
    server->add(Method::post, "/dialect", [](const Request&) { return text("taken"); });
    server->configure(Method::post, "/dialect", options);
    ASSERT_TRUE(server->start().ok());
  }

  static Response text(std::string body) {
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }
  static std::string post(std::string_view path, std::string_view body, std::string_view extra = "") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(extra) +
           "Content-Length: " + number(body.size()) + "\r\n\r\n" + std::string(body);
  }
  static std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }
  std::string ask(std::string_view bytes) {
    LoopbackTestClient client(server->port());
    client.send(bytes);
    return client.read_answer();
  }
  void wait_for_gate() {
    std::unique_lock lock(mutex);
    ++blocked;
    changed.notify_all();
    changed.wait(lock, [this] { return gate_open; });
  }
  void open_gate() {
    const std::lock_guard lock(mutex);
    gate_open = true;
    changed.notify_all();
  }
  template <typename Condition>
  bool eventually(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (condition()) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  SystemClock clock;
  SystemRandom random;
  io::PosixNetwork network;
  telemetry::Registry registry;
  ServerSettings settings;
  std::mutex mutex;
  std::condition_variable changed;
  bool gate_open = false;
  int blocked = 0;
  bool answer_at_once = true;
  std::string last_body;
  std::vector<Respond> waiting;
  std::vector<std::shared_ptr<ResponseStream>> streams;
  std::unique_ptr<Server> server;
};
using HttpServer = Running;

TEST_F(HttpServer, AnswersAndKeepsTheConnection) {
  start();
  LoopbackTestClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    const std::string answer = client.read_answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
    EXPECT_THAT(answer, HasSubstr("\r\n\r\nhello"));
  }
}

TEST_F(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  start();
  LoopbackTestClient client(server->port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += post("/echo", "body " + number(static_cast<size_t>(i)));
  client.send(all);
  for (int i = 0; i < 100; ++i)
    EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nbody " + number(static_cast<size_t>(i))));
}

TEST_F(HttpServer, PipelinedRequestsToAnAsyncHandlerAreAnsweredInOrder) {
  start();
  LoopbackTestClient client(server->port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += post("/async", "x");
  client.send(all);
  for (int i = 0; i < 200; ++i) ASSERT_THAT(client.read_answer(), HasSubstr("at once"));
}

TEST_F(HttpServer, ARequestMayArriveByteByByte) {
  start();
  LoopbackTestClient client(server->port());
  for (const char c : post("/echo", "slow but whole")) client.send(std::string_view(&c, 1));
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nslow but whole"));
}

TEST_F(HttpServer, LargeBodiesArriveWholeAndMemoryShrinksAfter) {
  settings.body_bytes_max = 8 << 20;
  start();
  std::string body(5 << 20, '\0');
  for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  LoopbackTestClient client(server->port());
  for (int i = 0; i < 2; ++i) {
    client.send(post("/echo", body) + get("/hello"));
    const std::string answer = client.read_answer();
    EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), body);
    EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nhello"));
  }
  EXPECT_EQ(server->budget().used(), 0u);
}

TEST_F(HttpServer, ChunkedBodiesAreJoined) {
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("4\r\ndefg\r\n0\r\n\r\n" + get("/hello"));
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nabcdefg"));
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nhello"));
}

TEST_F(HttpServer, AChunkedBodyOverTheLimitIs413) {
  settings.body_bytes_max = 10'000;
  start();
  std::string request = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) request += "3e8\r\n" + std::string(1000, 'x') + "\r\n";
  EXPECT_THAT(ask(request), StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(eventually([&] { return server->budget().used() == 0; }));
}

TEST_F(HttpServer, AMalformedChunkClosesTheConnection) {
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + get("/hello"));
  bool closed = false;
  const std::string all = client.read_rest(&closed);
  EXPECT_THAT(all, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(all, Not(HasSubstr("hello")));
  EXPECT_TRUE(closed);
}

TEST_F(HttpServer, SmuggledRequestsAreNeverAnswered) {
  start();
  for (const std::string& request :
       {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" +
            get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + get("/hello"),
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 40\r\n\r\n" + get("/hello"),
        "GET /echo HTTP/1.1\nHost: x\n\n" + get("/hello"),
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

TEST_F(HttpServer, ExpectContinueIsAnsweredBeforeTheBody) {
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nbody"));
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

TEST_F(HttpServer, ARouteMayRefuseInItsOwnForm) {
  start();
  const std::string answer = ask(post("/dialect", std::string(101, 'x'), "Origin: http://game\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\ndialect gm-body-too-large http://game"));
  EXPECT_THAT(ask(post("/dialect", "x")), HasSubstr("taken"));
}

TEST_F(HttpServer, LargeHeadersAre431) {
  start();
  EXPECT_THAT(ask("GET /hello HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask("GET /" + std::string(20000, 'a')), StartsWith("HTTP/1.1 431 ")) << "without an end in sight";
  EXPECT_THAT(ask("GET /hello HTTP/1.1\r\nHost: x\r\nA: " + std::string(7000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
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

TEST_F(HttpServer, HeadHasTheLengthButNoBody) {
  start();
  LoopbackTestClient client(server->port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
  const std::string head = client.read_answer(true);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nhello"));
}

TEST_F(HttpServer, UnknownRoutesAndMethodsAreProblems) {
  start();
  EXPECT_THAT(ask(get("/nothing")), HasSubstr("\"code\":\"gm-route-unknown\""));
  const std::string answer = ask("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
}

TEST_F(HttpServer, PathsAreDecodedAndNeverClimb) {
  start();
  EXPECT_THAT(ask(get("/h%65llo")), HasSubstr("\r\n\r\nhello"));
  for (const char* path : {"/a/../hello", "/%2e%2e/hello", "/..%2fhello", "/%zz", "/%00"}) {
    EXPECT_THAT(ask(get(path)), StartsWith("HTTP/1.1 400 ")) << path;
  }
}

TEST_F(HttpServer, TraceIdsAreTakenOrMadeAndEchoed) {
  start();
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string given =
      ask("GET /trace HTTP/1.1\r\nHost: x\r\ntraceparent: 00-" + id + "-00f067aa0ba902b7-01\r\n\r\n");
  EXPECT_THAT(given, HasSubstr("\r\nX-Request-Id: " + id + "\r\n"));
  EXPECT_THAT(given, testing::EndsWith(id));
  const std::string made = ask("GET /nothing HTTP/1.1\r\nHost: x\r\ntraceparent: nonsense\r\n\r\n");
  const std::string made_id = made.substr(made.find("X-Request-Id: ") + 14, 32);
  EXPECT_THAT(made, HasSubstr("\"trace_id\":\"" + made_id + "\""));
}

TEST_F(HttpServer, AHandlerThatThrowsIsA500WithoutDetails) {
  start();
  const std::string answer = ask(get("/throws"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
}

TEST_F(HttpServer, AHandlerThatForgetsToAnswerIsA500) {
  start();
  EXPECT_THAT(ask(post("/forgets", "x")), StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpServer, WhenAllWorkersAreBusyAndTheQueueIsFullItIs503) {
  settings.worker_threads = 1;
  settings.worker_queue_max = 1;
  start();
  LoopbackTestClient running(server->port());
  LoopbackTestClient queued(server->port());
  running.send(get("/blocked"));
  ASSERT_TRUE(eventually([&] { return blocked == 1; }));
  queued.send(get("/blocked"));
  std::string refused;
  for (int i = 0; i < 100 && refused.find(" 503 ") == std::string::npos; ++i) {
    LoopbackTestClient client(server->port());
    client.send(get("/hello"));
    refused = client.read_answer();
    if (refused.empty()) break;
  }
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  open_gate();
  EXPECT_THAT(running.read_answer(), HasSubstr("done"));
  EXPECT_THAT(queued.read_answer(), HasSubstr("done"));
}

TEST_F(HttpServer, StreamsCarryChunksUntilTheFeederLetsGo) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  ASSERT_TRUE(eventually([&] { return streams.size() == 1; }));
  EXPECT_TRUE(streams[0]->send("data: one\n\n"));
  EXPECT_TRUE(client.read_until("b\r\ndata: one\n\n\r\n"));
  EXPECT_THAT(client.buffer(), HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_TRUE(streams[0]->send("data: two\n\n"));
  EXPECT_TRUE(client.read_until("data: two"));
  {
    const std::lock_guard lock(mutex);
    streams.clear();
  }
  bool closed = false;
  EXPECT_THAT(client.read_rest(&closed), testing::EndsWith("0\r\n\r\n"));
  EXPECT_TRUE(closed);
}

TEST_F(HttpServer, AStreamLearnsThatItsClientHasGone) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  ASSERT_TRUE(eventually([&] { return streams.size() == 1; }));
  ASSERT_TRUE(client.read_until("\r\n\r\n"));
  client.close();
  EXPECT_TRUE(eventually([&] { return !streams[0]->open(); }));
  EXPECT_FALSE(streams[0]->send("data: late\n\n"));
}

TEST_F(HttpServer, AStreamThatIsReadTooSlowlyIsCut) {
  settings.stream_queue_bytes_max = 64 * 1024;
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  ASSERT_TRUE(eventually([&] { return streams.size() == 1; }));
  bool cut = false;
  for (int i = 0; i < 10'000 && !cut; ++i) cut = !streams[0]->send(std::string(16 * 1024, 'x'));
  EXPECT_TRUE(cut);
  EXPECT_FALSE(streams[0]->open());
}

TEST_F(HttpServer, StopFinishesRequestsAndRefusesNewConnections) {
  start();
  const uint16_t port = server->port();
  LoopbackTestClient busy(port);
  LoopbackTestClient idle(port);
  idle.send(get("/hello"));
  EXPECT_THAT(idle.read_answer(), HasSubstr("hello"));
  busy.send(get("/blocked"));
  ASSERT_TRUE(eventually([&] { return blocked == 1; }));
  std::thread stopper([&] { server->stop(); });
  bool closed = false;
  EXPECT_EQ(idle.read_rest(&closed), "");
  EXPECT_TRUE(closed);
  open_gate();
  const std::string answer = busy.read_answer();
  EXPECT_THAT(answer, HasSubstr("done"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  stopper.join();
  EXPECT_FALSE(LoopbackTestClient(port).connected());
}

TEST_F(HttpServer, AnAnswerAfterStopHarmsNothing) {
  settings.shutdown_timeout_ms = 50;
  answer_at_once = false;
  start();
  LoopbackTestClient client(server->port());
  client.send(post("/async", "x"));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  server.reset();
  waiting[0](text("too late"));
  waiting.clear();
  bool closed = false;
  EXPECT_EQ(client.read_rest(&closed), "");
}

TEST_F(HttpServer, CountsDurationsByRoute) {
  start();
  ask(get("/hello"));
  ask(get("/nothing/with/an/id"));
  const std::string metrics = registry.expose();
  EXPECT_THAT(metrics,
              HasSubstr("http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"/hello\","
                        "http_response_status_code=\"200\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("http_route=\"\",http_response_status_code=\"404\"} 1\n"));
}

// With two threads the listeners share the port among themselves; a second process must still be told.
TEST_F(HttpServer, APortInUseIsAnError) {
  start();
  for (const size_t threads : {1u, 2u}) {
    ServerSettings same = settings;
    same.threads = threads;
    same.address = "127.0.0.1:" + number(server->port());
    Server other(same, ServerContext{clock, random, network, registry, {}});
    const Status started = other.start();
    ASSERT_FALSE(started.ok()) << threads;
    EXPECT_EQ(started.error().code, "gm-net-address-in-use");
  }
}

TEST_F(HttpServer, TheClientTalksToIt) {
  start();
  Client client;
  const std::string base = "http://127.0.0.1:" + number(server->port());
  const auto hello = client.get(base + "/hello");
  ASSERT_TRUE(hello.ok());
  EXPECT_EQ(hello->status, 200);
  EXPECT_EQ(hello->body, "hello");
  EXPECT_EQ(hello->header("content-type"), "text/plain");
  const auto echo = client.post(base + "/echo", {{"X-Y", "z"}}, std::string(100'000, 'e'));
  ASSERT_TRUE(echo.ok());
  EXPECT_EQ(echo->body.size(), 100'000u);
  const auto missing = client.request("DELETE", base + "/hello", {}, "");
  ASSERT_TRUE(missing.ok());
  EXPECT_EQ(missing->status, 405);
  const auto nobody = client.get("http://127.0.0.1:1/");
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().code, "gm-http-client-failed");
  EXPECT_FALSE(client.get("file:///etc/hostname").ok());
  Client small(ClientOptions{.body_bytes_max = 3});
  EXPECT_FALSE(small.get(base + "/hello").ok());
}

}  // namespace
}  // namespace gm::http
