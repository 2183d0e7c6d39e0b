// Any bytes as a client's message: no crash, and what is read can be said again.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/analytics_api/subscriptions/transport_ws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm::analytics_api;
  constexpr size_t kReasonBytesMax = 123;
  const auto message = read_client_message({reinterpret_cast<const char*>(data), size});
  if (!message) {
    if (message.error().code.size() + 2 + message.error().message.size() > kReasonBytesMax) std::abort();
    return 0;
  }
  key_in(message->payload);
  const auto pong = pong_message(message->payload);
  if (message->payload.kind == gm::graphql::InputValue::Kind::object) {
    const auto again = read_client_message(pong);
    if (!again || pong_message(again->payload) != pong) std::abort();
  }
  if (!message->id.empty()) {
    const auto again = read_client_message(complete_message(message->id));
    if (!again || again->id != message->id) std::abort();
  }
  return 0;
}
