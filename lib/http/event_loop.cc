#include "lib/http/event_loop.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "lib/http/connection.h"
#include "lib/telemetry/catalog.h"

namespace gm::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// How exact deadlines are: an eighth of the shortest, within reason.
std::chrono::milliseconds tick_length(const ServerSettings& settings) {
  const int64_t shortest = std::min({settings.header_timeout_ms, settings.body_timeout_ms, settings.idle_timeout_ms});
  return std::chrono::milliseconds(std::clamp<int64_t>(shortest / 8, 5, 250));
}

}  // namespace

ServerShared::ServerShared(ServerSettings given, const ServerContext& from, std::shared_ptr<ByteBudget> bytes)
    : settings(std::move(given)),
      clock(from.clock),
      registry(from.registry),
      logger(from.logger.component("http")),
      connections_gauge(from.registry.gauge(telemetry::kHttpConnections)),
      refused(from.registry, logger, from.clock),
      budget(bytes ? std::move(bytes) : std::make_shared<ByteBudget>(settings.in_flight_bytes_max)) {}

// Only the loop's own thread touches its sockets, so the reactor needs no locks; posting stays safe from anywhere.
EventLoop::EventLoop(std::shared_ptr<ServerShared> shared, uint64_t seed)
    : shared_(std::move(shared)),
      io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      acceptor_(io_),
      ticker_(io_),
      random_(seed) {}

EventLoop::~EventLoop() { stop(); }

void EventLoop::start(io::Listener listener) {
  acceptor_.assign(listener.ipv6 ? tcp::v6() : tcp::v4(), listener.socket.release());
  thread_ = std::thread([this] {
    thread_id_ = std::this_thread::get_id();
    pthread_setname_np(pthread_self(), "gm-http");
    auto work = asio::make_work_guard(io_);
    asio::post(io_, [this] { accept_next(); });
    for (bool running = true; running;) {
      try {
        io_.run();
        running = false;
      } catch (const std::exception& error) {
        // The last resort: nothing above is known to throw but memory exhaustion, and other connections go on.
        shared_->logger.error("event loop: exception", {{"what", error.what()}});
      }
    }
  });
}

void EventLoop::drain() {
  asio::post(io_, [this] {
    draining_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    std::vector<std::shared_ptr<Connection>> all;
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const auto& connection : all) connection->close_if_idle();
  });
}

void EventLoop::wait_empty(int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  empty_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return open_ == 0; });
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    ticker_.cancel();
    draining_ = true;
    std::vector<std::shared_ptr<Connection>> all;
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const auto& connection : all) connection->close();
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    // Lets the handlers of the operations just cancelled run, so that they let go of their connections.
    asio::post(io_, [this] { io_.stop(); });
  });
  thread_.join();
}

void EventLoop::accept_next() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      adopt(std::move(socket));
      accept_next();
      return;
    }
    // Out of descriptors: wait for some to come back instead of spinning.
    shared_->logger.warn("accept failed", {{"reason", error.message()}});
    auto pause = std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds(50));
    pause->async_wait([this, pause](boost::system::error_code) {
      if (acceptor_.is_open()) accept_next();
    });
  });
}

void EventLoop::adopt(tcp::socket socket) {
  if (draining_) return;  // the socket closes itself
  if (shared_->connections.fetch_add(1) >= shared_->settings.connections_max) {
    shared_->connections.fetch_sub(1);
    return shared_->refused.count(RefusedReason::connections_max);
  }
  boost::system::error_code error;
  socket.non_blocking(true, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  const auto remote = socket.remote_endpoint(error);
  if (error) {
    shared_->connections.fetch_sub(1);
    return;
  }
  shared_->connections_gauge.add(1);
  // The connection keeps its own share of the context, so that a reload leaves it as it is.
  const auto tls = shared_->tls ? shared_->tls->context() : nullptr;
  auto connection =
      std::make_shared<Connection>(shared_from_this(), std::move(socket), tls.get(), remote.address().to_string());
  connections_.emplace(connection.get(), connection);
  {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  connection->start();
  if (!ticking_) {
    ticking_ = true;
    tick();
  }
}

void EventLoop::forget(Connection* connection) {
  if (connections_.erase(connection) == 0) return;
  shared_->connections.fetch_sub(1);
  shared_->connections_gauge.add(-1);
  const std::lock_guard lock(mutex_);
  if (--open_ == 0) empty_.notify_all();
}

// One timer looks at all deadlines: arming a timer per request would cost more than the request's own bookkeeping.
void EventLoop::tick() {
  ticker_.expires_after(tick_length(shared_->settings));
  ticker_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    const int64_t now_ns = shared_->clock.monotonic_ns();
    std::vector<std::shared_ptr<Connection>> late;
    for (const auto& [key, connection] : connections_) {
      if (connection->deadline_ns() <= now_ns) late.push_back(connection);
    }
    for (const auto& connection : late) connection->on_deadline();
    ticking_ = !connections_.empty();
    if (ticking_) tick();
  });
}

void EventLoop::complete(std::shared_ptr<Connection> connection, uint64_t serial, Response response) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  completions_.push_back({std::move(connection), serial, std::move(response)});
  if (posted_) return;
  posted_ = true;
  asio::post(io_, [this] { take_completions(); });
}

void EventLoop::take_completions() {
  {
    const std::lock_guard lock(mutex_);
    posted_ = false;
    taken_.swap(completions_);
  }
  for (Completion& one : taken_) one.connection->finish(one.serial, std::move(one.response));
  taken_.clear();
}

void EventLoop::wake(std::shared_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  asio::post(io_, [connection = std::move(connection)] { connection->flush_stream(); });
}

void EventLoop::observe_duration(const Route* route, Method method, int status, int64_t took_ns) {
  const std::tuple key(route, method, status);
  if (key != last_key_) {
    telemetry::Histogram*& found = durations_[key];
    if (found == nullptr) {
      const std::string code = std::to_string(status);
      const std::string_view pattern = route == nullptr ? std::string_view{} : std::string_view(route->pattern);
      found = &shared_->registry.histogram(telemetry::kHttpRequestDuration, {method_name(method), pattern, code});
    }
    last_key_ = key;
    last_duration_ = found;
  }
  last_duration_->observe(static_cast<double>(took_ns) * 1e-9);
}

}  // namespace gm::http
