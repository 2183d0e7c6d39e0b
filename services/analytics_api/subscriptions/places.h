#pragma once
// How many of something may be open at once, in all and of each key.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/telemetry/metrics.h"

namespace gm::analytics_api {

// The right to one; the last copy's end gives it back.
using Place = std::shared_ptr<const void>;

// Safe to use from several threads. A place may outlive it.
class Places {
 public:
  // `what`: in the plural, for messages; `open`: how many are taken, may be nullptr.
  Places(std::string what, std::string code, size_t max, size_t per_key_max, telemetry::Gauge* open);

  // Error: the code given.
  Result<Place> take(int64_t key);

 private:
  struct Taken;
  const std::shared_ptr<Taken> taken_;
  const std::string what_, code_;
  const size_t max_, per_key_max_;
};

}  // namespace gm::analytics_api
