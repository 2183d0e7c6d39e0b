#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_dialect.h"

// The first byte chooses the path, so that profiles and what is in a query are reached, too.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::MixpanelDialect dialect;
  constexpr std::string_view kPaths[] = {"/track", "/import", "/engage", "/groups"};
  if (size == 0) return 0;
  const auto method = (data[0] & 4) != 0 ? http::Method::get : http::Method::post;
  return event_ingestion::fuzz_dialect(dialect, method, kPaths[data[0] & 3], data + 1, size - 1, true);
}
