// The half of Connection that meets handlers: running them, taking their answers, feeding streams.

#include <fmt/format.h>

#include <atomic>

#include "lib/http/connection.h"
#include "lib/http/web_socket_handshake.h"

namespace gm::http {
namespace {

// The right to answer one request once. A handler that lets go of it without answering gets a 500 on its client's
// behalf.
class Ticket {
 public:
  Ticket(std::shared_ptr<Connection> connection, uint64_t serial, const telemetry::TraceId& trace_id)
      : connection_(std::move(connection)), serial_(serial), trace_id_(trace_id) {}
  ~Ticket() {
    if (!used_.exchange(true)) connection_->deliver(serial_, internal_error(trace_id_.view()));
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void respond(Response response) {
    if (!used_.exchange(true)) connection_->deliver(serial_, std::move(response));
  }

 private:
  std::shared_ptr<Connection> connection_;
  const uint64_t serial_;
  const telemetry::TraceId trace_id_;
  std::atomic<bool> used_{false};
};

}  // namespace

void Connection::dispatch() {
  phase_ = Phase::handling;
  clear_deadline();
  if (route_ == nullptr)
    return answer(problem(404, "gm-route-unknown", "There is nothing at this path.", request_.trace_id));
  if (endpoint_ == nullptr) {
    const std::string allowed = route_->allowed();
    Response response = problem(405, "gm-method-not-allowed", "This path answers: " + allowed + ".", request_.trace_id);
    response.headers.emplace_back("Allow", allowed);
    return answer(response);
  }
  const bool only_socket = std::holds_alternative<std::monostate>(endpoint_->handler);
  if (endpoint_->socket && (only_socket || asks_for_socket(request_))) return open_socket(endpoint_->socket);
  if (const auto* handler = std::get_if<AsyncHandler>(&endpoint_->handler)) return run_async(*handler);
  run_on_worker(*endpoint_);
}

void Connection::run_async(const AsyncHandler& handler) {
  in_handler_ = true;
  {
    auto ticket = std::make_shared<Ticket>(shared_from_this(), serial_, trace_id_);
    try {
      handler(request_, [ticket](Response response) { ticket->respond(std::move(response)); });
    } catch (const std::exception& error) {
      tell_exception(error);
      ticket->respond(internal_error(request_.trace_id));
    }
  }
  in_handler_ = false;
  if (!at_once_) return;
  const Response response = *std::exchange(at_once_, std::nullopt);
  answer(response);
}

void Connection::tell_exception(const std::exception& error) {
  loop_->shared().logger.log(telemetry::Level::error, "handler: exception",
                             {{"route", route_->pattern}, {"what", error.what()}}, request_.trace_id);
}

void Connection::run_on_worker(const Endpoint& endpoint) {
  const auto self = shared_from_this();
  const uint64_t serial = serial_;
  gone_ = std::stop_source();
  request_.client_gone = gone_.get_token();
  note_end();
  std::shared_ptr<StreamQueue> queue;
  if (std::holds_alternative<StreamHandler>(endpoint.handler)) {
    queue = std::make_shared<StreamQueue>(self, settings_.stream_queue_bytes_max);
    stream_ = queue;
  }
  // The request stays as it is until it is answered, so the worker may read it without a copy.
  const bool queued = loop_->shared().workers->submit([self, serial, queue, &endpoint] {
    try {
      if (const auto* handler = std::get_if<StreamHandler>(&endpoint.handler)) {
        self->run_stream(*handler, queue, serial);
      } else if (const auto* plain = std::get_if<Handler>(&endpoint.handler)) {
        self->deliver(serial, (*plain)(self->request_));
      } else {
        self->deliver(serial, internal_error(self->request_.trace_id));
      }
    } catch (const std::exception& error) {
      self->loop_->shared().logger.log(telemetry::Level::error, "handler: exception", {{"what", error.what()}},
                                       self->trace_id_.view());
      self->deliver(serial, internal_error(self->trace_id_.view()));
    }
  });
  if (queued) return;
  if (stream_) std::exchange(stream_, nullptr)->abandon();
  answer(overloaded(request_.trace_id));
}

void Connection::run_stream(const StreamHandler& handler, const std::shared_ptr<StreamQueue>& queue, uint64_t serial) {
  std::shared_ptr<ResponseStream> stream = std::make_shared<QueuedStream>(queue);
  Response response = handler(request_, std::move(stream));
  if (response.status != 200) queue->abandon();
  deliver(serial, std::move(response));
}

void Connection::deliver(uint64_t serial, Response response) {
  if (loop_->on_thread() && in_handler_ && serial == serial_) {
    at_once_ = std::move(response);
    return;
  }
  loop_->complete(shared_from_this(), serial, std::move(response));
}

void Connection::finish(uint64_t serial, Response response) {
  if (phase_ != Phase::handling || serial != serial_) return;
  if (stream_ && response.status == 200 && !stream_->unused()) return begin_stream(response);
  if (stream_) std::exchange(stream_, nullptr)->abandon();
  answer(response);
}

void Connection::begin_stream(const Response& response) {
  if (request_.method == Method::head) {
    std::exchange(stream_, nullptr)->abandon();
    return answer(response);
  }
  // The connection's last answer, and its head says so: the input seen while streaming is thrown away, and HTTP/1.0,
  // which knows no chunks, takes the end of the connection for that of the answer.
  keep_alive_ = false;
  AnswerOptions options;
  options.keep_alive = keep_alive_;
  options.chunked = !head_.http_1_0;
  begin_answer(response, options);
  if (!response.body.empty()) append_chunk(response.body);
  phase_ = Phase::streaming;
  wait_readable();  // to notice when the client goes
  write();
}

void Connection::append_chunk(std::string_view bytes) {
  if (head_.http_1_0) {
    output_ += bytes;
    return;
  }
  fmt::format_to(std::back_inserter(output_), "{:x}\r\n", bytes.size());
  output_ += bytes;
  output_ += "\r\n";
}

void Connection::flush() { phase_ == Phase::socket ? flush_socket() : flush_stream(); }

void Connection::flush_stream() {
  // Before the head is out, and while bytes wait for the socket, the queue gathers; on_written() comes back here.
  if (phase_ != Phase::streaming || !stream_ || !output_.empty()) return;
  if (loop_->draining() && !stream_->drain()) return close();
  const StreamQueue::Taken taken = stream_->take();
  if (taken.too_slow) loop_->shared().refused.count(RefusedReason::slow_stream);
  if (taken.too_slow || taken.broken) return close();
  if (!taken.bytes.empty()) append_chunk(taken.bytes);
  if (taken.finished) {
    if (!head_.http_1_0) output_ += "0\r\n\r\n";
    std::exchange(stream_, nullptr)->abandon();
  }
  if (output_.empty()) return;
  set_deadline(settings_.body_timeout_ms);
  write();
}

}  // namespace gm::http
