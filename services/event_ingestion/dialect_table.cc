#include "services/event_ingestion/dialect_table.h"

#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_dialect.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_dialect.h"
#include "services/event_ingestion/dialects/native/native_dialect.h"
#include "services/event_ingestion/dialects/posthog/posthog_dialect.h"

namespace gm::event_ingestion {

std::span<const Dialect* const> dialects() {
  static const NativeDialect native;
  static const PosthogDialect posthog;
  static const GameAnalyticsDialect gameanalytics;
  static const MixpanelDialect mixpanel;
  static const Dialect* const all[] = {
      &native,
      &posthog,
      &gameanalytics,
      &mixpanel,
  };
  return all;
}

}  // namespace gm::event_ingestion
