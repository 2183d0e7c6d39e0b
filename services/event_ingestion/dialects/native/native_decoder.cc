#include "services/event_ingestion/dialects/native/native_decoder.h"

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "what POST /v1/events takes";

// One event of the list. Fields that are not known here are checked and left out.
class NativeEvent {
 public:
  NativeEvent(const IngestSettings& limits, JsonCursor& cursor, TextStore& texts) : reader_(limits, cursor, texts) {}

  // Fills `found`; a tag when the event cannot be taken.
  std::optional<Tag> read(FoundEvent& found) {
    JsonCursor& cursor = reader_.cursor();
    for (bool more = cursor.begin_object(); more; more = cursor.next_member()) member(reader_.key(), found);
    return reader_.wrong();
  }

 private:
  void member(std::string_view key, FoundEvent& found) {
    event::Event& event = found.event;
    // By length first: most keys are told apart by it alone.
    switch (key.size()) {
      case 4:
        if (key == "time") return time(found);
        break;
      case 5:
        if (key == "event") return reader_.text(event.name, Tag::event_name_invalid);
        if (key == "build") return reader_.text(event.build, Tag::field_invalid);
        break;
      case 6:
        if (key == "device") return reader_.text(event.device, Tag::field_invalid);
        break;
      case 7:
        if (key == "country") return reader_.text(event.country, Tag::field_invalid);
        if (key == "revenue") return revenue(event);
        break;
      case 8:
        if (key == "event_id") return reader_.text(found.id_text, Tag::event_id_invalid);
        if (key == "platform") return reader_.text(event.platform, Tag::field_invalid);
        break;
      case 9:
        if (key == "player_id") return reader_.text(event.player, Tag::player_id_invalid);
        break;
      case 10:
        if (key == "session_id") return reader_.text(event.session, Tag::field_invalid);
        if (key == "properties") return properties(event);
        break;
      default:
        break;
    }
    reader_.value();
  }

  void time(FoundEvent& found) { found.has_time = reader_.time(found.event.time_ms); }

  void properties(event::Event& event) {
    const JsonValue value = reader_.value();
    if (value.kind == JsonKind::object) {
      event.properties = value.raw;
    } else if (value.kind != JsonKind::null) {
      reader_.note(Tag::properties_invalid);
    }
  }

  void revenue(event::Event& event) {
    JsonCursor& cursor = reader_.cursor();
    if (cursor.peek() != '{') {
      if (reader_.value().kind != JsonKind::null) reader_.note(Tag::revenue_invalid);
      return;
    }
    std::optional<int64_t> micros;
    bool has_currency = false;
    for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
      const std::string_view key = reader_.key();
      const JsonValue value = reader_.value();
      const bool is_string = value.kind == JsonKind::string;
      if (key == "amount" && (is_string || value.kind == JsonKind::number))
        micros = parse_micros(reader_.texts().of(value));
      if (key == "currency" && is_string) has_currency = read_currency(reader_.texts().of(value), currency_);
    }
    if (!micros || !has_currency) return reader_.note(Tag::revenue_invalid);
    event.revenue_micros = micros;
    event.currency = std::string_view(currency_.data(), currency_.size());
  }

  EventReader reader_;
  std::array<char, 3> currency_{};
};

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
    NativeEvent event(limits_, cursor_, scratch_.texts);
    const auto wrong = event.read(found);
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
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
