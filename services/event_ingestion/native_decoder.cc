#include "services/event_ingestion/native_decoder.h"

#include <simdjson.h>

#include <array>

#include "services/event_ingestion/currency.h"
#include "services/event_ingestion/event_fields.h"
#include "services/event_ingestion/json_check.h"

namespace gm::event_ingestion {
namespace {

using simdjson::ondemand::json_type;

// One event of the list. Fields that are not known here are checked and left out.
class NativeEvent {
 public:
  explicit NativeEvent(const IngestSettings& limits) : limits_(limits) {}

  // Fills `found`; a tag when the event cannot be taken.
  std::optional<Tag> read(simdjson::ondemand::object object, FoundEvent& found) {
    for (auto field_result : object) {
      simdjson::ondemand::field field = must(std::move(field_result));
      const std::string_view key = must(field.unescaped_key());
      if (const auto tag = field_value(key, field.value(), found)) return tag;
    }
    return std::nullopt;
  }

 private:
  std::optional<Tag> field_value(std::string_view key, simdjson::ondemand::value value, FoundEvent& found) {
    event::Event& event = found.event;
    if (key == "event") return text(value, event.name, Tag::event_name_invalid);
    if (key == "player_id") return text(value, event.player, Tag::player_id_invalid);
    if (key == "event_id") return text(value, found.id_text, Tag::event_id_invalid);
    if (key == "session_id") return text(value, event.session, Tag::field_invalid);
    if (key == "country") return text(value, event.country, Tag::field_invalid);
    if (key == "platform") return text(value, event.platform, Tag::field_invalid);
    if (key == "device") return text(value, event.device, Tag::field_invalid);
    if (key == "build") return text(value, event.build, Tag::field_invalid);
    if (key == "time") return time(value, found);
    if (key == "properties") return properties(value, event);
    if (key == "revenue") return revenue(value, event);
    return unknown(value, 1);
  }

  // null counts as absent.
  std::optional<Tag> text(simdjson::ondemand::value value, std::string_view& out, Tag wrong) {
    const Scalar scalar = read_scalar(value);
    if (scalar.is_null) return std::nullopt;
    if (!scalar.is_string) return wrong;
    out = scalar.text;
    return std::nullopt;
  }

  std::optional<Tag> time(simdjson::ondemand::value value, FoundEvent& found) {
    const Scalar scalar = read_scalar(value);
    if (scalar.is_null) return std::nullopt;
    if (!scalar.is_string && !scalar.is_number) return Tag::event_time_invalid;
    const auto time = parse_time_ms(scalar.text, scalar.is_number);
    if (!time) return Tag::event_time_invalid;
    found.event.time_ms = *time;
    found.has_time = true;
    return std::nullopt;
  }

  std::optional<Tag> properties(simdjson::ondemand::value value, event::Event& event) {
    const json_type type = must(value.type());
    if (type == json_type::null)
      return read_scalar(value).is_null ? std::nullopt : std::optional(Tag::properties_invalid);
    if (type != json_type::object) return Tag::properties_invalid;
    simdjson::ondemand::object object = must(value.get_object());
    event.properties = must(object.raw_json());
    must(object.reset());
    return check_object(object, 1, limits_, {});
  }

  std::optional<Tag> revenue(simdjson::ondemand::value value, event::Event& event) {
    const json_type type = must(value.type());
    if (type == json_type::null && read_scalar(value).is_null) return std::nullopt;
    if (type != json_type::object) return Tag::revenue_invalid;
    std::optional<int64_t> micros;
    std::string_view currency;
    for (auto field_result : must(value.get_object())) {
      simdjson::ondemand::field field = must(std::move(field_result));
      const std::string_view key = must(field.unescaped_key());
      const Scalar scalar = read_scalar(field.value());
      if (key == "amount" && (scalar.is_string || scalar.is_number)) micros = parse_micros(scalar.text);
      if (key == "currency" && scalar.is_string) currency = scalar.text;
    }
    if (!micros || !read_currency(currency, currency_)) return Tag::revenue_invalid;
    event.currency = std::string_view(currency_.data(), currency_.size());
    event.revenue_micros = micros;
    return std::nullopt;
  }

