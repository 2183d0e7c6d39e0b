#include "services/event_ingestion/dialects/native/native_decoder.h"

#include "services/event_ingestion/dialects/native/native_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "what POST /v1/events takes";

// The whole body: {"sent_at", "historical", "events": [...]}.
class NativeBody {
 public:
  NativeBody(const DecodeInput& input, const IngestSettings& limits, const event::BatchInfo& guess,
             DecodeScratch& scratch)
      : limits_(limits), scratch_(scratch), cursor_(scratch.index), builder_(limits, guess, input.body.size()) {
    info_ = {input.project, event::Source::native, false, input.received_ms, input.sent_ms};
  }

  Status read() {
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) member();
    if (too_many_) {
      return Error{"gm-batch-too-large",
                   "more than ingest.batch_events_max = " + std::to_string(limits_.batch_events_max) +
                       " events in one request; send several"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (!problem_.empty())
      return Error{"gm-body-malformed", "the body is not " + std::string(kWanted) + ": " + problem_};
    if (!has_events_) return Error{"gm-body-malformed", "the body has no list \"events\""};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the list of events is empty"};
    return {};
  }
  const event::BatchInfo& info() const { return info_; }
  // The envelope may come behind the events. Only when it changes a verdict are they read again.
  bool must_be_read_again() const { return builder_.depends_on(info_); }
  DecodedBatch finish() && { return std::move(builder_).finish(info_); }

 private:
  void member() {
    const std::string_view key = scratch_.texts.of(cursor_.key());
    if (key == "events") {
      if (cursor_.peek() == '[') return events();
      problem_ = "\"events\" is not a list";
      cursor_.value();
      return;
    }
    const JsonValue value = cursor_.value();
    if (key == "sent_at" && value.kind != JsonKind::null) {
      const auto sent = parse_time_ms(scratch_.texts.of(value), value.kind == JsonKind::number);
      if (!sent) problem_ = "\"sent_at\" is neither ISO 8601 nor whole Unix milliseconds";
      info_.sent_ms = sent.value_or(0);
    } else if (key == "historical") {
      info_.historical = value.kind == JsonKind::boolean && value.raw == "true";
    }
  }

  void events() {
    has_events_ = true;
    for (bool more = cursor_.begin_array(); more; more = cursor_.next_element()) {
      too_many_ = builder_.count() >= limits_.batch_events_max;
      if (too_many_) return;
      take_native_event(limits_, cursor_, scratch_.texts, builder_);
    }
  }

  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  bool has_events_ = false;
  bool too_many_ = false;
  std::string problem_;
};

Result<DecodedBatch> decode_with(const DecodeInput& input, const IngestSettings& limits, const event::BatchInfo& guess,
                                 DecodeScratch& scratch) {
  scratch.texts.clear();
  NativeBody body(input, limits, guess, scratch);
  if (Status status = body.read(); !status) return status.error();
  if (body.must_be_read_again()) return decode_with(input, limits, body.info(), scratch);
  return std::move(body).finish();
}

}  // namespace

Result<DecodedBatch> decode_native(const DecodeInput& input, const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  return decode_with(input, limits, {input.project, event::Source::native, false, input.received_ms, input.sent_ms},
                     scratch);
}

}  // namespace gm::event_ingestion
