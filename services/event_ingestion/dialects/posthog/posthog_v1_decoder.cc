#include "services/event_ingestion/dialects/posthog/posthog_v1_decoder.h"

#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/posthog/posthog_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "a PostHog batch";

class PosthogV1Body {
 public:
  PosthogV1Body(const DecodeInput& input, std::string_view library, const IngestSettings& limits,
                const event::BatchInfo& guess, DecodeScratch& scratch)
      : limits_(limits),
        scratch_(scratch),
        library_(library),
        cursor_(scratch.index),
        builder_(limits, guess, input.body.size()) {
    info_ = {input.project, event::Source::posthog, false, input.received_ms, input.sent_ms};
  }

  Status read() {
    bool has_batch = false;
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) {
      const std::string_view key = scratch_.texts.of(cursor_.key());
      if (key == "batch" && cursor_.peek() == '[') {
        has_batch = true;
        list();
        continue;
      }
      const JsonValue value = cursor_.value();
      if (key == "historical_migration") info_.historical = value.kind == JsonKind::boolean && value.raw == "true";
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (!has_batch) return Error{"gm-body-malformed", "the body has no list \"batch\""};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the batch is empty"};
    return {};
  }
  const event::BatchInfo& info() const { return info_; }
  bool must_be_read_again() const { return builder_.depends_on(info_); }
  DecodedBatch finish() && {
    DecodedBatch batch = std::move(builder_).finish(info_);
    for (EventVerdict& one : batch.verdicts) {
      if (!one.id) one.id = ids_[one.index];
    }
    return batch;
  }

 private:
  void list() {
    for (bool more = cursor_.begin_array(); more; more = cursor_.next_element()) {
      too_many_ = builder_.count() >= limits_.batch_events_max;
      if (too_many_) return;
      one_event();
    }
  }

  void one_event() {
    const size_t start = cursor_.position();
    ids_.emplace_back();
    if (cursor_.peek() != '{') {
      cursor_.value();
      return builder_.refuse(Tag::event_not_an_object, cursor_.since(start));
    }
    FoundEvent found;
    std::string_view session;
    PropertyWriter beside;
    PosthogEvent event(limits_, cursor_, scratch_.texts, info_.received_ms);
    for (bool more = cursor_.begin_object(); more; more = cursor_.next_member()) {
      const std::string_view key = event.key();
      if (key == "session_id" || key == "window_id" || key == "options") {
        JsonCursor ahead = cursor_;  // the event reads it, too, for its limits
        const JsonValue value = ahead.value();
        if (key == "session_id" && value.kind == JsonKind::string) session = scratch_.texts.of(value);
        if (value.kind != JsonKind::null && !(value.kind == JsonKind::object && value.members == 0))
          beside.json(key == "options"      ? "$options"
                      : key == "session_id" ? "$session_id"
                                            : "$window_id",
                      json_source(value));
      }
      event.member(key, found);
    }
    auto wrong = event.complete(found);
    if (const auto id = Uuid::parse(found.id_text)) {
      ids_.back() = id;
    } else if (!wrong) {
      wrong = Tag::event_id_invalid;  // nothing but a UUID can be named in the answer
    }
    if (!session.empty() && session.size() <= kNameBytesMax) found.event.session = session;
    library(beside);
    found.event.properties = joined(std::move(beside), found.event.properties);
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) wrong = Tag::event_too_large;
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  void library(PropertyWriter& beside) const {
    const size_t slash = library_.rfind('/');
    if (library_.empty()) return;
    beside.text("$lib", library_.substr(0, slash));
    if (slash != std::string_view::npos) beside.text("$lib_version", library_.substr(slash + 1));
  }

  // The properties come last, so that they win over an equal name.
  std::string_view joined(PropertyWriter beside, std::string_view properties) {
    if (beside.empty()) return properties;
    std::string text = std::move(beside).finish();
    const size_t first = properties.empty() ? std::string_view::npos : properties.find_first_not_of(" \t\r\n", 1);
    if (first != std::string_view::npos && properties[first] != '}') {
      text.back() = ',';
      text.append(properties.substr(first));
    }
    return scratch_.texts.keep(std::move(text));
  }

  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  const std::string_view library_;
  JsonCursor cursor_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  std::vector<std::optional<Uuid>> ids_;  // by the event's place
  bool too_many_ = false;
};

Result<DecodedBatch> decode_with(const DecodeInput& input, std::string_view library, const IngestSettings& limits,
                                 const event::BatchInfo& guess, DecodeScratch& scratch) {
  scratch.texts.clear();
  PosthogV1Body body(input, library, limits, guess, scratch);
  if (Status status = body.read(); !status) return status.error();
  if (body.must_be_read_again()) return decode_with(input, library, limits, body.info(), scratch);
  return std::move(body).finish();
}

}  // namespace

Result<DecodedBatch> decode_posthog_v1(const DecodeInput& input, std::string_view library,
                                       const IngestSettings& limits) {
  DecodeScratch& scratch = thread_scratch();
  if (!scratch.index.read(input.body)) return malformed_json(kWanted, nullptr);
  return decode_with(input, library, limits,
                     {input.project, event::Source::posthog, false, input.received_ms, input.sent_ms}, scratch);
}

}  // namespace gm::event_ingestion
