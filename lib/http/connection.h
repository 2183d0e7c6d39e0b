#pragma once
// One client connection: reads requests one after another, has them answered, writes the answers.
//
// With TLS a handshake comes first. Life of a request: head -> (body) -> handling -> answering -> next head. A refusal
// by the server itself ends in lingering: what the client still sends is read and thrown away for a moment, because
// closing at once could destroy the answer on its way. All methods run on the loop's thread unless they say otherwise.

#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "lib/http/chunked_body.h"
#include "lib/http/event_loop.h"
#include "lib/http/input_buffer.h"
#include "lib/http/request_head.h"
#include "lib/http/socket_session.h"
#include "lib/http/stream.h"
#include "lib/http/stream_queue.h"
#include "lib/io/poller.h"
#include "lib/telemetry/trace.h"

namespace gm::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `tls`: nullptr for plain HTTP.
  Connection(std::shared_ptr<EventLoop> loop, io::Socket socket, SSL_CTX* tls, std::string peer);
  ~Connection();

  int fd() const { return client_.fd(); }
  void start();
  // What the poller says of the socket.
  void on_ready(const io::Poller::Event& event);
  // Goes on with what was put off to the next turn.
  void resume();
  void close();
  void close_if_idle();
  int64_t deadline_ns() const { return deadline_ns_; }
  void on_deadline();

  // The answer to request number `serial`; ignored when that request is over.
  void finish(uint64_t serial, Response response);
  void flush();  // what a stream's or a socket's feeder has sent

  // From any thread.
  void deliver(uint64_t serial, Response response);
  void wake() { loop_->wake(shared_from_this()); }

 private:
  enum class Phase : uint8_t { handshake, idle, head, body, handling, answering, streaming, socket, lingering, closed };
  enum class Progress : uint8_t { complete, more, refused };

  void wait_readable();
  void go_on();
  bool ready(Stream::Wait wait) const { return wait == Stream::Wait::readable ? may_read_ : may_write_; }
  void not_ready(Stream::Wait wait) { (wait == Stream::Wait::readable ? may_read_ : may_write_) = false; }
  void again();
  bool read_more(char* into, size_t bytes, size_t& count);
  void on_readable();
  void note_end();
  void shake_hands();
  void proceed();
  Progress read_request();
  Progress begin_request(size_t head_bytes);
  Progress check_request();
  Progress begin_body();
  Progress read_body();
  Progress read_chunks();
  bool decode_path();
  bool take_budget(size_t arrived);
  void extend_body_deadline(size_t arrived);
  void refuse(const Refusal& refusal);
  void reset_request();

  void dispatch();
  void run_async(const AsyncHandler& handler);
  void run_on_worker(const Endpoint& endpoint);
  void run_stream(const StreamHandler& handler, const std::shared_ptr<StreamQueue>& queue, uint64_t serial);
  void begin_stream(const Response& response);
  void flush_stream();
  void append_chunk(std::string_view bytes);
  void tell_exception(const std::exception& error);

  void open_socket(const SocketHandler& handler);
  void continue_socket();
  void flush_socket();
  void read_socket();
  void on_socket_deadline();
  void end_socket(SocketEnd why);
  void end_socket_and_linger();

  void begin_answer(const Response& response, AnswerOptions options);
  void answer(const Response& response);
  void write();
  void on_written();
  void observe_answer();
  void end_request();
  void linger();
  void throw_away_input();
  void set_deadline(int64_t ms);
  void clear_deadline() { deadline_ns_ = std::numeric_limits<int64_t>::max(); }

  std::shared_ptr<EventLoop> loop_;  // first, so that it outlives the socket
  Stream client_;
  const std::string peer_;
  const ServerSettings& settings_;
  InputBuffer input_;
  Phase phase_ = Phase::idle;
  int64_t deadline_ns_ = std::numeric_limits<int64_t>::max();
  uint64_t serial_ = 0;  // of the current request
  bool proceeding_ = false;
  // What the socket was last heard to be, until trying says otherwise; and what is waited for.
  bool may_read_ = false;
  bool may_write_ = true;
  bool peer_ended_ = false;
  bool waiting_readable_ = false;
  bool waiting_writable_ = false;
  bool resuming_ = false;       // the loop will call resume()
  bool turn_was_over_ = false;  // resume() takes further requests out of the buffer

  // The current request.
  std::string head_bytes_;
  RequestHead head_;
  Request request_;
  std::string decoded_path_;
  telemetry::TraceId trace_id_;
  const Route* route_ = nullptr;
  const Endpoint* endpoint_ = nullptr;
  ChunkedBody chunks_;
  size_t body_bytes_max_ = 0;
  size_t request_bytes_ = 0;   // of input_ that belong to the request
  size_t progress_bytes_ = 0;  // of the body when it was last found to get on
  int64_t body_started_ns_ = 0;
  int64_t stalled_at_ns_ = 0;  // the body has stood still for too long then
  size_t budget_taken_ = 0;
  int64_t started_ns_ = 0;
  int answer_status_ = 0;  // of the answer on its way; 0: none, or its duration is observed
  bool complete_ = false;  // nothing of the request is still on its way
  bool keep_alive_ = true;
  bool in_handler_ = false;          // an AsyncHandler is on the stack
  std::optional<Response> at_once_;  // its answer, when it came before it returned
  std::shared_ptr<StreamQueue> stream_;
  std::unique_ptr<SocketSession> socket_;    // in Phase::socket; stream_ holds what it has to send
  std::stop_source gone_{std::nostopstate};  // of a request that a worker handles

  std::string output_;
  size_t written_ = 0;
};

}  // namespace gm::http
