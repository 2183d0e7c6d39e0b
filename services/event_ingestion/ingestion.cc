#include "services/event_ingestion/ingestion.h"

#include <atomic>
#include <optional>
#include <utility>

#include "lib/codec/gzip.h"
#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/answers.h"
#include "services/event_ingestion/ingest_metrics.h"
#include "services/event_ingestion/native_decoder.h"
#include "services/event_ingestion/posthog_decoder.h"
#include "services/event_ingestion/posthog_forms.h"

namespace gm::event_ingestion {
namespace {

using http::Method;
using http::Request;
using http::Respond;
using http::Response;

// Browsers send a preflight before a JSON POST; the key in the request decides, not the origin.
void allow_origin(const Request& request, Response& response) {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Vary", "Origin");
}

Response preflight(const Request& request) {
  Response response;
  response.body.clear();
  allow_origin(request, response);
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  const std::string_view asked = request.header("access-control-request-headers");
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                asked.empty() ? "Authorization, Content-Type, Content-Encoding" : asked);
  response.headers.emplace_back("Access-Control-Max-Age", "3600");
  return response;
}

Error from_log(const Error& error) {
  if (error.code == "gm-log-full") return {"gm-overloaded", "the log cannot take more at the moment: " + error.message};
  return {"gm-log-unavailable", "events cannot be stored at the moment: " + error.message};
}

// The body after its content coding was undone, and the bytes that it holds of the budget.
class Body {
 public:
  static Result<Body> open(const Request& request, bool compressed_by_query, const IngestSettings& settings,
                           http::ByteBudget& budget);
  Body(Body&& other) noexcept
      : plain_(std::exchange(other.plain_, {})),
        inflated_(std::move(other.inflated_)),
        budget_(std::exchange(other.budget_, nullptr)),
        taken_(other.taken_) {}
  Body& operator=(Body&&) = delete;
  ~Body() {
    if (budget_) budget_->give(taken_);
  }
  std::string_view view() const { return inflated_ ? inflated_->view() : plain_; }

 private:
  Body() = default;
  std::string_view plain_;
  std::optional<codec::Decompressed> inflated_;
  http::ByteBudget* budget_ = nullptr;
  size_t taken_ = 0;
};

Result<Body> Body::open(const Request& request, bool compressed_by_query, const IngestSettings& settings,
                        http::ByteBudget& budget) {
  Body body;
  body.plain_ = request.body;
  const std::string_view coding = request.header("content-encoding");
  const bool deflate = coding == "deflate";
  if (!coding.empty() && coding != "identity" && coding != "gzip" && !deflate) {
    return Error{"gm-encoding-unsupported", "Content-Encoding must be gzip, deflate or identity"};
  }
  const bool gzip = codec::looks_like_gzip(request.body);
  if ((coding == "gzip" || compressed_by_query) && !gzip) {
    return Error{"gm-body-malformed", "the body is not gzip although the request says so"};
  }
  if (!gzip && !deflate) return body;
  auto inflated =
      codec::decompress(request.body, gzip, {settings.decompressed_bytes_max, settings.decompression_ratio_max});
  if (!inflated) return inflated.error();
  if (!budget.take(inflated->view().size()))
    return Error{"gm-overloaded", "ingest.in_flight_bytes_max is reached; send again later"};
  body.budget_ = &budget;
  body.taken_ = inflated->view().size();
  body.inflated_ = std::move(*inflated);
  return body;
}

// One request on its way through the log: answers when the last of its appends is durable, or failed.
class Pending : public std::enable_shared_from_this<Pending> {
 public:
  Pending(IngestMetrics& metrics, Respond respond, Response on_success,
          std::function<Response(const Error&)> on_failure)
      : metrics_(metrics),
        respond_(std::move(respond)),
        success_(std::move(on_success)),
        failure_(std::move(on_failure)) {}

  void expect(uint32_t accepted, std::vector<Tag> refused, int appends) {
    accepted_ = accepted;
    refused_ = std::move(refused);
    left_ = appends;
  }
  log::AppendDone done() {
    return [self = shared_from_this()](Result<log::Offset> result) { self->settle(result); };
  }

