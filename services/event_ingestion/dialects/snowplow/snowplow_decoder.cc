#include "services/event_ingestion/dialects/snowplow/snowplow_decoder.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;

constexpr std::string_view kWanted = "a Snowplow payload";

// One body: an envelope, or a single event.
class SnowplowBody {
 public:
  SnowplowBody(const DecodeInput& input, const SnowplowSender& sender, const IngestSettings& limits,
               const event::BatchInfo& guess, DecodeScratch& scratch)
      : limits_(limits),
        scratch_(scratch),
        sender_(sender),
        cursor_(scratch.index),
        builder_(limits, guess, input.body.size()) {
    info_ = {input.project, event::Source::snowplow, false, input.received_ms, input.sent_ms};
  }

  Status read() {
    if (is_single()) {
      one_event();
    } else {
      envelope();
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (!has_data_) return Error{"gm-body-malformed", "the body has no list \"data\""};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the list of events is empty"};
    if (keys_differ_) return Error{"gm-key-unknown", "the events of one request carry different app ids"};
    return {};
  }
  const event::BatchInfo& info() const { return info_; }
  bool must_be_read_again() const { return builder_.depends_on(info_); }
  SnowplowBatch finish() && { return {std::move(builder_).finish(info_), std::move(app_id_)}; }

 private:
  // An event has no "data" of its own; an envelope always has.
  bool is_single() {
    if (cursor_.peek() != '{') return false;
    JsonCursor ahead = cursor_;
    for (bool more = ahead.begin_object(); more; more = ahead.next_member()) {
      const std::string_view key = ahead.key().raw;
      if (key == "data" || key == "schema") return false;
      ahead.value();
      if (key == "e") return has_data_ = true;
    }
    return false;
  }

  void envelope() {
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) {
      const std::string_view key = cursor_.key().raw;
      if (key == "data" && cursor_.peek() == '[') {
        list();
      } else {
        cursor_.value();
      }
    }
  }

  void list() {
    has_data_ = true;
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
    SnowplowEvent event(limits_, cursor_, scratch_, sender_);
    const auto wrong = event.read(found);
    if (event.sent_ms() != 0) info_.sent_ms = event.sent_ms();
    note_key(event.app_id());
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  void note_key(std::string_view app_id) {
    if (sender_.key_outside || app_id.empty() || app_id == app_id_) return;
    keys_differ_ |= !app_id_.empty();
    app_id_ = app_id;
  }

  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  const SnowplowSender& sender_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  std::string app_id_;
  bool keys_differ_ = false;
  bool too_many_ = false;
  bool has_data_ = false;
};

Result<SnowplowBatch> decode_with(const DecodeInput& input, const SnowplowSender& sender, const IngestSettings& limits,
                                  const event::BatchInfo& guess, DecodeScratch& scratch) {
  scratch.texts.clear();
  SnowplowBody body(input, sender, limits, guess, scratch);
  if (Status status = body.read(); !status) return status.error();
  // The time of sending stands inside the events, and may change what is said of the first ones.
  if (body.must_be_read_again()) return decode_with(input, sender, limits, body.info(), scratch);
  return std::move(body).finish();
}

}  // namespace

Result<SnowplowBatch> decode_snowplow(const DecodeInput& input, const SnowplowSender& sender,
                                      const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  return decode_with(input, sender, limits,
                     {input.project, event::Source::snowplow, false, input.received_ms, input.sent_ms}, scratch);
}

}  // namespace gm::event_ingestion
