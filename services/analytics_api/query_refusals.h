#pragma once
// Private to this folder: errors that every kind of question can have, whatever it asks.

#include <optional>

#include "lib/base/result.h"

namespace gm::analytics_api {

// The HTTP status of an error of asking as such: ids, cancelling, exports. nullopt: another error.
inline std::optional<int> refusal_status(const Error& error) {
  if (error.code == "gm-query-id-invalid") return 400;
  if (error.code == "gm-query-unknown") return 404;
  if (error.code == "gm-query-id-taken" || error.code == "gm-query-cancelled") return 409;
  if (error.code == "gm-export-too-large") return 422;
  if (error.code == "gm-export-busy") return 429;
  if (error.code == "gm-export-timeout") return 504;
  return std::nullopt;
}

}  // namespace gm::analytics_api
