#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_decoder.h"

#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;

constexpr std::string_view kWanted = "a list of GameAnalytics events";

void one_event(const IngestSettings& limits, JsonCursor& cursor, TextStore& texts, BatchBuilder& builder) {
  const size_t start = cursor.position();
  if (cursor.peek() != '{') {
    cursor.value();
    return builder.refuse(Tag::event_not_an_object, cursor.since(start));
  }
  FoundEvent found;
  GameAnalyticsEvent event(limits, cursor, texts);
  const auto wrong = event.read(found);
  found.raw = cursor.since(start);
  if (found.raw.size() > limits.event_bytes_max) return builder.refuse(Tag::event_too_large, found.raw);
  if (wrong) return builder.refuse(*wrong, found.raw);
  builder.add(found);
}

}  // namespace

// The protocol has no envelope: SDKs correct their times themselves, by what the answer to init says.
Result<DecodedBatch> decode_gameanalytics(const DecodeInput& input, const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  scratch.texts.clear();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  const event::BatchInfo info{input.project, event::Source::gameanalytics, false, input.received_ms, input.sent_ms};
  JsonCursor cursor(scratch.index);
  BatchBuilder builder(limits, info, input.body.size());
  if (cursor.peek() != '[') return Error{"gm-body-malformed", "the body is not " + std::string(kWanted)};
  for (bool more = cursor.begin_array(); more; more = cursor.next_element()) {
    if (builder.count() >= limits.batch_events_max) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits.batch_events_max) + " events in one request"};
    }
    one_event(limits, cursor, scratch.texts, builder);
  }
  if (!cursor.finish()) return malformed_json(kWanted, &cursor);
  if (builder.count() == 0) return Error{"gm-batch-empty", "the list of events is empty"};
  return std::move(builder).finish(info);
}

}  // namespace gm::event_ingestion
