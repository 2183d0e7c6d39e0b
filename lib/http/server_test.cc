// The server over real loopback sockets.

#include "lib/http/server.h"

#include <gmock/gmock.h>

#include <thread>

#include "lib/http/answer_burst.h"
#include "lib/http/client.h"
#include "lib/http/server_test_fixture.h"

namespace gm::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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

TEST_F(HttpServer, ExpectContinueIsAnsweredBeforeTheBody) {
  start();
  LoopbackTestClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\n\r\nbody"));
}

TEST_F(HttpServer, ARouteMayRefuseInItsOwnForm) {
  start();
  const std::string answer = ask(post("/dialect", std::string(101, 'x'), "Origin: http://game\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\ndialect gm-body-too-large http://game"));
  EXPECT_THAT(ask(post("/dialect", "x")), HasSubstr("taken"));
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
  EXPECT_THAT(ask(get("/player/steam%2F7%2fa%252Fb/events")), HasSubstr("\r\n\r\nsteam/7/a%2Fb"));
  EXPECT_THAT(ask(get("/player/steam/7/events")), StartsWith("HTTP/1.1 404 "));
  for (const char* path : {"/a/../hello", "/%2e%2e/hello", "/..%2fhello", "/player/..%2F7/events", "/%zz", "/%00"}) {
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
  settings.threads = 1;  // which takes the requests in the order of their arrival
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

TEST_F(HttpServer, AStreamThatNobodyKeepsIsAnOrdinaryAnswer) {
  start();
  LoopbackTestClient client(server->port());
  for (int i = 0; i < 2; ++i) {
    client.send(get("/unkept"));
    const std::string answer = client.read_answer();
    EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("whole"));
  }
}

TEST_F(HttpServer, AFeederIsToldThatItsClientHasGone) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  ASSERT_TRUE(eventually([&] { return streams.size() == 1; }));
  std::atomic<int> told = 0;
  streams[0]->on_end([&](StreamEnd why) { told += why == StreamEnd::client_gone ? 1 : 100; });
  ASSERT_TRUE(client.read_until("\r\n\r\n"));
  client.close();
  EXPECT_TRUE(eventually([&] { return told == 1; }));
  std::atomic<int> told_late = 0;
  streams[0]->on_end([&](StreamEnd why) { told_late += why == StreamEnd::client_gone ? 1 : 100; });
  EXPECT_EQ(told_late, 1);
}

TEST_F(HttpServer, AFeederSaysItsLastWordsWhenTheServerStops) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  ASSERT_TRUE(eventually([&] { return streams.size() == 1; }));
  streams[0]->on_end([this](StreamEnd why) {
    const std::lock_guard lock(mutex);
    streams[0]->send(why == StreamEnd::server_stops ? "good bye" : "wrong");
    streams.clear();
  });
  ASSERT_TRUE(client.read_until("\r\n\r\n"));
  std::thread stopper([&] { server->stop(); });
  EXPECT_THAT(client.read_rest(), HasSubstr("8\r\ngood bye\r\n0\r\n\r\n"));
  client.close();
  stopper.join();
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

// The end of the client's side comes together with its request, or while that is being answered.
TEST_F(HttpServer, AClientThatEndsItsSideIsAnsweredAndThenLetGo) {
  answer_at_once = false;
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/hello") + post("/async", "x"));
  client.finish_sending();
  EXPECT_THAT(client.read_answer(), HasSubstr("hello"));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  waiting[0](text("stored"));
  bool closed = false;
  EXPECT_THAT(client.read_rest(&closed), HasSubstr("stored"));
  EXPECT_TRUE(closed);
}

TEST_F(HttpServer, ARequestSentWhileTheOneBeforeIsHandledIsNotForgotten) {
  answer_at_once = false;
  start();
  LoopbackTestClient client(server->port());
  client.send(post("/async", "x"));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  client.send(get("/hello"));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // it has been heard of, and must wait
  waiting[0](text("stored"));
  EXPECT_THAT(client.read_answer(), HasSubstr("stored"));
  EXPECT_THAT(client.read_answer(), HasSubstr("hello"));
}

TEST_F(HttpServer, WhatHandlersGatherIsHandedOnAlthoughNothingMoreComes) {
  answer_at_once = false;
  start();
  LoopbackTestClient client(server->port());
  client.send(post("/async", "x"));
  ASSERT_TRUE(eventually([&] { return waiting.size() == 1; }));
  const int before = caught_up;
  waiting[0](text("stored"));
  EXPECT_THAT(client.read_answer(), HasSubstr("stored"));
  EXPECT_TRUE(eventually([&] { return caught_up > before; }));
}

TEST_F(HttpServer, AnswersGivenInABurstAllArrive) {
  answer_at_once = false;
  settings.threads = 2;
  start();
  std::vector<std::unique_ptr<LoopbackTestClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<LoopbackTestClient>(server->port()));
    clients.back()->send(post("/async", "x"));
  }
  ASSERT_TRUE(eventually([&] { return waiting.size() == clients.size(); }));
  {
    const AnswerBurst burst;
    for (const Respond& respond : waiting) respond(text("stored"));
  }
  for (const auto& client : clients) EXPECT_THAT(client->read_answer(), HasSubstr("stored"));
}

TEST_F(HttpServer, CountsDurationsByRoute) {
  start();
  ask(get("/hello"));
  ask(get("/nothing/with/an/id"));
  // Observed when the answer has been handed over, which the client may see first.
  const auto counted = [this](const std::string& labels) {
    return registry.expose().find("http_server_request_duration_seconds_count{http_request_method=\"GET\"," + labels +
                                  "} 1\n") != std::string::npos;
  };
  EXPECT_TRUE(eventually([&] { return counted("http_route=\"/hello\",http_response_status_code=\"200\""); }));
  EXPECT_TRUE(eventually([&] { return counted("http_route=\"\",http_response_status_code=\"404\""); }));
}

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
