#pragma once
// What must hold of every dialect, whatever the request. For *_fuzz.cc files.

#include <algorithm>
#include <string>

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

// Decodes `data` as the body of a request to `path`; the bytes before the first line feed are its query when `path` is
// one that has its events there. `headers`: what tells the dialect how to read the body.
inline int fuzz_dialect(const Dialect& dialect, http::Method method, std::string_view path, const uint8_t* data,
                        size_t size, bool with_query = false,
                        std::vector<std::pair<std::string_view, std::string_view>> headers = {}) {
  static const auto settings = [] {
    auto made = IngestSettings::from(config::Settings::defaults());
    made.address_rule = AddressRule::keep;
    made.sender.address = "192.0.2.1";
    return made;
  }();
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const size_t line = with_query ? std::min(bytes.find('\n'), size) : 0;
  const std::string query = bytes.substr(0, line);
  bytes.erase(0, std::min(with_query ? line + 1 : 0, size));
  const size_t body_bytes = bytes.size();
  bytes.resize(body_bytes + http::kBodyPadding);
  http::Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.body = std::string_view(bytes).substr(0, body_bytes);
  request.headers = std::move(headers);
  request.received_ms = 1'795'000'000'000;
  request.path_parameters = {"0123456789abcdef0123456789abcdef"};
  const Call call{request, request.body};
  (void)dialect.credential(call);
  (void)dialect.claims(call);
  auto decoded = dialect.decode(call, settings);
  if (!decoded.ok()) {
    (void)dialect.refused(request, decoded.error());
    return 0;
  }
  (void)dialect.stored(call, decoded->batch);
  const uint32_t accepted = decoded->batch.encoder.count();
  if (accepted + decoded->batch.refused.size() != decoded->batch.events) __builtin_trap();
  const std::string record = std::move(decoded->batch.encoder).take();
  const auto back = event::decode_batch(record);
  if (!back.ok() || back->events.size() != accepted) __builtin_trap();
  for (const event::Event& event : back->events) {
    if (event.name.empty() || event.player.empty() || event.properties.empty()) __builtin_trap();
    codec::JsonIndex index;
    if (!index.read(event.properties)) __builtin_trap();
    codec::JsonCursor cursor(index);
    if (cursor.peek() != '{') __builtin_trap();
    for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
      if (codec::json_unescape(cursor.key().raw).starts_with(kReservedPrefix)) __builtin_trap();
      cursor.value();
    }
    if (!cursor.finish()) __builtin_trap();
  }
  return 0;
}

}  // namespace gm::event_ingestion
