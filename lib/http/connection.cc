#include "lib/http/connection.h"

#include <algorithm>

#include "lib/codec/text_codecs.h"

namespace gm::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr size_t kFirstReadBytes = 4096;
// A body must bring this much within http.body_timeout, so that a trickle of single bytes counts as no progress.
constexpr size_t kProgressBytes = 1024;
// The budget is taken in steps of this, so that a body of many small reads does not touch it with each.
constexpr size_t kBudgetStepBytes = 4096;
// A client that pipelines gets this many answers before the loop looks after the others.
constexpr int kRequestsPerTurn = 16;
constexpr int64_t kLingerMs = 2000;
// How long the question of a client that sends no more is worked on all the same.
constexpr int64_t kGoneAfterMs = 1000;
constexpr Refusal kOverloaded{503, "gm-overloaded", "Too many bytes of requests are waiting to be stored. Try again."};

// A segment that climbs out of its folder, before or after decoding, is refused: no handler has to think of it.
bool climbs(std::string_view path) {
  while (!path.empty()) {
    const size_t end = path.find('/');
    if (path.substr(0, end) == "..") return true;
    if (end == std::string_view::npos) return false;
    path.remove_prefix(end + 1);
  }
  return false;
}

// No path has it otherwise.
constexpr char kMarkedSlash = '\0';

std::string with_marked_slashes(std::string_view path) {
  std::string marked;
  while (!path.empty()) {
    const bool slash = path.size() >= 3 && path[0] == '%' && path[1] == '2' && (path[2] == 'F' || path[2] == 'f');
    marked += slash ? kMarkedSlash : path.front();
    path.remove_prefix(slash ? 3 : 1);
  }
  return marked;
}

}  // namespace

Connection::Connection(std::shared_ptr<EventLoop> loop, io::Socket socket, SSL_CTX* tls, std::string peer)
    : loop_(std::move(loop)),
      client_(std::move(socket), tls),
      peer_(std::move(peer)),
      settings_(loop_->shared().settings),
      input_(loop_->pool()) {
  request_.peer = peer_;
  reset_request();
}

Connection::~Connection() = default;

void Connection::start() {
  if (client_.encrypted()) phase_ = Phase::handshake;
  set_deadline(client_.encrypted() ? settings_.header_timeout_ms : settings_.idle_timeout_ms);
  wait_readable();
}

void Connection::set_deadline(int64_t ms) { deadline_ns_ = loop_->shared().clock.monotonic_ns() + ms * 1'000'000; }

void Connection::close() {
  if (phase_ == Phase::closed) return;
  observe_answer();
  const bool in_flight = phase_ == Phase::handling || phase_ == Phase::streaming;
  phase_ = Phase::closed;
  clear_deadline();
  gone_.request_stop();
  // Of an answer without chunks the end of the connection would be a good end.
  const bool cut_off = stream_ && in_flight && head_.http_1_0;
  cut_off ? client_.reset() : client_.close();
  // A handler may still read the request; then the buffer goes with the connection.
  if (!in_flight) input_.release();
  if (budget_taken_ > 0) loop_->shared().budget->give(std::exchange(budget_taken_, 0));
  end_socket(SocketEnd::client_gone);
  if (stream_) std::exchange(stream_, nullptr)->abandon();
  const auto self = shared_from_this();
  loop_->forget(this);
}

void Connection::close_if_idle() {
  if (socket_) return socket_->server_stops();
  const bool busy =
      phase_ == Phase::head || phase_ == Phase::body || phase_ == Phase::handling || phase_ == Phase::answering;
  // A stream whose feeder has last words, or whose last words are on their way, ends by itself.
  const bool ending = phase_ == Phase::streaming && (!stream_ || stream_->drain());
  if (!busy && !ending) close();
}

