#pragma once
// One thread with its io_context, its listener and its connections. Everything about a connection happens on its loop's
// thread; other threads hand their answers over through complete() and wake().

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "lib/http/input_buffer.h"
#include "lib/http/refused_connections.h"
#include "lib/http/response_writer.h"
#include "lib/http/route_table.h"
#include "lib/http/server.h"
#include "lib/http/tls_identity.h"
#include "lib/http/worker_pool.h"

namespace gm::http {

class Connection;

// What all loops of a server share. Shared-owned by loops and connections, because an answer may come after the server
// has gone.
struct ServerShared {
  ServerShared(ServerSettings given, const ServerContext& from, std::shared_ptr<ByteBudget> bytes);

  const ServerSettings settings;
  const Clock& clock;
  telemetry::Registry& registry;
  telemetry::Logger logger;
  telemetry::Gauge& connections_gauge;
  RefusedConnections refused;
  std::shared_ptr<ByteBudget> budget;
  RouteTable routes;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<TlsIdentity> tls;  // empty: plain HTTP. Set before the loops start
  std::atomic<size_t> connections{0};
};

class EventLoop : public std::enable_shared_from_this<EventLoop> {
 public:
  EventLoop(std::shared_ptr<ServerShared> shared, uint64_t seed);
  ~EventLoop();

  void start(io::Listener listener);
  // Stops accepting and closes idle connections and streams; busy ones close after their answer.
  void drain();
  // Waits until no connection is left or `timeout_ms` has passed.
  void wait_empty(int64_t timeout_ms);
  // Closes everything and ends the thread. Idempotent.
  void stop();

  // From any thread: the answer to request number `serial` of `connection`. Answers are gathered, so that a group
  // commit that finishes fifty requests wakes the loop once.
  void complete(std::shared_ptr<Connection> connection, uint64_t serial, Response response);
  // From any thread: run connection->flush_stream() on the loop.
  void wake(std::shared_ptr<Connection> connection);

  // The rest is for connections, on the loop's thread.
  bool on_thread() const { return std::this_thread::get_id() == thread_id_; }
  bool draining() const { return draining_; }
  boost::asio::io_context& io() { return io_; }
  ServerShared& shared() { return *shared_; }
  BufferPool& pool() { return pool_; }
  SeededRandom& random() { return random_; }
  std::string_view date(int64_t now_ms) { return date_.at(now_ms); }
  // `route` nullptr: no route was found.
  void observe_duration(const Route* route, Method method, int status, int64_t took_ns);
  void forget(Connection* connection);

 private:
  struct Completion {
    std::shared_ptr<Connection> connection;
    uint64_t serial;
    Response response;
  };

  void accept_next();
  void adopt(boost::asio::ip::tcp::socket socket);
  void tick();
  void take_completions();

  std::shared_ptr<ServerShared> shared_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer ticker_;
  BufferPool pool_;
  SeededRandom random_;
  DateText date_;
  std::map<std::tuple<const Route*, Method, int>, telemetry::Histogram*> durations_;
  // The series used last: nearly always the next one, too.
  std::tuple<const Route*, Method, int> last_key_{nullptr, Method::get, 0};
  telemetry::Histogram* last_duration_ = nullptr;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  bool draining_ = false;
  bool ticking_ = false;
  std::thread thread_;
  std::thread::id thread_id_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable empty_;
  std::vector<Completion> completions_;
  std::vector<Completion> taken_;  // swapped with completions_, on the loop's thread only
  bool posted_ = false;
  bool ended_ = false;
  size_t open_ = 0;
};

}  // namespace gm::http
