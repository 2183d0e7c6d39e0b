// WebSockets of the server over real loopback sockets.

#include <gmock/gmock.h>

#include "lib/http/server_test_fixture.h"
#include "lib/http/socket_test_frames.h"
#include "lib/http/web_socket_frames.h"

namespace gm::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A service that echoes; some words make it do something else.
class Echo final : public SocketReader {
 public:
  Echo(HttpServer& fixture, std::shared_ptr<WebSocket> socket, std::vector<std::string>& heard)
      : fixture_(fixture), socket_(std::move(socket)), heard_(heard) {}

  void on_text(std::string_view message) override {
    if (message == "close") return socket_->close(4321, "as asked");
    if (message == "work") {
      socket_->run([socket = socket_] { socket->send("worked"); });
      return;
    }
    if (message == "flood") {
      while (socket_->send(std::string(100'000, 'f'))) {
      }
      return;
    }
    socket_->send("echo " + std::string(message));
  }
  void on_time() override { tell("time"); }
  void on_server_stops() override { socket_->close(kCloseGoingAway, "stopping"); }
  void on_end(SocketEnd why) override { tell("end " + std::string(name_of(why))); }

 private:
  void tell(std::string what) {
    const std::lock_guard lock(fixture_.mutex);
    heard_.push_back(std::move(what));
  }

  HttpServer& fixture_;
  const std::shared_ptr<WebSocket> socket_;
  std::vector<std::string>& heard_;
};

struct SocketServer : HttpServer {
  ~SocketServer() override {
    if (server) server->stop();  // before what readers tell to
  }
  void start() {
    server = std::make_unique<Server>(settings, ServerContext{clock, random, network, registry, logger(), &files});
    server->add(Method::get, "/socket", [](const Request&) { return text("no socket"); });
    server->add_socket(
        "/socket",
        [this](const Request& request, std::shared_ptr<WebSocket> socket) -> std::variant<SocketTerms, Response> {
          if (request.query == "refuse") return problem(403, "gm-test", "not you", request.trace_id);
          SocketTerms terms;
          terms.reader = std::make_shared<Echo>(*this, socket, heard);
          terms.protocol = "echo";
          terms.message_bytes_max = 1000;
          terms.ping_interval_ms = ping_interval_ms;
          terms.look_after_ms = look_after_ms;
          socket->send("hello");
          return terms;
        });
    server->add_socket("/only", [](const Request&, const auto&) -> std::variant<SocketTerms, Response> {
      throw std::runtime_error("secret detail");
    });
    ASSERT_TRUE(server->start().ok());
  }
  static std::string asking(std::string_view target) {
    return "GET " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }
  bool ended(std::string_view why) {
    return eventually([&] { return !heard.empty() && heard.back() == "end " + std::string(why); });
  }

  int64_t ping_interval_ms = 60'000;
  int64_t look_after_ms = 60'000;
  std::vector<std::string> heard;
};

TEST_F(SocketServer, TakesAHandshakeAndEchoes) {
  start();
  LoopbackTestClient client(server->port());
  // The first message need not wait for the handshake.
  client.send(asking("/socket") + client_frame(kTextOpcode, "early"));
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  ASSERT_TRUE(client.read_until(text_frame("hello") + text_frame("echo early")));
  client.send(client_frame(kTextOpcode, "in ", false) + client_frame(kPingOpcode, "p") + client_frame(0, "two"));
  EXPECT_TRUE(client.read_until("\x8a\x01p" + text_frame("echo in two")));
  client.send(client_frame(kTextOpcode, "work"));
  EXPECT_TRUE(client.read_until(text_frame("worked")));
  client.send(client_close(kCloseNormal));
  bool closed = false;
  EXPECT_THAT(client.read_rest(&closed), EndsWith(close_frame(kCloseNormal, "")));
  EXPECT_TRUE(closed);
  EXPECT_TRUE(ended("client_closed"));
}

TEST_F(SocketServer, TheRouteStillAnswersWhoAsksForNoSocket) {
  start();
  EXPECT_THAT(ask(get("/socket")), HasSubstr("\r\n\r\nno socket"));
  LoopbackTestClient client(server->port());
  client.send(asking("/socket?refuse"));
  EXPECT_THAT(client.read_answer(), AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("gm-test")));
  client.send(get("/socket"));
  EXPECT_THAT(client.read_answer(), HasSubstr("no socket")) << "the connection goes on after a refusal";
  EXPECT_THAT(ask(get("/only")), StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(ask(asking("/only")), AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret"))));
  EXPECT_EQ(lines_with("secret detail"), 1u);
}

TEST_F(SocketServer, TheServiceCloses) {
  start();
  LoopbackTestClient client(server->port());
  client.send(asking("/socket") + client_frame(kTextOpcode, "close") + client_frame(kTextOpcode, "not heard"));
  ASSERT_TRUE(client.read_until(close_frame(4321, "as asked")));
  client.send(client_close(4321));
  bool closed = false;
  EXPECT_THAT(client.read_rest(&closed), EndsWith(close_frame(4321, "as asked")));
  EXPECT_TRUE(closed);
  EXPECT_TRUE(ended("closed_here"));
}

TEST_F(SocketServer, TheClientGoesWithoutAWord) {
  start();
  LoopbackTestClient client(server->port());
  client.send(asking("/socket"));
  ASSERT_TRUE(client.read_until(text_frame("hello")));
  client.reset();
  EXPECT_TRUE(ended("client_gone"));
}

TEST_F(SocketServer, AMessageTooLargeIsToldSo) {
  start();
  LoopbackTestClient client(server->port());
  client.send(asking("/socket") + client_frame(kTextOpcode, std::string(1001, 'x')));
  EXPECT_THAT(client.read_rest(), EndsWith(close_frame(kCloseTooLarge, "the message is larger than allowed")));
  EXPECT_TRUE(ended("too_large"));
}

TEST_F(SocketServer, SilenceIsEndedByItsDeadlines) {
  ping_interval_ms = 50;
  look_after_ms = 10;
  settings.idle_timeout_ms = 100;  // the loop looks at deadlines as often as that needs
  start();
  LoopbackTestClient client(server->port());
  client.send(asking("/socket"));
  ASSERT_TRUE(client.read_until(ping_frame()));
  EXPECT_TRUE(ended("silent"));
  const std::lock_guard lock(mutex);
  EXPECT_THAT(heard, ElementsAre("time", "end silent"));
}

TEST_F(SocketServer, AReaderThatTakesNothingLosesItsSocket) {
  settings.stream_queue_bytes_max = 1'000'000;
  settings.body_timeout_ms = 300;
  start();
  LoopbackTestClient client(server->port());
  client.send(asking("/socket") + client_frame(kTextOpcode, "flood"));
  EXPECT_TRUE(ended("too_slow"));
}

TEST_F(SocketServer, AServerThatStopsSaysGoodbye) {
  start();
  LoopbackTestClient client(server->port());
  client.send(asking("/socket"));
  ASSERT_TRUE(client.read_until(text_frame("hello")));
  std::thread stops([this] { server->stop(); });
  EXPECT_TRUE(client.read_until(close_frame(kCloseGoingAway, "stopping")));
  client.send(client_close(kCloseGoingAway));
  bool closed = false;
  client.read_rest(&closed);
  EXPECT_TRUE(closed);
  client.close();
  stops.join();
  EXPECT_TRUE(ended("closed_here"));
}

}  // namespace
}  // namespace gm::http
