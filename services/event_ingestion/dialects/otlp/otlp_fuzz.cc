#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/otlp/otlp_dialect.h"

// Without a Content-Type the first byte decides, so both encodings are reached.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::OtlpDialect dialect;
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/v1/logs", data, size);
}
