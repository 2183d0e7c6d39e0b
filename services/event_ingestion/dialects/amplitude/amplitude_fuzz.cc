#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_dialect.h"

// The first byte chooses between events and a form.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::AmplitudeDialect dialect;
  if (size == 0) return 0;
  const char* path = data[0] % 3 == 0 ? "/groupidentify" : data[0] % 3 == 1 ? "/identify" : "/batch";
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, path, data + 1, size - 1);
}
