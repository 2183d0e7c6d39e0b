#include "services/event_ingestion/dialects/countly/countly_decoder.h"

#include "services/event_ingestion/dialects/countly/countly_request.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kWanted = "a list of Countly requests";

}  // namespace

Result<CountlyBatch> decode_countly(const DecodeInput& input, const IngestSettings& limits, TextStore& kept) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  scratch.texts.clear();
  // A request says when it was made, not when it was sent: nothing is known of the device's clock.
  const event::BatchInfo info{input.project, event::Source::countly, false, input.received_ms, 0};
  codec::JsonCursor cursor(scratch.index);
  BatchBuilder builder(limits, info, input.body.size());
  std::string app_key;
  const auto one = [&] {
    const size_t start = cursor.position();
    if (cursor.peek() != '{') {
      cursor.value();
      builder.refuse(Tag::event_not_an_object, kept.keep(std::string(cursor.since(start))));
      return true;
    }
    CountlyRequest request(limits, cursor, scratch, kept, builder);
    request.read();
    if (!app_key.empty() && !request.app_key().empty() && request.app_key() != app_key) return false;
    if (app_key.empty()) app_key = request.app_key();
    return builder.count() <= limits.batch_events_max;
  };
  bool taken = true;
  if (cursor.peek() == '[') {
    for (bool more = cursor.begin_array(); more && taken; more = cursor.next_element()) taken = one();
  } else {
    taken = one();
  }
  if (!taken && builder.count() <= limits.batch_events_max)
    return Error{"gm-key-unknown", "the requests of one list carry different keys"};
  // Said as malformed, so that it is kept among the rejected events: the client must be told that it is done with it.
  if (!taken) {
    return Error{"gm-body-malformed",
                 "more than ingest.batch_events_max = " + std::to_string(limits.batch_events_max) + " events"};
  }
  if (!cursor.finish()) return malformed_json(kWanted, &cursor);
  return CountlyBatch{std::move(builder).finish(info), std::move(app_key)};
}

}  // namespace gm::event_ingestion