  std::optional<Tag> unknown(simdjson::ondemand::value value, size_t depth) {
    if (depth > limits_.depth_max) return Tag::event_too_deep;
    const json_type type = must(value.type());
    if (type == json_type::object) return check_object(must(value.get_object()), depth, limits_, {});
    if (type != json_type::array) {
      read_scalar(value);
      return std::nullopt;
    }
    for (auto element : must(value.get_array())) {
      if (const auto tag = unknown(must(std::move(element)), depth + 1)) return tag;
    }
    return std::nullopt;
  }

  const IngestSettings& limits_;
  std::array<char, 3> currency_{};
};

void read_event(simdjson::ondemand::value value, const IngestSettings& limits, BatchBuilder& builder) {
  if (must(value.type()) != json_type::object) return builder.refuse(Tag::event_not_an_object, raw_of(value));
  simdjson::ondemand::object object = must(value.get_object());
  FoundEvent found;
  found.raw = must(object.raw_json());
  if (found.raw.size() > limits.event_bytes_max) return builder.refuse(Tag::event_too_large, found.raw);
  must(object.reset());
  NativeEvent event(limits);
  if (const auto tag = event.read(object, found)) return builder.refuse(*tag, found.raw);
  builder.add(found);
}

struct Envelope {
  event::BatchInfo info;
  bool events_seen = false;
  bool too_many = false;
};

void read_envelope(simdjson::ondemand::object object, const IngestSettings& limits, BatchBuilder& builder,
                   Envelope& envelope) {
  for (auto field_result : object) {
    simdjson::ondemand::field field = must(std::move(field_result));
    const std::string_view key = must(field.unescaped_key());
    simdjson::ondemand::value value = field.value();
    if (key == "events") {
      if (must(value.type()) != json_type::array) throw JsonBroken{simdjson::INCORRECT_TYPE};
      envelope.events_seen = true;
      for (auto element : must(value.get_array())) {
        envelope.too_many = builder.count() >= limits.batch_events_max;
        if (envelope.too_many) return;
        read_event(must(std::move(element)), limits, builder);
      }
    } else if (key == "sent_at") {
      const Scalar scalar = read_scalar(value);
      const auto sent = scalar.is_null ? std::nullopt : parse_time_ms(scalar.text, scalar.is_number);
      if (!scalar.is_null && !sent) throw JsonBroken{simdjson::INCORRECT_TYPE};
      envelope.info.sent_ms = sent.value_or(0);
    } else if (key == "historical") {
      envelope.info.historical = read_scalar(value).is_true;
    }
  }
}

Result<DecodedBatch> decode_with(const DecodeInput& input, const IngestSettings& limits,
                                 const event::BatchInfo& guess) {
  thread_local simdjson::ondemand::parser parser;
  BatchBuilder builder(limits, guess);
  Envelope envelope;
  envelope.info = {input.project, event::Source::native, false, input.received_ms, input.sent_ms};
  try {
    const simdjson::padded_string_view body(input.body.data(), input.body.size(),
                                            input.body.size() + simdjson::SIMDJSON_PADDING);
    auto document = must(parser.iterate(body));
    read_envelope(must(document.get_object()), limits, builder, envelope);
    if (!envelope.too_many && document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      throw JsonBroken{simdjson::TRAILING_CONTENT};
  } catch (const JsonBroken& broken) {
    return Error{"gm-body-malformed",
                 std::string("the body is not what POST /v1/events takes: ") + simdjson::error_message(broken.error)};
  }
  if (envelope.too_many) {
    return Error{"gm-batch-too-large",
                 "more than ingest.batch_events_max = " + std::to_string(limits.batch_events_max) +
                     " events in one request; send several"};
  }
  if (!envelope.events_seen) return Error{"gm-body-malformed", "the body has no list \"events\""};
  if (builder.count() == 0) return Error{"gm-batch-empty", "the list of events is empty"};
  // The envelope may come behind the events. Only when it changes a verdict are they read again.
  if (builder.depends_on(envelope.info)) return decode_with(input, limits, envelope.info);
  return std::move(builder).finish(envelope.info);
}

}  // namespace

Result<DecodedBatch> decode_native(const DecodeInput& input, const IngestSettings& limits) {
  return decode_with(input, limits, {input.project, event::Source::native, false, input.received_ms, input.sent_ms});
}

}  // namespace gm::event_ingestion
