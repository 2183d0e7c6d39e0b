#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/aws_game/aws_game_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::AwsGameDialect dialect;
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/applications/a/events", data, size);
}
