// Any bytes as a client's frames, whole and in pieces of two sizes: no crash, the pieces must not matter, and no
// message is longer than allowed or other than UTF-8.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "lib/codec/text_codecs.h"
#include "lib/http/web_socket_frames.h"

namespace {

constexpr size_t kMessageMax = 2000;

struct Outcome {
  std::optional<gm::http::SocketEnd> end;
  std::vector<std::string> messages;
  std::string out;
  uint16_t close_code = 0;
};

Outcome read(std::string_view bytes, size_t piece) {
  gm::http::FrameReader reader(kMessageMax);
  Outcome outcome;
  for (; !bytes.empty() && !outcome.end; bytes.remove_prefix(std::min(piece, bytes.size())))
    outcome.end = reader.take(bytes.substr(0, piece), outcome.messages, outcome.out);
  if (outcome.end) outcome.close_code = reader.close_code();
  return outcome;
}

// wslay looks at the text of a close frame's reason piece by piece, so what is no UTF-8 may be found early, late or
// not.
bool ends_alike(const Outcome& a, const Outcome& b) {
  if (a.close_code == gm::http::kCloseNotUtf8 || b.close_code == gm::http::kCloseNotUtf8) return true;
  return a.end == b.end && a.close_code == b.close_code;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(bytes, size + 1);
  const Outcome pieces = read(bytes, 3);
  for (const std::string& message : whole.messages) {
    if (message.size() > kMessageMax || !gm::codec::is_utf8(message)) std::abort();
  }
  if (whole.messages != pieces.messages || !ends_alike(whole, pieces)) std::abort();
  // A protocol error takes the answers with it that were due to what came in the same piece.
  if (!whole.end && !pieces.end && whole.out != pieces.out) std::abort();
  return 0;
}
