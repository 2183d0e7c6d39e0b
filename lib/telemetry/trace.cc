#include "lib/telemetry/trace.h"

#include <algorithm>

namespace gm::telemetry {
namespace {

constexpr size_t kTraceparentBytes = 55;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

}  // namespace

TraceId TraceId::make(SeededRandom& random) {
  static constexpr char kHex[] = "0123456789abcdef";
  TraceId id;
  uint64_t words[2] = {random.next(), random.next()};
  words[1] |= 1;  // an all-zero id is invalid
  for (size_t i = 0; i < id.hex_.size(); ++i) id.hex_[i] = kHex[(words[i / 16] >> (60 - 4 * (i % 16))) & 0xF];
  return id;
}

std::optional<TraceId> TraceId::from_traceparent(std::string_view header) {
  if (header.size() < kTraceparentBytes) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace = header.substr(3, 32);
  const std::string_view span = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(span) || !is_lower_hex(flags))
    return std::nullopt;
  if (version == "ff" || all_zero(trace) || all_zero(span)) return std::nullopt;
  if (version == "00" && header.size() != kTraceparentBytes) return std::nullopt;
  if (header.size() > kTraceparentBytes && header[kTraceparentBytes] != '-') return std::nullopt;
  TraceId id;
  std::copy(trace.begin(), trace.end(), id.hex_.begin());
  return id;
}

}  // namespace gm::telemetry
