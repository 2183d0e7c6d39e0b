#include "services/event_ingestion/dialect_table.h"

#include "services/event_ingestion/dialects/amplitude/amplitude_dialect.h"
#include "services/event_ingestion/dialects/aws_game/aws_game_dialect.h"
#include "services/event_ingestion/dialects/cloudevents/cloudevents_dialect.h"
#include "services/event_ingestion/dialects/countly/countly_dialect.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_dialect.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_dialect.h"
#include "services/event_ingestion/dialects/native/native_dialect.h"
#include "services/event_ingestion/dialects/otlp/otlp_dialect.h"
#include "services/event_ingestion/dialects/posthog/posthog_dialect.h"
#include "services/event_ingestion/dialects/posthog/posthog_v1_dialect.h"
#include "services/event_ingestion/dialects/segment/segment_dialect.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_dialect.h"

namespace gm::event_ingestion {

std::span<const Dialect* const> dialects() {
  static const NativeDialect native;
  static const AmplitudeDialect amplitude;
  static const PosthogDialect posthog;
  static const PosthogV1Dialect posthog_v1;
  static const SegmentDialect segment;
  static const GameAnalyticsDialect gameanalytics;
  static const SnowplowDialect snowplow;
  static const MixpanelDialect mixpanel;
  static const CountlyDialect countly;
  static const OtlpDialect otlp;
  static const CloudEventsDialect cloudevents;
  static const AwsGameDialect aws_game;
  // Amplitude before PostHog on /batch, Snowplow before Countly on /i.
  static const Dialect* const all[] = {
      &native,   &amplitude, &posthog, &posthog_v1, &segment,     &gameanalytics,
      &snowplow, &mixpanel,  &countly, &otlp,       &cloudevents, &aws_game,
  };
  return all;
}

}  // namespace gm::event_ingestion