 private:
  void settle(const Result<log::Offset>& result) {
    if (!result.ok() && !failed_.exchange(true)) error_ = result.error();
    if (--left_ > 0) return;
    if (failed_) {
      const Error error = from_log(error_);
      metrics_.failed(error.code);
      respond_(failure_(error));
      return;
    }
    metrics_.stored(accepted_, refused_);
    respond_(std::move(success_));
  }

  IngestMetrics& metrics_;
  Respond respond_;
  Response success_;
  std::function<Response(const Error&)> failure_;
  uint32_t accepted_ = 0;
  std::vector<Tag> refused_;
  std::atomic<int> left_{0};
  std::atomic<bool> failed_{false};
  Error error_;
};

std::string encode_refused(const DecodedBatch& batch) {
  std::vector<event::Rejected> rejected;
  rejected.reserve(batch.refused.size());
  for (const RefusedEvent& one : batch.refused) {
    const TagDeclaration& tag = declaration_of(one.tag);
    rejected.push_back({tag.name, tag.prose, one.raw});
  }
  return event::encode_rejected(batch.info, rejected);
}

std::vector<Tag> refused_tags(const DecodedBatch& batch) {
  std::vector<Tag> found;
  found.reserve(batch.refused.size());
  for (const RefusedEvent& one : batch.refused) found.push_back(one.tag);
  return found;
}

}  // namespace

struct Ingestion::State : std::enable_shared_from_this<Ingestion::State> {
  State(IngestSettings chosen, Dependencies given)
      : settings(chosen),
        deps(given),
        native(given.registry, event::Source::native),
        posthog(given.registry, event::Source::posthog) {}

  void receive_native(const Request& request, const Respond& respond);
  void receive_posthog(const Request& request, const Respond& respond);
  Result<security::Principal> authorise(std::string_view key, IngestMetrics& metrics) const;
  void store(DecodedBatch batch, const std::shared_ptr<Pending>& pending);
  void keep_malformed(const event::BatchInfo& info, std::string_view body, const std::shared_ptr<Pending>& pending);

  const IngestSettings settings;
  const Dependencies deps;
  IngestMetrics native;
  IngestMetrics posthog;
};

Result<security::Principal> Ingestion::State::authorise(std::string_view key, IngestMetrics& metrics) const {
  auto principal = deps.keys.authenticate(key);
  Error error;
  if (!principal) {
    error = principal.error();
  } else if (principal->kind != security::KeyKind::write) {
    error = {"gm-key-wrong-kind", "this is a project key; events are sent with a write key (gm_wk_...)"};
  } else {
    return principal;
  }
  metrics.unauthorised(error.code);
  metrics.failed(error.code);
  return error;
}

// A frame for each topic that has something; a request is durable only when all of its frames are.
void Ingestion::State::store(DecodedBatch batch, const std::shared_ptr<Pending>& pending) {
  const uint32_t accepted = batch.encoder.count();
  const auto refused = static_cast<uint32_t>(batch.refused.size());
  pending->expect(accepted, refused_tags(batch), (accepted > 0) + (refused > 0));
  // `done` of the first append may run before the second is queued; it only counts down.
  if (refused > 0) deps.log.append(log::Topic::events_rejected, 0, encode_refused(batch), refused, pending->done());
  if (accepted > 0)
    deps.log.append(log::Topic::events_raw, 0, std::move(batch.encoder).take(), accepted, pending->done());
}

void Ingestion::State::keep_malformed(const event::BatchInfo& info, std::string_view body,
                                      const std::shared_ptr<Pending>& pending) {
  const TagDeclaration& tag = declaration_of(Tag::body_malformed);
  pending->expect(0, {Tag::body_malformed}, 1);
  deps.log.append(
      log::Topic::events_rejected, 0,
      event::encode_rejected(info, {{tag.name, tag.prose, body.substr(0, settings.rejected_raw_bytes_max)}}), 1,
      pending->done());
}

