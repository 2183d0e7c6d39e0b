#pragma once
// Trace identifiers as of the W3C Trace Context recommendation.

#include <array>
#include <optional>
#include <string_view>

#include "lib/base/random.h"

namespace gm::telemetry {

// 128 bits as 32 lower-case hex digits; never all zero.
class TraceId {
 public:
  // Not secret: any seeded stream will do. One stream per thread keeps it free of locks and system calls.
  static TraceId make(SeededRandom& random);
  // The trace id of a `traceparent` header ("00-<32 hex>-<16 hex>-<2 hex>"); nullopt unless it is well formed. A
  // version above 00 may carry more fields after another hyphen.
  static std::optional<TraceId> from_traceparent(std::string_view header);

  std::string_view view() const { return {hex_.data(), hex_.size()}; }

 private:
  std::array<char, 32> hex_{};
};

}  // namespace gm::telemetry
