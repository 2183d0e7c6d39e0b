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
#include "services/event_ingestion/dialects/segment/segment_dialect.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_dialect.h"

namespace gm::event_ingestion {

std::span<const Dialect* const> dialects() {
  static const AmplitudeDialect amplitude;
  static const NativeDialect native;
  static const PosthogDialect posthog;
  static const SegmentDialect segment;
  static const GameAnalyticsDialect gameanalytics;
  static const SnowplowDialect snowplow;
  static const OtlpDialect otlp;
  static const CloudEventsDialect cloudevents;
  static const AwsGameDialect aws_game;
  static const MixpanelDialect mixpanel;
  static const CountlyDialect countly;
  static const Dialect* const all[] = {
      &amplitude,
      &native,
      &posthog,
      &segment,
      &gameanalytics,
      &snowplow,
      &otlp,
      &cloudevents,
      &aws_game,
      &mixpanel,
      &countly,
  };
  return all;
}

}  // namespace gm::event_ingestion
