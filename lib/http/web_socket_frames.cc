#include "lib/http/web_socket_frames.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace gm::http {
namespace {

constexpr size_t kReasonBytesMax = 123;
constexpr size_t kShortPayload = 125;
constexpr uint8_t kFinal = 0x80;
constexpr int kBitsPerByte = 8;

std::string frame(uint8_t opcode, std::string_view payload) {
  const size_t length = payload.size();
  const int length_bytes = length <= kShortPayload ? 0 : length <= UINT16_MAX ? 2 : 8;
  std::string out;
  out.reserve(length + 2 + static_cast<size_t>(length_bytes));
  out += static_cast<char>(kFinal | opcode);
  out += static_cast<char>(length_bytes == 0 ? length : length_bytes == 2 ? 126 : 127);
  for (int byte = length_bytes - 1; byte >= 0; --byte) out += static_cast<char>(length >> (byte * kBitsPerByte));
  out += payload;
  return out;
}

}  // namespace

std::string text_frame(std::string_view message) { return frame(WSLAY_TEXT_FRAME, message); }

std::string ping_frame() { return frame(WSLAY_PING, {}); }

std::string close_frame(uint16_t code, std::string_view reason) {
  std::string payload;
  payload += static_cast<char>(code >> kBitsPerByte);
  payload += static_cast<char>(code);
  payload += reason.substr(0, kReasonBytesMax);
  return frame(WSLAY_CONNECTION_CLOSE, payload);
}

// wslay is told not to buffer messages: it keeps a piece of memory for every fragment, and a client may send a thousand
// fragments of a byte. It still checks them, UTF-8 and all.
struct FrameReader::Calls {
  static FrameReader& self(void* user_data) { return *static_cast<FrameReader*>(user_data); }

  static ssize_t receive(wslay_event_context* context, uint8_t* into, size_t bytes, int, void* user_data) {
    std::string_view& arrived = self(user_data).arrived_;
    const size_t count = std::min(bytes, arrived.size());
    if (count == 0) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    std::memcpy(into, arrived.data(), count);
    arrived.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  static ssize_t send(wslay_event_context*, const uint8_t* data, size_t bytes, int, void* user_data) {
    self(user_data).out_->append(reinterpret_cast<const char*>(data), bytes);
    return static_cast<ssize_t>(bytes);
  }
  static void on_frame(wslay_event_context* context, const wslay_event_on_frame_recv_start_arg* frame,
                       void* user_data) {
    FrameReader& reader = self(user_data);
    reader.control_ = wslay_is_ctrl_frame(frame->opcode);
    // wslay compares single frames with the length allowed; their sum is ours to watch.
    if (reader.control_ || frame->payload_length <= reader.message_bytes_max_ - reader.message_.size()) return;
    reader.end_ = SocketEnd::too_large;
    wslay_event_shutdown_read(context);
  }
  static void on_piece(wslay_event_context*, const wslay_event_on_frame_recv_chunk_arg* piece, void* user_data) {
    FrameReader& reader = self(user_data);
    if (reader.control_ || reader.end_) return;
    reader.message_.append(reinterpret_cast<const char*>(piece->data), piece->data_length);
  }
  static void on_message(wslay_event_context* context, const wslay_event_on_msg_recv_arg* message, void* user_data) {
    FrameReader& reader = self(user_data);
    if (wslay_is_ctrl_frame(message->opcode) || reader.end_) return;
    if (message->opcode != WSLAY_TEXT_FRAME) {
      reader.end_ = SocketEnd::not_text;
      wslay_event_shutdown_read(context);
      return;
    }
    reader.messages_->push_back(std::exchange(reader.message_, {}));
  }
};

void FrameReader::Free::operator()(wslay_event_context* context) const { wslay_event_context_free(context); }

FrameReader::FrameReader(size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {
  wslay_event_callbacks calls{};
  calls.recv_callback = Calls::receive;
  calls.send_callback = Calls::send;
  calls.on_frame_recv_start_callback = Calls::on_frame;
  calls.on_frame_recv_chunk_callback = Calls::on_piece;
  calls.on_msg_recv_callback = Calls::on_message;
  wslay_event_context* made = nullptr;
  if (wslay_event_context_server_init(&made, &calls, this) != 0) throw std::bad_alloc();
  context_.reset(made);
  wslay_event_config_set_no_buffering(made, 1);
  wslay_event_config_set_max_recv_msg_length(made, std::max(message_bytes_max, kShortPayload));
}

FrameReader::~FrameReader() = default;

std::optional<SocketEnd> FrameReader::take(std::string_view bytes, std::vector<std::string>& messages,
                                           std::string& out) {
  if (end_) return end_;
  arrived_ = bytes;
  messages_ = &messages;
  std::string answers;
  out_ = &answers;
  const int outcome = wslay_event_recv(context_.get());
  const bool answered = wslay_event_send(context_.get()) == 0;
  out_ = nullptr;
  messages_ = nullptr;
  if (wslay_event_get_close_received(context_.get()) != 0) {
    end_ = SocketEnd::client_closed;
  } else if (!end_ && (outcome != 0 || !answered || wslay_event_get_read_enabled(context_.get()) == 0)) {
    const bool large = wslay_event_get_status_code_sent(context_.get()) == kCloseTooLarge;
    end_ = large ? SocketEnd::too_large : SocketEnd::malformed;
  }
  // wslay's own close gives no reason; whoever asked can.
  if (!end_ || end_ == SocketEnd::client_closed) out += answers;
  return end_;
}

uint16_t FrameReader::close_code() const {
  if (end_ == SocketEnd::not_text) return kCloseNotText;
  if (end_ == SocketEnd::too_large) return kCloseTooLarge;
  const bool text = wslay_event_get_status_code_sent(context_.get()) == kCloseNotUtf8;
  return text ? kCloseNotUtf8 : kCloseProtocolError;
}

}  // namespace gm::http