void Connection::on_deadline() {
  if (phase_ == Phase::socket) return on_socket_deadline();
  clear_deadline();
  if (phase_ == Phase::handling) return (void)gone_.request_stop();
  if (phase_ == Phase::head || phase_ == Phase::body) {
    return refuse({408, "gm-request-timeout", "The request did not arrive in time."});
  }
  if (phase_ == Phase::answering || phase_ == Phase::streaming)
    loop_->shared().refused.count(RefusedReason::slow_reader);
  if (phase_ == Phase::handshake) loop_->shared().refused.count(RefusedReason::tls_handshake, "timeout");
  close();  // that, or idle for too long
}

// Readiness is awaited without memory for the data: an idle connection costs its object and nothing else.
void Connection::wait_readable() {
  if (phase_ == Phase::closed) return;
  waiting_readable_ = true;
  if (client_.has_decrypted() || ready(client_.read_wait())) again();
}

void Connection::again() {
  if (std::exchange(resuming_, true)) return;
  loop_->again(shared_from_this());
}

void Connection::on_ready(const io::Poller::Event& event) {
  if (phase_ == Phase::closed) return;
  may_read_ |= event.readable;
  may_write_ |= event.writable;
  peer_ended_ |= event.ended;
  note_end();
  go_on();
}

// A client that sends no more while its question is worked on has gone, or has said all that it had to say and waits
// for the answer. Most questions are answered before that has to be known.
void Connection::note_end() {
  if (peer_ended_ && phase_ == Phase::handling) set_deadline(kGoneAfterMs);
}

void Connection::resume() {
  resuming_ = false;
  if (phase_ == Phase::closed) return;
  if (std::exchange(turn_was_over_, false)) return proceed();
  go_on();
}

void Connection::go_on() {
  if (waiting_writable_ && ready(client_.write_wait())) {
    waiting_writable_ = false;
    set_deadline(settings_.body_timeout_ms);
    write();
  }
  if (phase_ == Phase::closed || !waiting_readable_) return;
  if (!client_.has_decrypted() && !ready(client_.read_wait())) return;
  waiting_readable_ = false;
  on_readable();
}

void Connection::shake_hands() {
  const io::Transfer outcome = client_.shake_hands();
  if (outcome == io::Transfer::would_block) {
    not_ready(client_.read_wait());
    return wait_readable();
  }
  if (outcome != io::Transfer::done) {
    loop_->shared().refused.count(RefusedReason::tls_handshake, client_.problem());
    return close();
  }
  phase_ = Phase::idle;
  set_deadline(settings_.idle_timeout_ms);
  wait_readable();
}

// False when there is nothing now (then the next word of the socket is waited for) or the connection is at its end.
bool Connection::read_more(char* into, size_t bytes, size_t& count) {
  const io::Transfer outcome = client_.read_some(into, bytes, count);
  // Fewer bytes than asked for were all there are, and the next ones will be heard of; an end has been heard of.
  const bool drained = !client_.encrypted() && count < bytes && !peer_ended_;
  if (outcome == io::Transfer::done) {
    if (drained) may_read_ = false;
    return true;
  }
  if (outcome != io::Transfer::would_block) {
    close();
    return false;
  }
  not_ready(client_.read_wait());
  wait_readable();
  return false;
}

void Connection::on_readable() {
  if (phase_ == Phase::handshake) return shake_hands();
  if (phase_ == Phase::lingering || phase_ == Phase::streaming) return throw_away_input();
  if (phase_ == Phase::socket) return read_socket();
  if (phase_ != Phase::idle && phase_ != Phase::head && phase_ != Phase::body) return;
  if (input_.space_bytes() == 0 || input_.size() == 0) input_.ensure(input_.size() + kFirstReadBytes);
  size_t bytes = 0;
  if (!read_more(input_.space(), input_.space_bytes(), bytes)) return;
  if (phase_ == Phase::idle) {
    phase_ = Phase::head;
    started_ns_ = loop_->shared().clock.monotonic_ns();
    deadline_ns_ = started_ns_ + settings_.header_timeout_ms * 1'000'000;
  }
  input_.added(bytes);
  proceed();
}

