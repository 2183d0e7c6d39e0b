#include "services/event_ingestion/dialects/mixpanel/mixpanel_decoder.h"

#include "services/event_ingestion/dialects/mixpanel/mixpanel_event.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_profile.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;

constexpr std::string_view kWanted = "Mixpanel's JSON";

class MixpanelBody {
 public:
  MixpanelBody(const DecodeInput& input, MixpanelKind kind, const event::BatchInfo& info, const IngestSettings& limits,
               DecodeScratch& scratch)
      : kind_(kind),
        limits_(limits),
        scratch_(scratch),
        cursor_(scratch.index),
        builder_(limits, info, input.body.size()) {}

  Status read() {
    if (cursor_.peek() == '[') {
      for (bool more = cursor_.begin_array(); more && !too_many_; more = cursor_.next_element()) element();
    } else {
      while (cursor_.peek() == '{' && !too_many_) element();
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the list is empty"};
    if (tokens_differ_) return Error{"gm-key-unknown", "the events of one request carry different tokens"};
    return {};
  }
  MixpanelBatch finish(const event::BatchInfo& info) && {
    return {std::move(builder_).finish(info), std::move(token_)};
  }

 private:
  void element() {
    too_many_ = builder_.count() >= limits_.batch_events_max;
    if (too_many_) return;
    const size_t start = cursor_.position();
    if (cursor_.peek() != '{') {
      cursor_.value();
      return builder_.refuse(Tag::event_not_an_object, cursor_.since(start));
    }
    if (kind_ == MixpanelKind::events) {
      MixpanelEvent event(limits_, cursor_, scratch_.texts);
      take(event, start);
    } else {
      MixpanelProfile profile(limits_, cursor_, scratch_.texts, kind_ == MixpanelKind::groups);
      take(profile, start);
    }
  }

  template <typename Reader>
  void take(Reader& reader, size_t start) {
    FoundEvent found;
    const auto wrong = reader.read(found);
    if (cursor_.broken()) return;
    note_token(reader.token());
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

  const MixpanelKind kind_;
  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  std::string token_;
  bool tokens_differ_ = false;
  bool too_many_ = false;
};

}  // namespace

// The protocol has no envelope, and no time of sending.
Result<MixpanelBatch> decode_mixpanel(const DecodeInput& input, MixpanelKind kind, bool historical,
                                      const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  scratch.texts.clear();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  const event::BatchInfo info{input.project, event::Source::mixpanel, historical, input.received_ms, input.sent_ms};
  MixpanelBody body(input, kind, info, limits, scratch);
  if (Status status = body.read(); !status) return status.error();
  return std::move(body).finish(info);
}

}  // namespace gm::event_ingestion
