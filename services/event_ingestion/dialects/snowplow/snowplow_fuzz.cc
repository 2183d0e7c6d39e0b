#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::SnowplowDialect dialect;
  if (size > 0 && data[0] == 'e')
    return event_ingestion::fuzz_dialect(dialect, http::Method::get, "/i", data, size, true);
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/com.snowplowanalytics.snowplow/tp2", data, size);
}
