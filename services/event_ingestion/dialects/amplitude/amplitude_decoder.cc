#include "services/event_ingestion/dialects/amplitude/amplitude_decoder.h"

#include "services/event_ingestion/dialects/amplitude/amplitude_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "what Amplitude's clients send";

class AmplitudeBody {
 public:
  AmplitudeBody(const DecodeInput& input, std::string_view type, const IngestSettings& limits,
                const event::BatchInfo& guess, DecodeScratch& scratch)
      : type_(type),
        limits_(limits),
        scratch_(scratch),
        cursor_(scratch.index),
        builder_(limits, guess, input.body.size()) {
    info_ = {input.project, event::Source::amplitude, false, input.received_ms, input.sent_ms};
  }

  Status read() {
    if (cursor_.peek() == '{') {
      envelope();
    } else {
      cursor_.value();
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (!has_events_)
      return Error{"gm-body-malformed", "the body is not " + std::string(kWanted) + ": it has no list \"events\""};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the list of events is empty"};
    return {};
  }
  const event::BatchInfo& info() const { return info_; }
  // The time of sending comes behind the events. Only when it changes a verdict are they read again.
  bool must_be_read_again() const { return builder_.depends_on(info_); }
  AmplitudeBatch finish() && { return {std::move(builder_).finish(info_), std::move(api_key_)}; }

 private:
  void envelope() {
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) {
      const std::string_view key = scratch_.texts.of(cursor_.key());
      if (key == "events" || key == "identification") {
        events();
        continue;
      }
      const JsonValue value = cursor_.value();
      const bool is_text = value.kind == JsonKind::string;
      if (key == "api_key" && is_text) api_key_ = scratch_.texts.of(value);
      if (key == "client_upload_time" && (is_text || value.kind == JsonKind::number))
        info_.sent_ms = parse_time_ms(scratch_.texts.of(value), !is_text).value_or(info_.sent_ms);
    }
  }

  void events() {
    if (cursor_.peek() == '{') {
      has_events_ = true;
      return one_event();
    }
    if (cursor_.peek() != '[') {
      cursor_.value();
      return;
    }
    has_events_ = true;
    for (bool more = cursor_.begin_array(); more; more = cursor_.next_element()) {
      too_many_ = builder_.count() >= limits_.batch_events_max;
      if (too_many_) return;
      one_event();
    }
  }

  void one_event() {
    const size_t start = cursor_.position();
    if (cursor_.peek() != '{') {
      cursor_.value();
      return builder_.refuse(Tag::event_not_an_object, cursor_.since(start));
    }
    FoundEvent found;
    AmplitudeEvent event(limits_, cursor_, scratch_.texts);
    const auto wrong = event.read(type_, found);
    if (cursor_.broken()) return;
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  const std::string_view type_;
  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  std::string api_key_;
  bool has_events_ = false;
  bool too_many_ = false;
};

}  // namespace

Result<AmplitudeBatch> decode_amplitude(const DecodeInput& input, std::string_view type, const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  event::BatchInfo guess{input.project, event::Source::amplitude, false, input.received_ms, input.sent_ms};
  for (bool is_last = false;; is_last = true) {
    scratch.texts.clear();
    AmplitudeBody body(input, type, limits, guess, scratch);
    if (Status status = body.read(); !status) return status.error();
    if (is_last || !body.must_be_read_again()) return std::move(body).finish();
    guess = body.info();
  }
}

}  // namespace gm::event_ingestion
