#include "services/event_ingestion/dialect_table.h"

#include "services/event_ingestion/dialects/countly/countly_dialect.h"
#include "services/event_ingestion/dialects/native/native_dialect.h"
#include "services/event_ingestion/dialects/posthog/posthog_dialect.h"
#include "services/event_ingestion/dialects/posthog/posthog_v1_dialect.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_dialect.h"

namespace gm::event_ingestion {

std::span<const Dialect* const> dialects() {
  static const NativeDialect native;
  static const PosthogDialect posthog;
  static const PosthogV1Dialect posthog_v1;
  static const SnowplowDialect snowplow;
  static const CountlyDialect countly;
  static const Dialect* const all[] = {
      &native, &posthog, &posthog_v1, &snowplow, &countly,
  };
  return all;
}

}  // namespace gm::event_ingestion
