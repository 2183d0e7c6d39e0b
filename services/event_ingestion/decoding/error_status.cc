#include "services/event_ingestion/decoding/error_status.h"

namespace gm::event_ingestion {

int status_of(std::string_view code) {
  if (code == "gm-key-missing" || code == "gm-key-unknown") return 401;
  if (code == "gm-signature-missing" || code == "gm-signature-wrong") return 401;
  if (code == "gm-key-wrong-kind" || code == "gm-origin-not-allowed") return 403;
  if (code == "gm-request-timeout") return 408;
  if (code == "gm-batch-too-large" || code == "gm-body-too-large" || code == "gm-decompression-limit") return 413;
  if (code == "gm-encoding-unsupported" || code == "gm-content-type-unsupported") return 415;
  if (code == "gm-expectation-unsupported") return 417;
  if (code == "gm-rate-limited") return 429;
  if (code == "gm-headers-too-large") return 431;
  if (code == "gm-transfer-encoding-unsupported") return 501;
  if (code == "gm-overloaded" || code == "gm-log-unavailable") return 503;
  return 400;
}

}  // namespace gm::event_ingestion
