#pragma once
// The HTTP/1.1 server: one event loop and thread per core, a worker pool for handlers that block.
//
//   http::Server server(http::ServerSettings::from(settings), {clock, random, network, registry, logger});
//   server.add(http::Method::get, "/livez", [](const http::Request&) { return http::Response{...}; });
//   if (Status started = server.start(); !started) ...
//   server.port();
//   server.stop();   // finishes requests up to http.shutdown_timeout; the destructor does it too

#include <cstdint>
#include <memory>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/http/byte_budget.h"
#include "lib/http/message.h"
#include "lib/http/socket_router.h"
#include "lib/io/file.h"
#include "lib/io/network.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"

namespace gm::http {

struct ServerSettings {
  std::string address;
  std::string tls_certificate;  // both empty: plain HTTP
  std::string tls_key;
  size_t threads = 0;
  size_t worker_threads = 0;
  size_t worker_queue_max = 0;
  size_t connections_max = 0;
  size_t header_bytes_max = 0;
  size_t body_bytes_max = 0;
  size_t in_flight_bytes_max = 0;
  size_t stream_queue_bytes_max = 0;
  int64_t header_timeout_ms = 0;
  int64_t body_timeout_ms = 0;
  int64_t body_rate_min = 0;  // bytes a second
  int64_t idle_timeout_ms = 0;
  int64_t shutdown_timeout_ms = 0;

  static ServerSettings from(const config::Settings& settings);
};

// What a server needs from the process; all outlive it.
struct ServerContext {
  const Clock& clock;
  Random& random;
  io::Network& network;
  telemetry::Registry& registry;
  telemetry::Logger logger;
  io::FileSystem* files = nullptr;  // for the certificate; without TLS not needed
};

class Server final : public Router, public SocketRouter {
 public:
  // `budget`: shared with whoever else holds bytes of requests (decompressed bodies); empty: the server's own.
  Server(ServerSettings settings, ServerContext context, std::shared_ptr<ByteBudget> budget = nullptr);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Routes are added before start().
  void add(Method method, std::string pattern, Handler handler) override;
  void add_async(Method method, std::string pattern, AsyncHandler handler) override;
  void add_stream(Method method, std::string pattern, StreamHandler handler) override;
  void add_socket(std::string pattern, SocketHandler handler) override;
  void configure(Method method, const std::string& pattern, RouteOptions options) override;
  bool when_caught_up(std::function<void()> task) override;

  // Listens and returns; errors of io::Network, gm-tls-incomplete and those of TlsIdentity::load().
  Status start();
  // Reads certificate and key again; true when new connections are served with something new, false when nothing has
  // changed or there is no TLS. Open connections go on as they are. On an error what was in use stays in use. Any
  // thread.
  Result<bool> reload_certificate();
  // The port taken. Precondition: started.
  uint16_t port() const;
  // Stops accepting, lets requests finish up to http.shutdown_timeout, closes what is left, ends the threads.
  // Idempotent. An answer given later goes nowhere and harms nothing.
  void stop();

  ByteBudget& budget();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gm::http
