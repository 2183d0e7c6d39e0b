#include "services/event_ingestion/dialects/segment/segment_decoder.h"

#include "services/event_ingestion/dialects/segment/segment_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "a Segment message or batch";

// What had to be guessed of an envelope before its events were read.
struct Guess {
  event::BatchInfo info;
  SegmentContext context;
};

class SegmentBody {
 public:
  SegmentBody(const DecodeInput& input, const SegmentShape& shape, const IngestSettings& limits, Guess guess,
              DecodeScratch& scratch)
      : shape_(shape),
        limits_(limits),
        scratch_(scratch),
        cursor_(scratch.index),
        builder_(limits, guess.info, input.body.size()),
        context_(std::move(guess.context)) {
    info_ = {input.project, event::Source::segment, shape.historical, input.received_ms, input.sent_ms};
  }

  Status read() {
    if (cursor_.peek() != '{') {
      cursor_.value();
      problem_ = "it is no object";
    } else if (shape_.is_batch) {
      envelope();
    } else {
      one_event();
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (shape_.is_batch && !has_batch_ && problem_.empty()) problem_ = "it has no list \"batch\"";
    if (!problem_.empty())
      return Error{"gm-body-malformed", "the body is not " + std::string(kWanted) + ": " + problem_};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the batch is empty"};
    if (envelope_key_.empty() && keys_differ_)
      return Error{"gm-key-unknown", "the messages of one request carry different write keys"};
    if (info_.sent_ms == 0) info_.sent_ms = message_sent_ms_;
    return {};
  }
  // The envelope may come behind the events. Only when it says something of them are they read again.
  bool must_be_read_again() const { return context_is_late_ || builder_.depends_on(info_); }
  Guess known() && { return {info_, std::move(context_)}; }
  SegmentBatch finish() && {
    return {std::move(builder_).finish(info_), std::move(envelope_key_.empty() ? message_key_ : envelope_key_)};
  }

 private:
  void envelope() {
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) {
      const std::string_view key = scratch_.texts.of(cursor_.key());
      if (key == "batch") {
        batch();
      } else if (key == "context") {
        context();
      } else {
        about_all(key, cursor_.value());
      }
    }
  }

  void batch() {
    if (cursor_.peek() != '[') {
      cursor_.value();
      problem_ = "\"batch\" is not a list";
      return;
    }
    has_batch_ = true;
    for (bool more = cursor_.begin_array(); more; more = cursor_.next_element()) {
      too_many_ = builder_.count() >= limits_.batch_events_max;
      if (too_many_) return;
      one_event();
    }
  }

  // Of all messages: what one of them says itself wins.
  void context() {
    SegmentContext found;
    EventReader reader(limits_, cursor_, scratch_.texts);
    read_segment_context(reader, found);
    found.wrong = reader.wrong();
    const bool differs = found.kept != context_.kept || found.wrong != context_.wrong;
    context_is_late_ |= differs && builder_.count() > 0;
    context_ = std::move(found);
  }

  void about_all(std::string_view key, const JsonValue& value) {
    const bool is_text = value.kind == JsonKind::string;
    if (key == "sentAt" && (is_text || value.kind == JsonKind::number)) {
      info_.sent_ms = parse_time_ms(scratch_.texts.of(value), !is_text).value_or(info_.sent_ms);
    } else if (key == "writeKey" && is_text) {
      envelope_key_ = scratch_.texts.of(value);
    }
  }

  void one_event() {
    const size_t start = cursor_.position();
    if (cursor_.peek() != '{') {
      cursor_.value();
      return builder_.refuse(Tag::event_not_an_object, cursor_.since(start));
    }
    FoundEvent found;
    SegmentEvent event(limits_, cursor_, scratch_.texts, context_);
    const auto wrong = event.read(shape_.kind, found);
    if (cursor_.broken()) return;
    note_key(event.write_key());
    if (message_sent_ms_ == 0) message_sent_ms_ = event.sent_ms();
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  void note_key(std::string_view key) {
    if (key.empty() || key == message_key_) return;
    keys_differ_ |= !message_key_.empty();
    message_key_ = key;
  }

  const SegmentShape& shape_;
  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  SegmentContext context_;
  std::string envelope_key_, message_key_;
  int64_t message_sent_ms_ = 0;
  bool keys_differ_ = false;
  bool context_is_late_ = false;
  bool has_batch_ = false;
  bool too_many_ = false;
  std::string problem_;
};

}  // namespace

Result<SegmentBatch> decode_segment(const DecodeInput& input, const SegmentShape& shape, const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  scratch.texts.clear();
  Guess guess{{input.project, event::Source::segment, shape.historical, input.received_ms, input.sent_ms}, {}};
  // The second reading knows all of the envelope, so that there is no third one, whatever the body repeats.
  for (bool is_last = false;; is_last = true) {
    SegmentBody body(input, shape, limits, std::move(guess), scratch);
    if (Status status = body.read(); !status) return status.error();
    if (is_last || !body.must_be_read_again()) return std::move(body).finish();
    guess = std::move(body).known();
  }
}

}  // namespace gm::event_ingestion
