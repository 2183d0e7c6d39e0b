// Streams that somebody has to get the whole of: back-pressure, breaking off, and clients that go.

#include <stop_token>

#include "lib/http/server_test_fixture.h"

namespace gm::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kEnd = "0\r\n\r\n";

struct HttpStreams : HttpServer {
  HttpStreams() {
    settings.stream_queue_bytes_max = 64 << 10;
    more_routes = [this](Server& added) {
      added.add(Method::get, "/wanted", [this](const Request& request) {
        {
          const std::lock_guard lock(mutex);
          token = request.client_gone;
        }
        wait_for_gate();
        return text("done");
      });
    };
  }
  ~HttpStreams() override {
    if (feeder.joinable()) feeder.join();
  }
  // Sends `parts` times 16 KiB on a thread of its own, then ends or breaks off.
  void feed(int parts, bool whole) {
    ASSERT_TRUE(eventually([this] { return !streams.empty(); }));
    feeder = std::thread([this, parts, whole, stream = std::exchange(streams, {}).front()] {
      for (int i = 0; i < parts && stream->send_when_room(std::string(16 << 10, '#')); ++i) ++sent;
      if (!whole) stream->break_off();
    });
  }
  static std::string old(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.0\r\nHost: x\r\n\r\n"; }

  std::atomic<int> sent{0};
  std::stop_token token;
  std::thread feeder;
};

TEST_F(HttpStreams, AFeederThatWaitsForRoomLosesNothing) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  feed(400, true);
  ASSERT_TRUE(client.read_until(kEnd));
  EXPECT_EQ(std::count(client.buffer().begin(), client.buffer().end(), '#'), 400 * (16 << 10));
}

TEST_F(HttpStreams, AFeederGoesNoFasterThanItsReader) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  feed(4000, true);  // 64 MiB
  ASSERT_TRUE(eventually([this] { return sent > 4; }));
  int before = -1;
  ASSERT_TRUE(eventually([&] { return std::exchange(before, sent.load()) == sent.load(); }));
  EXPECT_LT(sent, 4000);
  client.close();
  feeder.join();
  EXPECT_LT(sent, 4000);
}

TEST_F(HttpStreams, WhatIsBrokenOffHasNoGoodEnd) {
  start();
  LoopbackTestClient client(server->port());
  client.send(get("/stream"));
  feed(3, false);
  bool closed = false;
  const std::string answer = client.read_rest(&closed);
  EXPECT_TRUE(closed);
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(answer, Not(EndsWith(kEnd)));
}

TEST_F(HttpStreams, WithoutChunksABrokenOffAnswerIsABrokenConnection) {
  start();
  LoopbackTestClient client(server->port());
  client.send(old("/stream"));
  feed(3, false);
  bool closed = true;
  client.read_rest(&closed);
  EXPECT_FALSE(closed);  // an error, no end
}

TEST_F(HttpStreams, WithoutChunksAWholeAnswerEndsWithTheConnection) {
  start();
  LoopbackTestClient client(server->port());
  client.send(old("/stream"));
  feed(3, true);
  bool closed = false;
  const std::string answer = client.read_rest(&closed);
  EXPECT_TRUE(closed);
  EXPECT_EQ(std::count(answer.begin(), answer.end(), '#'), 3 * (16 << 10));
}

TEST_F(HttpStreams, AHandlerLearnsThatItsClientHasGone) {
  start();
  {
    LoopbackTestClient client(server->port());
    client.send(get("/wanted"));
    ASSERT_TRUE(eventually([this] { return blocked == 1; }));
    EXPECT_FALSE(token.stop_requested());
  }
  EXPECT_TRUE(eventually([this] { return token.stop_requested(); }));
}

TEST_F(HttpStreams, AnAnswerThatWasTakenStopsNothing) {
  start();
  open_gate();
  LoopbackTestClient client(server->port());
  client.send(get("/wanted"));
  EXPECT_THAT(client.read_answer(), HasSubstr("done"));
  EXPECT_FALSE(token.stop_requested());
}

}  // namespace
}  // namespace gm::http
