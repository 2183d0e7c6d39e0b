#include "services/event_ingestion/posthog_decoder.h"

#include <simdjson.h>

#include "services/event_ingestion/event_fields.h"
#include "services/event_ingestion/json_check.h"
#include "services/event_ingestion/posthog_event.h"

namespace gm::event_ingestion {
namespace {

using simdjson::ondemand::json_type;

// One body, whichever of the three shapes it has.
class PosthogBody {
 public:
  PosthogBody(const DecodeInput& input, const IngestSettings& limits, const event::BatchInfo& guess)
      : limits_(limits), builder_(limits, guess) {
    info_ = {input.project, event::Source::posthog, false, input.received_ms, input.sent_ms};
  }

  void read(simdjson::ondemand::document& document) {
    if (must(document.type()) == json_type::array) {
      list(must(document.get_array()));
    } else {
      object(must(document.get_object()));
    }
    if (!too_many_ && document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      throw JsonBroken{simdjson::TRAILING_CONTENT};
  }

  Status problem() const {
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the batch is empty"};
    if (tokens_differ_) return Error{"gm-key-unknown", "the events of one request carry different keys"};
    return {};
  }
  const event::BatchInfo& info() const { return info_; }
  bool must_be_read_again() const { return builder_.depends_on(info_); }
  PosthogBatch finish() && { return {std::move(builder_).finish(info_), std::move(token_)}; }

 private:
  void object(simdjson::ondemand::object object) {
    // The envelope and a single event share the top level; "batch" tells them apart.
    auto batch = object.find_field_unordered("batch");
    const bool is_envelope = batch.error() == simdjson::SUCCESS;
    must(object.reset());
    if (is_envelope) {
      envelope(object);
    } else {
      single(object);
    }
  }

  void envelope(simdjson::ondemand::object object) {
    for (auto field_result : object) {
      simdjson::ondemand::field field = must(std::move(field_result));
      const std::string_view key = must(field.unescaped_key());
      simdjson::ondemand::value value = field.value();
      if (key == "batch") {
        if (must(value.type()) != json_type::array) throw JsonBroken{simdjson::INCORRECT_TYPE};
        list(must(value.get_array()));
        if (too_many_) return;
      } else if (key == "api_key" || key == "token") {
        note_token(read_scalar(value).text);
      } else if (key == "sent_at") {
        const Scalar scalar = read_scalar(value);
        info_.sent_ms = parse_time_ms(scalar.text, scalar.is_number).value_or(info_.sent_ms);
      } else if (key == "historical_migration") {
        info_.historical = read_scalar(value).is_true;
      }
    }
  }

  void list(simdjson::ondemand::array array) {
    for (auto element : array) {
      too_many_ = builder_.count() >= limits_.batch_events_max;
      if (too_many_) return;
      simdjson::ondemand::value value = must(std::move(element));
      if (must(value.type()) != json_type::object) {
        builder_.refuse(Tag::event_not_an_object, raw_of(value));
      } else {
        single(must(value.get_object()));
      }
    }
  }

  void single(simdjson::ondemand::object object) {
    FoundEvent found;
    found.raw = must(object.raw_json());
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    must(object.reset());
    PosthogEvent event(limits_, info_.received_ms);
    const auto tag = event.read(object, found);
    note_token(event.token());
    if (tag) return builder_.refuse(*tag, found.raw);
    builder_.add(found);
  }

  void note_token(std::string_view token) {
    if (token.empty() || token == token_) return;
    tokens_differ_ = !token_.empty();
    token_ = token;
  }

  const IngestSettings& limits_;
  BatchBuilder builder_;
  event::BatchInfo info_;
  std::string token_;
  bool tokens_differ_ = false;
  bool too_many_ = false;
};

Result<PosthogBatch> decode_with(const DecodeInput& input, const IngestSettings& limits,
                                 const event::BatchInfo& guess) {
  thread_local simdjson::ondemand::parser parser;
  PosthogBody body(input, limits, guess);
  try {
    const simdjson::padded_string_view bytes(input.body.data(), input.body.size(),
                                             input.body.size() + simdjson::SIMDJSON_PADDING);
    auto document = must(parser.iterate(bytes));
    body.read(document);
  } catch (const JsonBroken& broken) {
    return Error{"gm-body-malformed",
                 std::string("the body is not a PostHog batch: ") + simdjson::error_message(broken.error)};
  }
  if (Status problem = body.problem(); !problem) return problem.error();
  if (body.must_be_read_again()) return decode_with(input, limits, body.info());
  return std::move(body).finish();
}

}  // namespace

Result<PosthogBatch> decode_posthog(const DecodeInput& input, const IngestSettings& limits) {
  return decode_with(input, limits, {input.project, event::Source::posthog, false, input.received_ms, input.sent_ms});
}

}  // namespace gm::event_ingestion
