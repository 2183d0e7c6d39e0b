#include "services/event_ingestion/dialects/aws_game/aws_game_dialect.h"

#include <nlohmann/json.hpp>

#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/aws_game/aws_game_event.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;

constexpr std::string_view kWanted = "{\"events\": [...]}";

// The body: {"events": [...]}.
class Body {
 public:
  Body(const Call& call, const IngestSettings& limits, const event::BatchInfo& info, JsonCursor& cursor,
       TextStore& texts)
      : limits_(limits), cursor_(cursor), texts_(texts), builder_(limits, info, call.body.size()) {
    const auto& parameters = call.request.path_parameters;
    if (!parameters.empty()) application_ = parameters.front();
  }

  Status read() {
    for (bool more = cursor_.begin_object(); more && !too_many_; more = cursor_.next_member()) {
      if (texts_.of(cursor_.key()) == "events" && cursor_.peek() == '[') {
        events();
      } else {
        cursor_.value();
      }
    }
    if (too_many_) {
      return Error{"gm-batch-too-large", "more than ingest.batch_events_max = " +
                                             std::to_string(limits_.batch_events_max) + " events in one request"};
    }
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (!has_events_) return Error{"gm-body-malformed", "the body has no list \"events\""};
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the list of events is empty"};
    return {};
  }
  DecodedBatch finish(const event::BatchInfo& info) && { return std::move(builder_).finish(info); }

 private:
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
    AwsGameEvent event(limits_, cursor_, texts_, application_);
    const auto wrong = event.read(found);
    found.raw = cursor_.since(start);
    if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
    if (wrong) return builder_.refuse(*wrong, found.raw);
    builder_.add(found);
  }

  const IngestSettings& limits_;
  JsonCursor& cursor_;
  TextStore& texts_;
  BatchBuilder builder_;
  std::string_view application_;
  bool has_events_ = false;
  bool too_many_ = false;
};

// The words of the pipeline's gateway.
std::string_view error_word(int status) {
  if (status == 401 || status == 403) return "AccessDenied";
  if (status == 429) return "TooManyRequests";
  return status >= 500 ? "InternalFailure" : "BadRequest";
}

}  // namespace

std::vector<Endpoint> AwsGameDialect::endpoints() const {
  return {{http::Method::post, "/applications/{application_id}/events"}, {http::Method::post, "/events"}};
}

// The pipeline's authorizer takes the key as the whole header.
security::Credential AwsGameDialect::credential(const Call& call) const {
  const std::string_view header = call.request.header("authorization");
  const std::string_view bearer = security::KeyRing::bearer(header);
  return {std::string(bearer.empty() ? header : bearer)};
}

Result<Decoded> AwsGameDialect::decode(const Call& call, const IngestSettings& limits) const {
  codec::JsonIndex& index = thread_scratch().index;
  if (!index.read(call.body)) return malformed_json(kWanted, nullptr);
  const event::BatchInfo info{ProjectId(), source(), false, call.request.received_ms, 0};
  Decoded decoded{DecodedBatch(info), credential(call)};
  JsonCursor cursor(index);
  Body body(call, limits, info, cursor, decoded.texts);
  if (Status status = body.read(); !status) return status.error();
  decoded.batch = std::move(body).finish(info);
  return decoded;
}

http::Response AwsGameDialect::stored(const Call& /*call*/, const DecodedBatch& batch) const {
  using nlohmann::ordered_json;
  ordered_json events(batch.events, {{"Result", "Ok"}});
  for (const EventVerdict& one : batch.verdicts) {
    const TagDeclaration& tag = declaration_of(one.tag);
    if (tag.verdict == Verdict::drop) {
      events[one.index] = {{"Result", "Error"}, {"ErrorCode", tag.name}, {"ErrorMessage", tag.prose}};
    }
  }
  http::Response response;
  response.body =
      ordered_json({{"Total", batch.events}, {"FailedRecordCount", batch.refused.size()}, {"Events", events}}).dump();
  return response;
}

http::Response AwsGameDialect::refused(const http::Request& /*request*/, const Error& error) const {
  using nlohmann::ordered_json;
  http::Response response;
  response.status = status_of(error.code);
  response.body = ordered_json({{"error", error_word(response.status)}, {"error_detail", error.message}})
                      .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace gm::event_ingestion
