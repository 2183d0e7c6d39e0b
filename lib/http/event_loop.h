#pragma once
// One thread with its poller, its listener and its connections. Everything about a connection happens on its loop's
// thread; other threads hand their answers over through complete() and wake().
//
// A turn: wait, let the connections whose sockets changed go on, give the answers that other threads have handed over,
// look at the deadlines if it is time. What handlers have gathered is handed on before the loop sleeps, and after a
// millisecond of work without sleep.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
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
#include "lib/io/network.h"
#include "lib/io/poller.h"
#include "lib/io/socket.h"

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
  std::vector<std::function<void()>> when_caught_up;
  std::atomic<size_t> connections{0};
};

class EventLoop : public std::enable_shared_from_this<EventLoop> {
 public:
  EventLoop(std::shared_ptr<ServerShared> shared, uint64_t seed);
  ~EventLoop();

  // Errors: gm-io-no-resources.
  Status start(io::Listener listener);
  // Stops accepting and closes idle connections and streams; busy ones close after their answer.
  void drain();
  // Waits until no connection is left or `timeout_ms` has passed.
  void wait_empty(int64_t timeout_ms);
  // Closes everything and ends the thread. Idempotent.
  void stop();

  // From any thread: the answer to request number `serial` of `connection`. Answers are gathered, so that a group
  // commit that finishes fifty requests wakes the loop once; see AnswerBurst.
  void complete(std::shared_ptr<Connection> connection, uint64_t serial, Response response);
  // From any thread: run connection->flush() on the loop.
  void wake(std::shared_ptr<Connection> connection);
  // From any thread: the loop looks at what was handed over, if it sleeps.
  void rouse();

  // The rest is for connections, on the loop's thread.
  bool on_thread() const { return std::this_thread::get_id() == thread_id_; }
  bool draining() const { return draining_; }
  // The connection goes on once more in the turn to come, without waiting for its socket.
  void again(std::shared_ptr<Connection> connection) { again_.push_back(std::move(connection)); }
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
  // What other threads have handed over.
  struct Mail {
    std::vector<Completion> completions;
    std::vector<std::shared_ptr<Connection>> streams;  // that have something to send
    std::vector<std::function<void()>> calls;
    bool empty() const { return completions.empty() && streams.empty() && calls.empty(); }
  };

  void run();
  void turn();
  template <typename Step>
  void guarded(Step step);
  void call(std::function<void()> what);
  template <typename Put>
  bool hand_over(Put put);
  std::span<const io::Poller::Event> wait();
  bool has_more() const;
  bool fall_asleep();
  int patience_ms() const;
  void hand_on();
  void read_mail();
  std::vector<std::shared_ptr<Connection>> all_connections() const;

  void accept();
  void adopt(io::Accepted accepted);
  void pause_accepting(const std::string& problem);
  void close_listener();
  void look_at_deadlines(int64_t now_ns);

  std::shared_ptr<ServerShared> shared_;
  io::Poller poller_;
  io::Listener listener_;
  BufferPool pool_;
  SeededRandom random_;
  DateText date_;
  std::map<std::tuple<const Route*, Method, int>, telemetry::Histogram*> durations_;
  // The series used last: nearly always the next one, too.
  std::tuple<const Route*, Method, int> last_key_{nullptr, Method::get, 0};
  telemetry::Histogram* last_duration_ = nullptr;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> again_;
  // Closed in this turn: the poller's events may still name them.
  std::vector<std::shared_ptr<Connection>> gone_;
  int64_t next_tick_ns_ = 0;
  int64_t gathering_since_ns_ = 0;  // 0: nothing has been handled since hand_on()
  bool draining_ = false;
  bool stopping_ = false;
  bool accepting_paused_ = false;
  std::thread thread_;
  std::thread::id thread_id_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable empty_;
  Mail mail_;
  Mail taken_;  // swapped with mail_, on the loop's thread only
  bool asleep_ = false;
  bool ended_ = false;
  size_t open_ = 0;
};

}  // namespace gm::http
