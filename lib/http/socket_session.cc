#include "lib/http/socket_session.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace gm::http {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// How long a client may take to answer a close.
constexpr int64_t kClosingNs = 2000 * kNsPerMs;

std::string_view reason_of(SocketEnd why) {
  switch (why) {
    case SocketEnd::not_text:
      return "messages are text";
    case SocketEnd::too_large:
      return "the message is larger than allowed";
    case SocketEnd::too_slow:
      return "the client takes what is sent too slowly";
    default:
      return "this is not the WebSocket protocol";
  }
}

}  // namespace

std::string_view name_of(SocketEnd why) {
  switch (why) {
    case SocketEnd::closed_here:
      return "closed_here";
    case SocketEnd::client_closed:
      return "client_closed";
    case SocketEnd::client_gone:
      return "client_gone";
    case SocketEnd::silent:
      return "silent";
    case SocketEnd::too_slow:
      return "too_slow";
    case SocketEnd::malformed:
      return "malformed";
    case SocketEnd::not_text:
      return "not_text";
    case SocketEnd::too_large:
      return "too_large";
  }
  return "unknown";
}

SocketSession::SocketSession(SocketTerms terms, const Clock& clock)
    : clock_(clock),
      reader_(std::move(terms.reader)),
      ping_interval_ns_(terms.ping_interval_ms * kNsPerMs),
      frames_(terms.message_bytes_max),
      heard_ns_(clock.monotonic_ns()) {
  look_at_ns_ = heard_ns_ + terms.look_after_ms * kNsPerMs;
}

SocketSession::~SocketSession() { end(SocketEnd::client_gone); }

void SocketSession::receive(std::string_view bytes, std::string& out) {
  heard_ns_ = clock_.monotonic_ns();
  pinged_ns_ = 0;
  std::vector<std::string> messages;
  std::string answers;
  const auto ended = frames_.take(bytes, messages, answers);
  if (closing_until_ns_ != 0) {  // nothing but the client's own close is of interest
    over_ |= ended.has_value();
    return;
  }
  out += answers;
  for (const std::string& message : messages) reader_->on_text(message);
  if (!ended) return;
  if (*ended != SocketEnd::client_closed) return close_for(*ended, frames_.close_code(), reason_of(*ended), out);
  why_ = SocketEnd::client_closed;
  over_ = true;
}

// The last word of a session that cannot go on; the client's answer is not waited for.
void SocketSession::close_for(SocketEnd why, uint16_t code, std::string_view reason, std::string& out) {
  why_ = why;
  over_ = true;
  out += close_frame(code, reason);
}

void SocketSession::give(StreamQueue::Taken taken, std::string& out) {
  if (over_ || closing_until_ns_ != 0) return;
  if (taken.too_slow) return close_for(SocketEnd::too_slow, kCloseTryLater, reason_of(SocketEnd::too_slow), out);
  out += taken.bytes;
  if (!taken.finished) return;
  why_ = SocketEnd::closed_here;
  closing_until_ns_ = clock_.monotonic_ns() + kClosingNs;
}

int64_t SocketSession::deadline_ns() const {
  if (closing_until_ns_ != 0) return closing_until_ns_;
  const int64_t silence_ns = (pinged_ns_ != 0 ? pinged_ns_ : heard_ns_) + ping_interval_ns_;
  return look_at_ns_ == 0 ? silence_ns : std::min(silence_ns, look_at_ns_);
}

void SocketSession::on_deadline(std::string& out) {
  const int64_t now_ns = clock_.monotonic_ns();
  if (closing_until_ns_ != 0) {
    over_ |= now_ns >= closing_until_ns_;
    return;
  }
  if (look_at_ns_ != 0 && now_ns >= look_at_ns_) {
    look_at_ns_ = 0;
    reader_->on_time();
  }
  if (now_ns < (pinged_ns_ != 0 ? pinged_ns_ : heard_ns_) + ping_interval_ns_) return;
  if (pinged_ns_ == 0) {
    pinged_ns_ = now_ns;
    out += ping_frame();
    return;
  }
  why_ = SocketEnd::silent;
  over_ = true;
}

void SocketSession::server_stops() {
  if (reader_ && closing_until_ns_ == 0 && !over_) reader_->on_server_stops();
}

void SocketSession::end(SocketEnd why) {
  over_ = true;
  if (reader_) std::exchange(reader_, nullptr)->on_end(why_.value_or(why));
}

}  // namespace gm::http
