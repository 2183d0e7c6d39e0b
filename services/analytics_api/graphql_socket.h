#pragma once
// Private to this folder: one WebSocket that speaks graphql-transport-ws. Messages are read on the network thread;
// operations run on the worker pool, subscriptions on the hub's threads.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/http/web_socket.h"
#include "services/analytics_api/graphql_request.h"
#include "services/analytics_api/graphql_sockets.h"
#include "services/analytics_api/subscriptions/transport_ws.h"

namespace gm::analytics_api {

class GraphqlSocket final : public http::SocketReader, public std::enable_shared_from_this<GraphqlSocket> {
 public:
  // `place`: among all sockets; `key`: of the request's header, may be empty.
  GraphqlSocket(GraphqlSockets& sockets, std::shared_ptr<http::WebSocket> socket, Place place, std::string key);

  void on_text(std::string_view message) override;
  void on_time() override;
  void on_server_stops() override;
  void on_end(http::SocketEnd why) override;

 private:
  struct Operation {
    explicit Operation(std::string of_id) : id(std::move(of_id)) {}
    const std::string id;
    std::atomic<bool> done{false};  // nothing more is said of it
    uint64_t number = 0;            // of the hub; 0: no subscription. Guarded by the socket's mutex
  };
  using OperationPtr = std::shared_ptr<Operation>;
  class Subscriber;  // what the hub sends to

  // On the network thread, with the mutex held.
  void greet(const ClientMessage& message);
  void subscribe(const ClientMessage& message);
  void complete(const std::string& id);

  // On a worker.
  void run(const OperationPtr& operation, const GraphqlRequest& asked);
  void begin(const OperationPtr& operation, const Caller& caller, int64_t key, GraphqlEngine::Operation prepared);

  // From any thread.
  bool say(const Operation& operation, std::string_view text);
  // The last word of an operation: its response, its errors, or nothing but the end.
  void finish(const OperationPtr& operation, std::string_view text);
  void fail(const OperationPtr& operation, const Error& error);

  // With the mutex held.
  void end_operations(Ending why);
  void close(uint16_t code, std::string_view why, const Error& error);
  void leave_if_quiet();

  GraphqlSockets& sockets_;
  const std::shared_ptr<http::WebSocket> socket_;
  const Place place_;

  std::mutex mutex_;
  std::string key_;
  Place place_of_key_;
  bool greeted_ = false;
  bool stopping_ = false;
  std::string closed_for_;  // not empty: nothing is said or heard any more
  std::unordered_map<std::string, OperationPtr> operations_;
};

}  // namespace gm::analytics_api