// Takes requests from the buffer as long as they are complete and answered at once. Not entered twice: an answer given
// from inside a handler only moves the state on.
void Connection::proceed() {
  if (proceeding_) return;
  proceeding_ = true;
  for (int turn = 0; phase_ == Phase::head || phase_ == Phase::body; ++turn) {
    if (turn == kRequestsPerTurn) {
      turn_was_over_ = true;
      again();
      break;
    }
    const Progress progress = read_request();
    if (progress == Progress::more) {
      wait_readable();
      break;
    }
    if (progress == Progress::complete) {
      complete_ = true;
      dispatch();
    }
  }
  proceeding_ = false;
}

Connection::Progress Connection::read_request() {
  if (phase_ == Phase::body) return head_.chunked ? read_chunks() : read_body();
  while (input_.bytes().starts_with("\r\n")) input_.consume(2);  // RFC 9112 section 2.2
  const size_t head_bytes = find_head_end(input_.bytes());
  if (head_bytes > settings_.header_bytes_max || (head_bytes == 0 && input_.size() >= settings_.header_bytes_max)) {
    refuse({431, "gm-headers-too-large", "The request line and headers are larger than http.header_bytes_max."});
    return Progress::refused;
  }
  if (head_bytes > 0) return begin_request(head_bytes);
  if (has_bare_line_feed(input_.bytes())) {
    refuse({400, "gm-request-malformed", "Lines of a request head must end with CR LF."});
    return Progress::refused;
  }
  input_.ensure(settings_.header_bytes_max);
  return Progress::more;
}

// Nothing of the request before may show in the answer to a head that never becomes one.
void Connection::reset_request() {
  route_ = nullptr;
  endpoint_ = nullptr;
  request_.method = Method::get;
  request_.headers.clear();
  request_.path_parameters.clear();
  request_.body = request_.path = request_.query = {};
  request_.received_ms = 0;
  request_.client_gone = {};
  complete_ = false;
  trace_id_ = telemetry::TraceId::make(loop_->random());
  request_.trace_id = trace_id_.view();
}

Connection::Progress Connection::begin_request(size_t head_bytes) {
  ++serial_;
  // The head is copied out, so that its views stay valid while the buffer grows with the body.
  head_bytes_.assign(input_.bytes().substr(0, head_bytes));
  input_.consume(head_bytes);
  request_.received_ms = loop_->shared().clock.now_ms();
  if (const auto refusal = parse_head(head_bytes_, head_)) {
    refuse(*refusal);
    return Progress::refused;
  }
  keep_alive_ = head_.keep_alive;
  request_.method = head_.method;
  request_.query = head_.query;
  request_.headers.swap(head_.headers);
  if (const std::string_view parent = request_.header("traceparent"); !parent.empty()) {
    if (const auto given = telemetry::TraceId::from_traceparent(parent)) trace_id_ = *given;
  }
  return check_request();
}

// Also finds the route: a slash that is written as %2F belongs to its segment, such as a player's id.
bool Connection::decode_path() {
  const auto find_route = [this] {
    route_ = loop_->shared().routes.find(request_.path, request_.path_parameters);
    return true;
  };
  request_.path = head_.path;
  if (head_.path.find('%') == std::string_view::npos) return !climbs(request_.path) && find_route();
  if (head_.path.find("%00") != std::string_view::npos) return false;
  auto decoded = codec::url_decode(with_marked_slashes(head_.path), codec::PlusSign::kept);
  if (!decoded) return false;
  decoded_path_ = *std::move(decoded);
  request_.path = decoded_path_;
  find_route();
  // The parameters are views of it, and see the slashes come back.
  std::replace(decoded_path_.begin(), decoded_path_.end(), kMarkedSlash, '/');
  return !climbs(request_.path);
}

