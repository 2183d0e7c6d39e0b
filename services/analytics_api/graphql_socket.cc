#include "services/analytics_api/graphql_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/telemetry/catalog.h"

namespace gm::analytics_api {
namespace {

constexpr char kStopping[] = "gm-server-stopping";

std::string body_of(const Error& error) { return graphql::error_body({{error.code, error.message, {}, {}, {}}}); }

}  // namespace

// Pings of the WebSocket itself show that the client is there, so a subscription that is silent says nothing.
class GraphqlSocket::Subscriber final : public Sink {
 public:
  Subscriber(std::shared_ptr<GraphqlSocket> socket, OperationPtr operation)
      : socket_(std::move(socket)), operation_(std::move(operation)) {}
  bool open() const override { return !operation_->done && socket_->socket_->open(); }
  bool ready() const override { return socket_->socket_->waiting_bytes() <= kBacklogBytesMax; }
  bool next(std::string_view response) override {
    return socket_->say(*operation_, next_message(operation_->id, response));
  }
  void complete() override { socket_->finish(operation_, complete_message(operation_->id)); }
  bool keep_alive() override { return open(); }

 private:
  const std::shared_ptr<GraphqlSocket> socket_;
  const OperationPtr operation_;
};

GraphqlSocket::GraphqlSocket(GraphqlSockets& sockets, std::shared_ptr<http::WebSocket> socket, Place place,
                             std::string key)
    : sockets_(sockets), socket_(std::move(socket)), place_(std::move(place)), key_(std::move(key)) {}

void GraphqlSocket::on_text(std::string_view text) {
  const auto message = read_client_message(text);
  const std::lock_guard lock(mutex_);
  if (!closed_for_.empty()) return;
  if (!message) return close(kCloseBadMessage, "bad_message", message.error());
  switch (message->kind) {
    case ClientMessage::Kind::connection_init:
      return greet(*message);
    case ClientMessage::Kind::ping:
      socket_->send(pong_message(message->payload));
      return;
    case ClientMessage::Kind::pong:
      return;
    case ClientMessage::Kind::subscribe:
      return subscribe(*message);
    case ClientMessage::Kind::complete:
      return complete(message->id);
  }
}

void GraphqlSocket::greet(const ClientMessage& message) {
  if (greeted_) {
    return close(kCloseTooManyInits, "init_repeated", {"", "Too many initialisation requests"});
  }
  greeted_ = true;
  if (std::string given = key_in(message.payload); !given.empty()) key_ = std::move(given);
  const auto principal = sockets_.engine().dependencies().principal_of(key_);
  if (!principal) return close(kCloseForbidden, "forbidden", principal.error());
  auto place = sockets_.place_of_key(principal->key);
  if (!place) return close(http::kCloseTryLater, "too_many", place.error());
  place_of_key_ = std::move(*place);
  socket_->send(ack_message());
}

void GraphqlSocket::subscribe(const ClientMessage& message) {
  if (!greeted_) return close(kCloseUnauthorized, "not_initialised", {"", "Unauthorized"});
  auto asked = read_graphql_parameters(message.payload);
  if (const auto* refusal = std::get_if<GraphqlRefusal>(&asked)) {
    return close(kCloseBadMessage, "bad_message", {refusal->code, refusal->message});
  }
  if (operations_.contains(message.id)) {
    return close(kCloseIdTaken, "id_taken", {"", fmt::format("Subscriber for {} already exists", message.id)});
  }
  const auto refuse = [&](const Error& error) {
    sockets_.engine().count(error.code, true);
    socket_->send(error_message(message.id, body_of(error)));
  };
  if (stopping_) return refuse({kStopping, "the server stops; subscribe again"});
  if (operations_.size() >= sockets_.settings().operations_max) {
    return refuse({"gm-graphql-too-many-operations",
                   fmt::format("{} operations of this socket have not ended", operations_.size())});
  }
  const auto operation = std::make_shared<Operation>(message.id);
  operations_.emplace(message.id, operation);
  const bool queued =
      socket_->run([self = shared_from_this(), operation, asked = std::get<GraphqlRequest>(std::move(asked))] {
        self->run(operation, asked);
      });
  if (queued) return;
  operations_.erase(message.id);
  refuse({"gm-overloaded", "too many requests are waiting; try again"});
}

void GraphqlSocket::complete(const std::string& id) {
  const auto found = operations_.find(id);
  if (found == operations_.end()) return;  // it has just ended by itself
  const OperationPtr operation = std::move(found->second);
  operations_.erase(found);
  operation->done = true;
  if (operation->number != 0) sockets_.engine().hub().end(operation->number, Ending::client_completed);
}

// The key is looked at again: it may have been revoked since connection_init.
void GraphqlSocket::run(const OperationPtr& operation, const GraphqlRequest& asked) {
  GraphqlEngine& engine = sockets_.engine();
  const GraphqlDependencies& d = engine.dependencies();
  const auto principal = d.principal_of(key_);
  if (!principal) {
    const std::lock_guard lock(mutex_);
    return close(kCloseForbidden, "forbidden", principal.error());
  }
  d.telemetry.counter(telemetry::kQueryTotal, {"graphql"}).add();
  const auto caller = d.caller_of(*principal);
  if (!caller) return fail(operation, {"gm-store-unavailable", caller.error().message});
  auto prepared = engine.prepare(caller->project.id, asked, {.subscriptions = true});
  if (!prepared.operation) return finish(operation, error_message(operation->id, prepared.refusal.body));
  if (prepared.operation->is_subscription()) {
    return begin(operation, *caller, principal->key, std::move(prepared.operation));
  }
  const auto response = engine.run(*caller, *prepared.operation, {}, [&] { return operation->done.load(); });
  say(*operation, next_message(operation->id, response.body));
  finish(operation, complete_message(operation->id));
}

void GraphqlSocket::begin(const OperationPtr& operation, const Caller& caller, int64_t key,
                          GraphqlEngine::Operation prepared) {
  GraphqlEngine& engine = sockets_.engine();
  auto place = engine.hub().take_place(key);
  if (!place) return fail(operation, place.error());
  auto plan = engine.plan(caller, std::move(prepared), key_);
  if (const auto* refusal = std::get_if<std::string>(&plan)) {
    return finish(operation, error_message(operation->id, *refusal));
  }
  const std::lock_guard lock(mutex_);
  if (operation->done) return;
  operation->number = engine.hub().start(std::move(*place), std::get<Plan>(std::move(plan)),
                                         std::make_shared<Subscriber>(shared_from_this(), operation));
  leave_if_quiet();
}

// Under the mutex, so that nothing of an operation comes after the client has ended it and used its id again.
bool GraphqlSocket::say(const Operation& operation, std::string_view text) {
  const std::lock_guard lock(mutex_);
  return !operation.done && socket_->send(text);
}

void GraphqlSocket::finish(const OperationPtr& operation, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (operation->done) return;
  operation->done = true;
  operations_.erase(operation->id);
  socket_->send(text);
  leave_if_quiet();
}

void GraphqlSocket::fail(const OperationPtr& operation, const Error& error) {
  sockets_.engine().count(error.code, true);
  finish(operation, error_message(operation->id, body_of(error)));
}

void GraphqlSocket::end_operations(Ending why) {
  for (const auto& [id, operation] : operations_) {
    operation->done = true;
    if (operation->number != 0) sockets_.engine().hub().end(operation->number, why);
  }
  operations_.clear();
}

void GraphqlSocket::close(uint16_t code, std::string_view why, const Error& error) {
  if (!closed_for_.empty()) return;
  closed_for_ = why;
  end_operations(code == kCloseForbidden ? Ending::key_refused : Ending::client_gone);
  socket_->close(code, error.code.empty() ? error.message : error.code + ": " + error.message);
}

void GraphqlSocket::on_time() {
  const std::lock_guard lock(mutex_);
  if (!greeted_) close(kCloseInitTimeout, "init_timeout", {"", "Connection initialisation timeout"});
}

void GraphqlSocket::on_server_stops() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  leave_if_quiet();
}

// Queries that run are answered first. Subscriptions are not completed: a client whose socket goes away subscribes anew
// when it has connected again.
void GraphqlSocket::leave_if_quiet() {
  if (!stopping_ || !closed_for_.empty()) return;
  const bool quiet =
      std::all_of(operations_.begin(), operations_.end(), [](const auto& each) { return each.second->number != 0; });
  if (!quiet) return;
  end_operations(Ending::server_stops);
  close(http::kCloseGoingAway, "server_stops", {kStopping, "connect again"});
}

void GraphqlSocket::on_end(http::SocketEnd why) {
  const std::lock_guard lock(mutex_);
  const bool closed_here = why == http::SocketEnd::closed_here && !closed_for_.empty();
  sockets_.count_end(closed_here ? std::string_view(closed_for_) : http::name_of(why));
  if (closed_for_.empty()) closed_for_ = http::name_of(why);
  end_operations(Ending::client_gone);
}

}  // namespace gm::analytics_api