void Ingestion::State::receive_native(const Request& request, const Respond& respond) {
  const std::string trace_id(request.trace_id);
  const auto refuse = [trace_id](const Error& error) { return native_refused(error, trace_id); };
  const auto fail = [&](const Error& error) {
    Response response = refuse(error);
    allow_origin(request, response);
    respond(std::move(response));
  };
  const auto principal = authorise(security::KeyRing::bearer(request.header("authorization")), native);
  if (!principal) return fail(principal.error());
  auto body = Body::open(request, false, settings, deps.budget);
  if (!body) {
    native.failed(body.error().code);
    return fail(body.error());
  }
  const DecodeInput input{body->view(), principal->project, request.received_ms, 0};
  auto batch = decode_native(input, settings);
  if (!batch && batch.error().code == "gm-body-malformed") {
    native.failed(batch.error().code);
    Response response = refuse(batch.error());
    allow_origin(request, response);
    const auto pending = std::make_shared<Pending>(native, respond, std::move(response), refuse);
    return keep_malformed({principal->project, event::Source::native, false, request.received_ms, 0}, body->view(),
                          pending);
  }
  if (!batch) {
    native.failed(batch.error().code);
    return fail(batch.error());
  }
  Response response = native_stored(*batch, trace_id);
  allow_origin(request, response);
  store(std::move(*batch), std::make_shared<Pending>(native, respond, std::move(response), refuse));
}

void Ingestion::State::receive_posthog(const Request& request, const Respond& respond) {
  const auto fail = [&](const Error& error) {
    posthog.failed(error.code);
    Response response = posthog_refused(error);
    allow_origin(request, response);
    respond(std::move(response));
  };
  auto body = Body::open(request, posthog_query_says_gzip(request), settings, deps.budget);
  if (!body) return fail(body.error());
  std::string unwrapped;  // with padding, when the JSON came inside a form or base64
  const auto json = unwrap_posthog_body(request, body->view(), unwrapped);
  if (!json) return fail(json.error());
  const DecodeInput input{*json, ProjectId(), request.received_ms, posthog_sent_ms(request)};
  auto decoded = decode_posthog(input, settings);
  if (!decoded) return fail(decoded.error());
  const auto principal = authorise(decoded->token, posthog);
  if (!principal) {
    Response response = posthog_refused(principal.error());
    allow_origin(request, response);
    return respond(std::move(response));
  }
  decoded->batch.info.project = principal->project;
  decoded->batch.encoder.set_info(decoded->batch.info);
  Response response = posthog_stored();
  allow_origin(request, response);
  store(std::move(decoded->batch), std::make_shared<Pending>(posthog, respond, std::move(response), posthog_refused));
}

Ingestion::Ingestion(IngestSettings settings, Dependencies dependencies)
    : state_(std::make_shared<State>(settings, dependencies)) {}

Ingestion::~Ingestion() = default;

void Ingestion::register_routes(http::Router& router) {
  const auto add = [&](const std::string& path, void (State::*receive)(const Request&, const Respond&)) {
    router.add_async(Method::post, path, [state = state_, receive](const Request& request, Respond respond) {
      (state.get()->*receive)(request, respond);
    });
    router.add_async(Method::options, path,
                     [](const Request& request, Respond respond) { respond(preflight(request)); });
    http::RouteOptions options;
    options.body_bytes_max = state_->settings.body_bytes_max;
    const bool native = receive == &State::receive_native;
    // What the server itself refuses (too large, too slow, too much in flight) is said in the dialect's own form, too.
    options.refuse = [state = state_, native](const Request& request, int status, std::string_view code,
                                              std::string_view detail) {
      const Error error{std::string(code), std::string(detail)};
      (native ? state->native : state->posthog).failed(code);
      Response response = native ? native_refused(error, request.trace_id) : posthog_refused(error);
      response.status = status;
      allow_origin(request, response);
      return response;
    };
    router.configure(Method::post, path, options);
  };
  add("/v1/events", &State::receive_native);
  for (const char* path : {"/batch", "/batch/", "/capture", "/capture/", "/e", "/e/", "/i/v0/e", "/i/v0/e/"}) {
    add(path, &State::receive_posthog);
  }
  // Clients ask for feature flags before anything else; there are none here yet, said politely.
  for (const char* path : {"/flags", "/flags/", "/decide", "/decide/"}) {
    router.add_async(Method::post, path, [](const Request& request, Respond respond) {
      Response response = posthog_no_flags();
      allow_origin(request, response);
      respond(std::move(response));
    });
    router.add_async(Method::options, path,
                     [](const Request& request, Respond respond) { respond(preflight(request)); });
  }
  router.add_async(Method::get, "/array/{token}/config", [](const Request& request, Respond respond) {
    Response response = posthog_config();
    allow_origin(request, response);
    respond(std::move(response));
  });
}

}  // namespace gm::event_ingestion
