#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::GameAnalyticsDialect dialect;
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/v2/0123456789abcdef0123456789abcdef/events", data,
                                       size);
}
