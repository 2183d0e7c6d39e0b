#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/cloudevents/cloudevents_dialect.h"

// The same bytes as a batch, as one event, and as the data of one whose attributes are in headers.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::CloudEventsDialect dialect;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto run = [&](std::vector<std::pair<std::string_view, std::string_view>> headers) {
    return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/v1/cloudevents", data, size, false, headers);
  };
  run({{"content-type", "application/cloudevents-batch+json"}});
  run({{"content-type", "application/cloudevents+json"}});
  return run({{"content-type", size % 2 == 0 ? "application/json" : "text/plain"},
              {"ce-id", "1"},
              {"CE-Source", bytes.substr(0, 20)},
              {"ce-type", "level_start"},
              {"ce-specversion", "1.0"},
              {"ce-subject", "p"}});
}