// Everything that can be refused without the body is refused here.
Connection::Progress Connection::check_request() {
  const auto refused = [this](const Refusal& refusal) {
    refuse(refusal);
    return Progress::refused;
  };
  if (!decode_path()) return refused({400, "gm-request-malformed", "The path is not valid."});
  if (route_ != nullptr) endpoint_ = route_->endpoint(request_.method);
  body_bytes_max_ = settings_.body_bytes_max;
  if (endpoint_ != nullptr && endpoint_->options.body_bytes_max > 0)
    body_bytes_max_ = endpoint_->options.body_bytes_max;
  if (head_.content_length > body_bytes_max_) {
    return refused({413, "gm-body-too-large", "The request body is larger than this route takes."});
  }
  if (!loop_->shared().budget->fits(head_.content_length)) {
    return refused(kOverloaded);
  }
  return begin_body();
}

// For the body's bytes that are here. False when they do not fit.
bool Connection::take_budget(size_t arrived) {
  if (arrived <= budget_taken_) return true;
  size_t wanted = (arrived + kBudgetStepBytes - 1) / kBudgetStepBytes * kBudgetStepBytes;
  if (!head_.chunked) wanted = std::min(wanted, head_.content_length);
  if (!loop_->shared().budget->take(wanted - budget_taken_)) return false;
  budget_taken_ = wanted;
  return true;
}

// A body may neither stand still for http.body_timeout nor, with that as a head start, fall behind http.body_rate_min:
// its whole time is bounded by its length.
void Connection::extend_body_deadline(size_t arrived) {
  const int64_t timeout_ns = settings_.body_timeout_ms * 1'000'000;
  if (arrived >= progress_bytes_ + kProgressBytes) {
    progress_bytes_ = arrived;
    stalled_at_ns_ = loop_->shared().clock.monotonic_ns() + timeout_ns;
  }
  const auto earned_ns = static_cast<int64_t>(arrived) * 1'000'000'000 / std::max<int64_t>(1, settings_.body_rate_min);
  deadline_ns_ = std::min(stalled_at_ns_, body_started_ns_ + timeout_ns + earned_ns);
}

Connection::Progress Connection::begin_body() {
  const bool arrived = !head_.chunked && input_.size() >= head_.content_length;
  if (head_.expects_continue && !arrived) {
    // Blocking is out of the question, and 25 bytes fit any socket buffer that its client reads from.
    size_t sent = 0;
    client_.write_some(kContinue.data(), kContinue.size(), sent);
    if (sent != kContinue.size()) {
      close();
      return Progress::refused;
    }
  }
  phase_ = Phase::body;
  if (!arrived) {
    progress_bytes_ = 0;
    body_started_ns_ = loop_->shared().clock.monotonic_ns();
    stalled_at_ns_ = body_started_ns_ + settings_.body_timeout_ms * 1'000'000;
  }
  if (!head_.chunked) return read_body();
  chunks_.start(0);
  return read_chunks();
}

Connection::Progress Connection::read_body() {
  if (!take_budget(std::min(input_.size(), head_.content_length))) {
    refuse(kOverloaded);
    return Progress::refused;
  }
  if (input_.size() < head_.content_length) {
    extend_body_deadline(input_.size());
    input_.ensure(head_.content_length);
    return Progress::more;
  }
  request_bytes_ = head_.content_length;
  request_.body = input_.bytes().substr(0, head_.content_length);
  return Progress::complete;
}

Connection::Progress Connection::read_chunks() {
  const auto state = input_.size() == 0 ? ChunkedBody::State::more : chunks_.advance(input_.begin(), input_.size());
  const size_t decoded = chunks_.decoded();
  if (state == ChunkedBody::State::malformed) {
    refuse({400, "gm-request-malformed", "The chunked body is malformed."});
    return Progress::refused;
  }
  if (decoded > body_bytes_max_) {
    refuse({413, "gm-body-too-large", "The request body is larger than this route takes."});
    return Progress::refused;
  }
  if (!take_budget(decoded)) {
    refuse(kOverloaded);
    return Progress::refused;
  }
  if (state == ChunkedBody::State::done) {
    request_bytes_ = chunks_.coded();
    request_.body = input_.bytes().substr(0, decoded);
    return Progress::complete;
  }
  extend_body_deadline(decoded);
  input_.cut(decoded);
  chunks_.compacted();
  input_.ensure(std::max(2 * decoded, kFirstReadBytes) + kFirstReadBytes);
  return Progress::more;
}

