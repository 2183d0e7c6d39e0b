#include "lib/http/server.h"

#include <algorithm>
#include <cassert>
#include <thread>

#include "lib/base/time.h"
#include "lib/http/event_loop.h"
#include "lib/telemetry/catalog.h"

namespace gm::http {

ServerSettings ServerSettings::from(const config::Settings& settings) {
  ServerSettings out;
  out.address = settings.text("http.address");
  out.tls_certificate = settings.text("http.tls.certificate");
  out.tls_key = settings.text("http.tls.key");
  out.threads = static_cast<size_t>(settings.integer("http.threads"));
  out.worker_threads = static_cast<size_t>(settings.integer("http.worker_threads"));
  out.worker_queue_max = static_cast<size_t>(settings.integer("http.worker_queue_max"));
  out.connections_max = static_cast<size_t>(settings.integer("http.connections_max"));
  out.header_bytes_max = static_cast<size_t>(settings.bytes("http.header_bytes_max"));
  out.body_bytes_max = static_cast<size_t>(settings.bytes("http.body_bytes_max"));
  out.in_flight_bytes_max = static_cast<size_t>(settings.bytes("ingest.in_flight_bytes_max"));
  out.stream_queue_bytes_max = static_cast<size_t>(settings.bytes("http.stream_queue_bytes_max"));
  out.header_timeout_ms = settings.duration_ms("http.header_timeout");
  out.body_timeout_ms = settings.duration_ms("http.body_timeout");
  out.body_rate_min = settings.bytes("http.body_rate_min");
  out.idle_timeout_ms = settings.duration_ms("http.idle_timeout");
  out.shutdown_timeout_ms = settings.duration_ms("http.shutdown_timeout");
  if (out.threads == 0) out.threads = std::max(1u, std::thread::hardware_concurrency());
  return out;
}

struct Server::State {
  std::shared_ptr<ServerShared> shared;
  io::Network& network;
  Random& random;
  std::vector<std::shared_ptr<EventLoop>> loops;
  io::FileSystem* files = nullptr;
  uint16_t port = 0;

  Status prepare_tls();
  Result<bool> reload_certificate();
};

Status Server::State::prepare_tls() {
  const std::string& certificate = shared->settings.tls_certificate;
  const std::string& key = shared->settings.tls_key;
  if (certificate.empty() && key.empty()) return {};
  if (certificate.empty() || key.empty()) {
    return Error{"gm-tls-incomplete",
                 "http.tls.certificate and http.tls.key go together: set both for TLS, or neither for plain HTTP"};
  }
  assert(files != nullptr);
  shared->tls = std::make_unique<TlsIdentity>(*files, certificate, key);
  const auto loaded = reload_certificate();
  return loaded ? Status{} : loaded.error();
}

Result<bool> Server::State::reload_certificate() {
  if (!shared->tls) return false;
  auto loaded = shared->tls->load();
  if (!loaded || !*loaded) return loaded;
  const int64_t expires_s = shared->tls->expires_s();
  shared->registry.gauge(telemetry::kHttpCertificateExpiry).set(static_cast<double>(expires_s));
  const bool expired = expires_s * 1000 < shared->clock.now_ms();
  shared->logger.log(
      expired ? telemetry::Level::warn : telemetry::Level::info,
      expired ? "the certificate has ended: clients will refuse it" : "new connections use the certificate",
      {{"file", shared->settings.tls_certificate}, {"ends", format_iso8601(expires_s * 1000)}});
  return loaded;
}

Server::Server(ServerSettings settings, ServerContext context, std::shared_ptr<ByteBudget> budget)
    : state_(
          std::make_unique<State>(State{std::make_shared<ServerShared>(std::move(settings), context, std::move(budget)),
                                        context.network,
                                        context.random,
                                        {},
                                        context.files})) {}

Server::~Server() { stop(); }

void Server::add(Method method, std::string pattern, Handler handler) {
  state_->shared->routes.add(method, std::move(pattern), std::move(handler));
}
void Server::add_async(Method method, std::string pattern, AsyncHandler handler) {
  state_->shared->routes.add_async(method, std::move(pattern), std::move(handler));
}
void Server::add_stream(Method method, std::string pattern, StreamHandler handler) {
  state_->shared->routes.add_stream(method, std::move(pattern), std::move(handler));
}
void Server::add_socket(std::string pattern, SocketHandler handler) {
  state_->shared->routes.add_socket(std::move(pattern), std::move(handler));
}
void Server::configure(Method method, const std::string& pattern, RouteOptions options) {
  state_->shared->routes.configure(method, pattern, std::move(options));
}
bool Server::when_caught_up(std::function<void()> task) {
  state_->shared->when_caught_up.push_back(std::move(task));
  return true;
}

Status Server::start() {
  ServerShared& shared = *state_->shared;
  const auto endpoint = io::parse_endpoint(shared.settings.address);
  if (!endpoint) return endpoint.error();
  if (const Status prepared = state_->prepare_tls(); !prepared) return prepared.error();
  io::ListenOptions options;
  if (shared.settings.threads > 1) options.port_use = io::PortUse::first_of_several;
  // All listeners first: a port that cannot be had leaves nothing half started.
  std::vector<io::Listener> listeners;
  uint16_t port = endpoint->port;
  for (size_t i = 0; i < shared.settings.threads; ++i) {
    auto listener = state_->network.listen(endpoint->host, port, options);
    if (!listener) return listener.error();
    port = listener->port;
    options.port_use = io::PortUse::one_more;
    listeners.push_back(std::move(*listener));
  }
  state_->port = port;
  shared.workers = std::make_unique<WorkerPool>(shared.settings.worker_threads, shared.settings.worker_queue_max);
  for (io::Listener& listener : listeners) {
    auto loop = std::make_shared<EventLoop>(state_->shared, state_->random.next_u64());
    if (Status started = loop->start(std::move(listener)); !started) return started;
    state_->loops.push_back(std::move(loop));
  }
  return {};
}

Result<bool> Server::reload_certificate() { return state_->reload_certificate(); }

uint16_t Server::port() const { return state_->port; }

ByteBudget& Server::budget() { return *state_->shared->budget; }

void Server::stop() {
  for (const auto& loop : state_->loops) loop->drain();
  const Clock& clock = state_->shared->clock;
  const int64_t until_ns = clock.monotonic_ns() + state_->shared->settings.shutdown_timeout_ms * 1'000'000;
  for (const auto& loop : state_->loops) {
    loop->wait_empty(std::max<int64_t>(0, (until_ns - clock.monotonic_ns()) / 1'000'000));
  }
  if (state_->shared->workers) state_->shared->workers->stop();
  for (const auto& loop : state_->loops) loop->stop();
  state_->loops.clear();
}

}  // namespace gm::http
