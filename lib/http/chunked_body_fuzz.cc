// Any bytes as a chunked body, in pieces of two sizes: no crash, and the pieces must not matter.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/http/chunked_body.h"

namespace {

struct Outcome {
  gm::http::ChunkedBody::State state = gm::http::ChunkedBody::State::more;
  std::string body;
  size_t used = 0;
};

Outcome decode(std::string_view coded, size_t piece) {
  Outcome outcome;
  std::string buffer;
  gm::http::ChunkedBody body;
  body.start(0);
  for (size_t at = 0; at < coded.size() && outcome.state == gm::http::ChunkedBody::State::more;) {
    const size_t take = std::min(piece, coded.size() - at);
    buffer.append(coded.substr(at, take));
    at += take;
    outcome.state = body.advance(buffer.data(), buffer.size());
    outcome.used = at - (buffer.size() - body.coded());
    if (outcome.state != gm::http::ChunkedBody::State::more) break;
    if (body.coded() != buffer.size()) std::abort();
    buffer.resize(body.decoded());
    body.compacted();
  }
  outcome.body = buffer.substr(0, body.decoded());
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view coded(reinterpret_cast<const char*>(data), size);
  const Outcome whole = decode(coded, coded.size() + 1);
  const Outcome pieces = decode(coded, 3);
  if (whole.state != pieces.state) std::abort();
  if (whole.state == gm::http::ChunkedBody::State::done && (whole.body != pieces.body || whole.used != pieces.used))
    std::abort();
  return 0;
}