// The answer to a request whose body may not have been read: the connection cannot be used further.
void Connection::refuse(const Refusal& refusal) {
  keep_alive_ = false;
  request_.body = {};
  Response response;
  if (endpoint_ != nullptr && endpoint_->options.refuse) {
    response = endpoint_->options.refuse(request_, refusal.status, refusal.code, refusal.detail);
  } else {
    response = problem(refusal.status, refusal.code, refusal.detail, request_.trace_id);
    if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
  }
  request_bytes_ = 0;
  answer(response);
}

void Connection::begin_answer(const Response& response, AnswerOptions options) {
  options.trace_id = trace_id_.view();
  options.date = loop_->date(loop_->shared().clock.now_ms());
  output_.clear();
  written_ = 0;
  append_answer(output_, response, options);
  answer_status_ = response.status;
  set_deadline(settings_.body_timeout_ms);
}

void Connection::answer(const Response& response) {
  AnswerOptions options;
  options.keep_alive = keep_alive_ = keep_alive_ && !loop_->draining();
  options.head = request_.method == Method::head;
  begin_answer(response, options);
  phase_ = Phase::answering;
  write();
}

void Connection::write() {
  while (written_ < output_.size()) {
    size_t sent = 0;
    const io::Transfer outcome = client_.write_some(output_.data() + written_, output_.size() - written_, sent);
    written_ += sent;
    if (outcome == io::Transfer::would_block) {
      not_ready(client_.write_wait());
      waiting_writable_ = true;
      return;
    }
    if (outcome != io::Transfer::done) return close();
  }
  on_written();
}

// Also of an answer that could not be written: what the client's loss of patience cost belongs to the picture.
void Connection::observe_answer() {
  if (answer_status_ == 0) return;
  const int64_t took_ns = loop_->shared().clock.monotonic_ns() - started_ns_;
  loop_->observe_duration(route_, request_.method, std::exchange(answer_status_, 0), took_ns);
}

void Connection::on_written() {
  observe_answer();
  if (phase_ == Phase::socket) return continue_socket();
  if (phase_ == Phase::streaming) {
    output_.clear();
    written_ = 0;
    clear_deadline();
    if (stream_) return flush_stream();
    return linger();  // the feeder ended the answer
  }
  end_request();
}

// Ready for the next request, which may be in the buffer already.
void Connection::end_request() {
  if (budget_taken_ > 0) loop_->shared().budget->give(std::exchange(budget_taken_, 0));
  const bool whole = complete_;
  reset_request();
  input_.consume(std::exchange(request_bytes_, 0));
  if (!keep_alive_) return whole && input_.size() == 0 ? close() : linger();
  if (input_.size() == 0) {
    if (loop_->draining()) return close();
    phase_ = Phase::idle;
    set_deadline(settings_.idle_timeout_ms);
    wait_readable();
    return;
  }
  phase_ = Phase::head;
  started_ns_ = loop_->shared().clock.monotonic_ns();
  deadline_ns_ = started_ns_ + settings_.header_timeout_ms * 1'000'000;
  proceed();
}

void Connection::linger() {
  phase_ = Phase::lingering;
  set_deadline(kLingerMs);
  input_.release();
  client_.end_sending();
  wait_readable();
}

// While lingering nothing more is wanted from the client; while streaming only its end is of interest.
void Connection::throw_away_input() {
  char sink[16 * 1024];
  size_t ignored = 0;
  if (read_more(sink, sizeof sink, ignored)) wait_readable();
}

}  // namespace gm::http
