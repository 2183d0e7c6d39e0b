#pragma once
// For tests: a server on a loopback port with routes of every kind, its log lines and its metrics.

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "lib/http/loopback_test_client.h"
#include "lib/http/server.h"
#include "lib/io/faulty_file.h"
#include "lib/telemetry/catalog.h"

namespace gm::http {

struct HttpServer : testing::Test {
  HttpServer() {
    settings = ServerSettings::from(config::Settings::defaults());
    settings.address = "127.0.0.1:0";
    settings.threads = 2;
    settings.worker_threads = 2;
    settings.shutdown_timeout_ms = 2000;
  }
  ~HttpServer() override {
    open_gate();
    if (server) server->stop();
  }

  void start() {
    server = std::make_unique<Server>(settings, ServerContext{clock, random, network, registry, logger(), &files});
    server->add(Method::get, "/hello", [](const Request&) { return text("hello"); });
    server->add(Method::get, "/player/{id}/events",
                [](const Request& request) { return text(std::string(request.path_parameters.front())); });
    server->add(Method::post, "/echo", [](const Request& request) { return text(std::string(request.body)); });
    server->add(Method::get, "/trace", [](const Request& request) { return text(std::string(request.trace_id)); });
    server->add(Method::get, "/large", [](const Request&) { return text(std::string(32 << 20, 'l')); });
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
    server->add_stream(Method::get, "/unkept",
                       [](const Request&, std::shared_ptr<ResponseStream>) { return text("whole"); });
    server->when_caught_up([this] { ++caught_up; });
    RouteOptions options;
    options.body_bytes_max = 100;
    options.refuse = [](const Request& request, int status, std::string_view code, std::string_view) {
      Response response = text("dialect " + std::string(code) + " " + std::string(request.header("Origin")));
      response.status = status;
      return response;
    };
    server->add(Method::post, "/dialect", [](const Request&) { return text("taken"); });
    server->configure(Method::post, "/dialect", options);
    if (more_routes) more_routes(*server);
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
  static std::string number(size_t value) { return std::to_string(value); }
  std::string ask(std::string_view bytes) {
    LoopbackTestClient client(server->port());
    client.send(bytes);
    return client.read_answer();
  }
  telemetry::Logger logger() {
    return telemetry::Logger::to_function(telemetry::Level::info, telemetry::LogFormat::json, clock,
                                          [this](std::string_view line) {
                                            const std::lock_guard lock(mutex);
                                            lines.emplace_back(line);
                                          });
  }
  // How many log lines hold `text`.
  size_t lines_with(std::string_view text) {
    const std::lock_guard lock(mutex);
    return static_cast<size_t>(std::count_if(lines.begin(), lines.end(),
                                             [&](const auto& line) { return line.find(text) != std::string::npos; }));
  }
  uint64_t refused(std::string_view reason) {
    return registry.counter(telemetry::kHttpConnectionsRefused, {reason}).value();
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
  io::FaultyFileSystem files;
  telemetry::Registry registry;
  ServerSettings settings;
  std::function<void(Server&)> more_routes;  // of one test
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<int> caught_up = 0;
  bool gate_open = false;
  int blocked = 0;
  bool answer_at_once = true;
  std::string last_body;
  std::vector<std::string> lines;  // of the log
  std::vector<Respond> waiting;
  std::vector<std::shared_ptr<ResponseStream>> streams;
  std::unique_ptr<Server> server;
};

}  // namespace gm::http
