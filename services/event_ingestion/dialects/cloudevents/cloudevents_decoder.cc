#include "services/event_ingestion/dialects/cloudevents/cloudevents_decoder.h"

#include <algorithm>

#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/dialects/cloudevents/cloud_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;

constexpr std::string_view kWanted = "a CloudEvent in JSON";
constexpr std::string_view kHeaderPrefix = "ce-";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

// The media type in lower case, without parameters.
std::string media_type(const http::Request& request) {
  const std::string_view header = request.header("content-type");
  return lower(header.substr(0, header.find_first_of("; ")));
}

bool is_json(std::string_view type) {
  return type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json");
}

class Request {
 public:
  Request(const Call& call, const IngestSettings& limits, TextStore& texts)
      : call_(call),
        limits_(limits),
        texts_(texts),
        info_{ProjectId(), event::Source::cloudevents, false, call.request.received_ms, 0},
        builder_(limits, info_, call.body.size()) {}

  Status read(CloudEventsMode mode) {
    codec::JsonIndex& index = thread_scratch().index;
    const std::string type = media_type(call_.request);
    const bool json = mode != CloudEventsMode::binary || (is_json(type) && !call_.body.empty());
    if (json && !index.read(call_.body)) return malformed_json(kWanted, nullptr);
    JsonCursor cursor(index);
    if (mode == CloudEventsMode::binary) {
      binary(cursor, json);
    } else if (Status status = structured(cursor, mode); !status) {
      return status;
    }
    if (json && !cursor.finish()) return malformed_json(kWanted, &cursor);
    return {};
  }
  DecodedBatch finish() && { return std::move(builder_).finish(info_); }

 private:
  Status structured(JsonCursor& cursor, CloudEventsMode mode) {
    if (mode == CloudEventsMode::structured) {
      one(cursor);
      return {};
    }
    if (cursor.peek() != '[') return Error{"gm-body-malformed", "a batch of CloudEvents is a JSON list"};
    for (bool more = cursor.begin_array(); more; more = cursor.next_element()) {
      if (builder_.count() >= limits_.batch_events_max) {
        return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                               std::to_string(limits_.batch_events_max) + " events in one request"};
      }
      one(cursor);
    }
    return {};
  }

  void one(JsonCursor& cursor) {
    const size_t start = cursor.position();
    if (cursor.peek() != '{') {
      cursor.value();
      return builder_.refuse(Tag::event_not_an_object, cursor.since(start));
    }
    EventReader reader(limits_, cursor, texts_);
    CloudEvent event(limits_, reader);
    uint32_t members = 0;
    for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
      reader.check(true, 0, ++members);
      const codec::JsonText key = cursor.key();
      if (members > limits_.properties_max) {
        cursor.value();
      } else {
        event.member(key);
      }
    }
    FoundEvent found;
    const auto wrong = event.complete(found);
    found.raw = cursor.since(start);
    take(found, wrong);
  }

  void binary(JsonCursor& cursor, bool json) {
    EventReader reader(limits_, cursor, texts_);
    CloudEvent event(limits_, reader);
    for (const auto& [name, value] : call_.request.headers) header(lower(name), value, event, reader);
    if (const auto type = call_.request.header("content-type"); !type.empty()) {
      event.attribute("datacontenttype", type, texts_.keep(json_quoted(type)));
    }
    if (json) {
      event.data();
    } else {
      event.data_bytes(call_.body);
    }
    FoundEvent found;
    const auto wrong = event.complete(found);
    found.raw = found.event.properties;  // the headers are in there, too
    take(found, wrong);
  }

  // Values are percent-encoded, once.
  void header(const std::string& name, std::string_view value, CloudEvent& event, EventReader& reader) {
    if (!name.starts_with(kHeaderPrefix)) return;
    auto decoded = codec::url_decode(value, codec::PlusSign::kept);
    if (!decoded || !codec::is_utf8(*decoded) || !codec::is_utf8(name)) return reader.note(Tag::text_invalid);
    const std::string_view text = texts_.keep(std::move(*decoded));
    event.attribute(std::string_view(name).substr(kHeaderPrefix.size()), text, texts_.keep(json_quoted(text)));
  }

  void take(FoundEvent& found, const std::optional<Tag>& wrong) {
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  const Call& call_;
  const IngestSettings& limits_;
  TextStore& texts_;
  const event::BatchInfo info_;
  BatchBuilder builder_;
};

}  // namespace

std::optional<CloudEventsMode> cloudevents_mode(const http::Request& request) {
  const std::string type = media_type(request);
  // The longer prefix first: one begins with the other.
  if (type.starts_with("application/cloudevents-batch")) {
    return type == "application/cloudevents-batch+json" ? std::optional(CloudEventsMode::batched) : std::nullopt;
  }
  if (!type.starts_with("application/cloudevents")) return CloudEventsMode::binary;
  const bool json = type == "application/cloudevents+json" || type == "application/cloudevents";
  return json ? std::optional(CloudEventsMode::structured) : std::nullopt;
}

Result<DecodedBatch> decode_cloudevents(const Call& call, const IngestSettings& limits, TextStore& texts) {
  const auto mode = cloudevents_mode(call.request);
  if (!mode) return Error{"gm-content-type-unsupported", "CloudEvents are taken in their JSON format only"};
  Request request(call, limits, texts);
  if (Status status = request.read(*mode); !status) return status.error();
  return std::move(request).finish();
}

}  // namespace gm::event_ingestion
