// The part of Connection that has become a WebSocket: moving bytes between the socket and its session.

#include "lib/http/connection.h"
#include "lib/http/web_socket_handshake.h"

namespace gm::http {
namespace {

constexpr size_t kSocketReadBytes = 4096;

// What a SocketHandler gets. Frames are made by whoever sends, so that the network thread only copies.
class QueuedSocket final : public WebSocket {
 public:
  QueuedSocket(std::shared_ptr<StreamQueue> queue, std::shared_ptr<EventLoop> loop)
      : queue_(std::move(queue)), loop_(std::move(loop)) {}
  bool send(std::string_view text) override { return queue_->push(text_frame(text)); }
  bool open() const override { return queue_->open(); }
  size_t waiting_bytes() const override { return queue_->waiting_bytes(); }
  void close(uint16_t code, std::string_view reason) override { queue_->finish(close_frame(code, reason)); }
  bool run(std::function<void()> job) override { return loop_->shared().workers->submit(std::move(job)); }

 private:
  const std::shared_ptr<StreamQueue> queue_;
  const std::shared_ptr<EventLoop> loop_;
};

}  // namespace

void Connection::open_socket(const SocketHandler& handler) {
  if (loop_->draining()) return answer(overloaded(request_.trace_id));
  if (const auto refusal = refuse_handshake(request_)) return answer(*refusal);
  const auto queue = std::make_shared<StreamQueue>(shared_from_this(), settings_.stream_queue_bytes_max);
  std::variant<SocketTerms, Response> taken = internal_error(request_.trace_id);
  try {
    taken = handler(request_, std::make_shared<QueuedSocket>(queue, loop_));
  } catch (const std::exception& error) {
    tell_exception(error);
  }
  if (const auto* refusal = std::get_if<Response>(&taken)) {
    queue->abandon();
    return answer(*refusal);
  }
  stream_ = queue;
  auto& terms = std::get<SocketTerms>(taken);
  begin_answer(switch_protocols(request_, terms.protocol), {});
  socket_ = std::make_unique<SocketSession>(std::move(terms), loop_->shared().clock);
  phase_ = Phase::socket;
  write();
}

// What is on its way was written: what has come meanwhile is next.
void Connection::continue_socket() {
  output_.clear();
  written_ = 0;
  if (socket_->over()) return end_socket_and_linger();
  if (input_.size() > 0) {  // came with the request
    socket_->receive(input_.bytes(), output_);
    input_.consume(input_.size());
  }
  flush_socket();
}

void Connection::flush_socket() {
  if (phase_ != Phase::socket || waiting_writable_) return;
  socket_->give(stream_->take(), output_);
  if (!output_.empty()) {
    set_deadline(settings_.body_timeout_ms);
    return write();
  }
  if (socket_->over()) return end_socket_and_linger();
  deadline_ns_ = socket_->deadline_ns();
  wait_readable();
}

// Nothing is read while something waits to be written: a client that does not take the answers to its messages cannot
// pile them up here.
void Connection::read_socket() {
  if (waiting_writable_) return;
  input_.ensure(kSocketReadBytes);
  size_t bytes = 0;
  if (!read_more(input_.space(), input_.space_bytes(), bytes)) return input_.release();
  input_.added(bytes);
  socket_->receive(input_.bytes(), output_);
  input_.consume(input_.size());
  flush_socket();
}

void Connection::on_socket_deadline() {
  if (waiting_writable_) {
    loop_->shared().refused.count(RefusedReason::slow_reader);
    end_socket(SocketEnd::too_slow);
    return close();
  }
  socket_->on_deadline(output_);
  flush_socket();
}

void Connection::end_socket(SocketEnd why) {
  if (!socket_) return;
  std::exchange(stream_, nullptr)->abandon();
  std::exchange(socket_, nullptr)->end(why);
}

void Connection::end_socket_and_linger() {
  end_socket(SocketEnd::client_gone);
  linger();
}

}  // namespace gm::http
