#include "services/event_ingestion/dialects/posthog/posthog_decoder.h"

#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/dialects/posthog/posthog_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "a PostHog batch";

// One body, whichever of the three shapes it has.
class PosthogBody {
 public:
  PosthogBody(const DecodeInput& input, const IngestSettings& limits, const event::BatchInfo& guess,
              DecodeScratch& scratch)
      : limits_(limits), scratch_(scratch), cursor_(scratch.index), builder_(limits, guess, input.body.size()) {
    info_ = {input.project, event::Source::posthog, false, input.received_ms, input.sent_ms};
  }

  Status read() {
    if (cursor_.peek() == '[') {
      list();
    } else {
      object();
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (batch_is_no_list_) return Error{"gm-body-malformed", "\"batch\" is not a list"};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the batch is empty"};
    if (envelope_token_.empty() && tokens_differ_)
      return Error{"gm-key-unknown", "the events of one request carry different keys"};
    return {};
  }
  const event::BatchInfo& info() const { return info_; }
  bool must_be_read_again() const { return builder_.depends_on(info_); }
  PosthogBatch finish() && {
    return {std::move(builder_).finish(info_),
            envelope_token_.empty() ? std::move(token_) : std::move(envelope_token_)};
  }

 private:
  // The envelope and a single event share the top level; "batch" tells them apart.
  void object() {
    const size_t start = cursor_.position();
    bool is_envelope = false;
    FoundEvent found;
    PosthogEvent event(limits_, cursor_, scratch_.texts, info_.received_ms);
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) {
      const std::string_view key = event.key();
      if (key == "batch") {
        is_envelope = true;
        batch();
      } else if (key == "sent_at" || key == "historical_migration") {
        about_sending(key, cursor_.value());
      } else {
        event.member(key, found);
      }
    }
    if (too_many_ || cursor_.broken()) return;
    if (is_envelope) {
      envelope_token_ = event.token();
      return;
    }
    take(event, found, start);
  }

  void batch() {
    if (cursor_.peek() == '[') return list();
    batch_is_no_list_ = true;
    cursor_.value();
  }

  void about_sending(std::string_view key, const JsonValue& value) {
    if (key == "historical_migration") {
      info_.historical = value.kind == JsonKind::boolean && value.raw == "true";
    } else if (value.kind == JsonKind::string || value.kind == JsonKind::number) {
      info_.sent_ms = parse_time_ms(scratch_.texts.of(value), value.kind == JsonKind::number).value_or(info_.sent_ms);
    }
  }

  void list() {
    for (bool more = cursor_.begin_array(); more; more = cursor_.next_element()) {
      too_many_ = builder_.count() >= limits_.batch_events_max;
      if (too_many_) return;
      const size_t start = cursor_.position();
      if (cursor_.peek() != '{') {
        cursor_.value();
        builder_.refuse(Tag::event_not_an_object, cursor_.since(start));
        continue;
      }
      FoundEvent found;
      PosthogEvent event(limits_, cursor_, scratch_.texts, info_.received_ms);
      for (bool member = cursor_.begin_object(); member; member = cursor_.next_member())
        event.member(event.key(), found);
      take(event, found, start);
    }
  }

  void take(PosthogEvent& event, FoundEvent& found, size_t start) {
    const auto wrong = event.complete(found);
    note_token(event.token());
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  void note_token(std::string_view token) {
    if (token.empty() || token == token_) return;
    tokens_differ_ |= !token_.empty();
    token_ = token;
  }

  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  std::string envelope_token_;  // decides: an event's property called "token" is then the game's own
  std::string token_;           // of the events
  bool tokens_differ_ = false;
  bool too_many_ = false;
  bool batch_is_no_list_ = false;
};

Result<PosthogBatch> decode_with(const DecodeInput& input, const IngestSettings& limits, const event::BatchInfo& guess,
                                 DecodeScratch& scratch) {
  scratch.texts.clear();
  PosthogBody body(input, limits, guess, scratch);
  if (Status status = body.read(); !status) return status.error();
  if (body.must_be_read_again()) return decode_with(input, limits, body.info(), scratch);
  return std::move(body).finish();
}

}  // namespace

Result<PosthogBatch> decode_posthog(const DecodeInput& input, const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  return decode_with(input, limits, {input.project, event::Source::posthog, false, input.received_ms, input.sent_ms},
                     scratch);
}

}  // namespace gm::event_ingestion
