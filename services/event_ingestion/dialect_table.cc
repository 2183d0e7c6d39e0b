#include "services/event_ingestion/dialect_table.h"

#include "services/event_ingestion/dialects/amplitude/amplitude_dialect.h"
#include "services/event_ingestion/dialects/native/native_dialect.h"
#include "services/event_ingestion/dialects/posthog/posthog_dialect.h"
#include "services/event_ingestion/dialects/segment/segment_dialect.h"

namespace gm::event_ingestion {

std::span<const Dialect* const> dialects() {
  static const AmplitudeDialect amplitude;
  static const NativeDialect native;
  static const PosthogDialect posthog;
  static const SegmentDialect segment;
  static const Dialect* const all[] = {
      &native,
      &amplitude,  // before PostHog: it claims the bodies of /batch that are its own
      &posthog,
      &segment,
  };
  return all;
}

}  // namespace gm::event_ingestion
