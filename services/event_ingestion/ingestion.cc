#include "services/event_ingestion/ingestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "services/event_ingestion/cross_origin.h"
#include "services/event_ingestion/dialect_table.h"
#include "services/event_ingestion/ingest_metrics.h"
#include "services/event_ingestion/key_within.h"
#include "services/event_ingestion/pending_answer.h"
#include "services/event_ingestion/request_body.h"

namespace gm::event_ingestion {
namespace {

using http::Method;
using http::Request;
using http::Respond;
using http::Response;

// A dialect and its counters.
struct Speaker {
  const Dialect* dialect;
  IngestMetrics metrics;
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

Response refusal(const Dialect& dialect, const Request& request, const Error& error, int64_t retry_after_s = 1) {
  Response response = dialect.refused(request, error);
  allow_origin(request, response);
  if (error.code == "gm-encoding-unsupported")
    response.headers.emplace_back("Accept-Encoding", "gzip, deflate, br, zstd");
  const auto is_wait = [](const auto& header) { return header.first == "Retry-After"; };
  if ((response.status == 503 || response.status == 429) && std::ranges::none_of(response.headers, is_wait))
    response.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
  return response;
}

// One request being answered.
struct Exchange {
  Speaker& speaker;
  const Request& request;
  const Respond& respond;

  const Dialect& dialect() const { return *speaker.dialect; }
  void refuse(const Error& error) const {
    speaker.metrics.failed(error.code);
    respond(refusal(dialect(), request, error));
  }
  // The headers are those of draft-ietf-httpapi-ratelimit-headers.
  void throttle(const KeyLimiter::Refusal& limit) const {
    const int64_t seconds = (limit.wait_ms + 999) / 1000;
    const Error error{"gm-rate-limited",
                      fmt::format("this key sends more than {} {} a second ({}); send again after {} s",
                                  limit.per_second, limit.limit, limit.setting, seconds)};
    speaker.metrics.failed(error.code);
    Response response = refusal(dialect(), request, error, seconds);
    response.headers.emplace_back("RateLimit-Policy", fmt::format("\"{}\";q={};w=1", limit.limit, limit.per_second));
    response.headers.emplace_back("RateLimit", fmt::format("\"{}\";r=0;t={}", limit.limit, seconds));
    respond(std::move(response));
  }
  std::shared_ptr<PendingAnswer> pending(Response on_success, std::string_view outcome = "ok") const {
    allow_origin(request, on_success);
    // The request stays until it is answered.
    return std::make_shared<PendingAnswer>(
        speaker.metrics, respond, std::move(on_success),
        [&request = request, &dialect = dialect()](const Error& error) { return refusal(dialect, request, error); },
        outcome);
  }
};

}  // namespace

struct Ingestion::State : std::enable_shared_from_this<Ingestion::State> {
  State(const IngestSettings& chosen, const KeyLimits& key_limits, Dependencies given)
      : settings(chosen), deps(given), limiter(key_limits, given.clock) {
    for (const Dialect* dialect : dialects()) speakers.push_back({dialect, {given.registry, dialect->source()}});
  }

  // `candidates`: the dialects of this path, in the table's order.
  void receive(const std::vector<Speaker*>& candidates, const Request& request, const Respond& respond);
  // `admitted`: whose request it is, when that was found out before the body was looked at.
  void receive_body(const Exchange& exchange, std::string_view body, std::optional<security::Principal> admitted);
  // True when the body names a key that has been refused a moment ago and is over its limits still.
  bool refused_by_key_within(const Exchange& exchange, std::string_view body);
  // False when the request has been refused. `principal` is filled in otherwise.
  bool admit(const Exchange& exchange, const security::Credential& credential, security::Principal& principal);
  void store(DecodedBatch batch, const std::shared_ptr<PendingAnswer>& pending);
  void append(log::Topic topic, std::string payload, uint32_t count, log::AppendDone done);
  void keep_malformed(const event::BatchInfo& info, std::string_view body,
                      const std::shared_ptr<PendingAnswer>& pending);

  const IngestSettings settings;
  const Dependencies deps;
  KeyLimiter limiter;
  std::vector<Speaker> speakers;
  bool gathers = false;  // requests that are handled in a row become durable together
};

bool Ingestion::State::admit(const Exchange& exchange, const security::Credential& credential,
                             security::Principal& principal) {
  auto found = deps.keys.authenticate(credential);
  if (found && found->kind == security::KeyKind::project)
    found = Error{"gm-key-wrong-kind", "this is a project key; events are sent with a write key (gm_wk_...)"};
  if (!found) {
    exchange.speaker.metrics.unauthorised(found.error().code);
    exchange.refuse(found.error());
    return false;
  }
  principal = *found;
  const auto limit = limiter.take_request(principal.key, exchange.request.body.size());
  if (limit) exchange.throttle(*limit);
  return !limit;
}

// A frame for each topic that has something; a request is durable only when all of its frames are.
void Ingestion::State::store(DecodedBatch batch, const std::shared_ptr<PendingAnswer>& pending) {
  const uint32_t accepted = batch.encoder.count();
  const auto refused = static_cast<uint32_t>(batch.refused.size());
  if (accepted + refused == 0) return pending->answer_at_once();
  pending->expect(accepted, refused_tags(batch), (accepted > 0) + (refused > 0));
  if (refused > 0) append(log::Topic::events_rejected, encode_refused(batch), refused, pending->done());
  if (accepted > 0) append(log::Topic::events_raw, std::move(batch.encoder).take(), accepted, pending->done());
}

void Ingestion::State::append(log::Topic topic, std::string payload, uint32_t count, log::AppendDone done) {
  if (gathers) return deps.log.append_later(topic, 0, std::move(payload), count, std::move(done));
  deps.log.append(topic, 0, std::move(payload), count, std::move(done));
}

void Ingestion::State::keep_malformed(const event::BatchInfo& info, std::string_view body,
                                      const std::shared_ptr<PendingAnswer>& pending) {
  const TagDeclaration& tag = declaration_of(Tag::body_malformed);
  pending->expect(0, {Tag::body_malformed}, 1);
  append(log::Topic::events_rejected,
         event::encode_rejected(info, {{tag.name, tag.prose, body.substr(0, settings.rejected_raw_bytes_max)}}), 1,
         pending->done());
}

// Where the key stands outside of the body it is asked for before the body is decompressed: what a key sends beyond its
// limits costs no more than its head.
void Ingestion::State::receive(const std::vector<Speaker*>& candidates, const Request& request,
                               const Respond& respond) {
  Speaker* speaker = candidates.back();
  std::optional<security::Principal> admitted;
  if (candidates.size() == 1) {
    const security::Credential credential = speaker->dialect->credential({request, {}});
    if (!credential.key.empty() && !admit({*speaker, request, respond}, credential, admitted.emplace())) return;
  }
  const auto body = RequestBody::open(request, speaker->dialect->says_gzip(request), settings, deps.budget);
  if (!body) return Exchange{*speaker, request, respond}.refuse(body.error());
  for (Speaker* candidate : candidates) {
    if (candidate == speaker || !candidate->dialect->claims({request, body->view()})) continue;
    speaker = candidate;
    break;
  }
  receive_body({*speaker, request, respond}, body->view(), admitted);
}

bool Ingestion::State::refused_by_key_within(const Exchange& exchange, std::string_view body) {
  if (!limiter.pressed()) return false;
  const auto known = deps.keys.authenticate(write_key_within(body));
  if (!known) return false;
  const auto limit = limiter.look_at_request(known->key, exchange.request.body.size());
  if (limit) exchange.throttle(*limit);
  return limit.has_value();
}

void Ingestion::State::receive_body(const Exchange& exchange, std::string_view body,
                                    std::optional<security::Principal> admitted) {
  const Dialect& dialect = exchange.dialect();
  const Call call{exchange.request, body};
  security::Principal principal = admitted.value_or(security::Principal{});
  const security::Credential credential = admitted ? security::Credential{} : dialect.credential(call);
  const bool key_is_outside = admitted || !credential.key.empty();
  if (!admitted && key_is_outside && !admit(exchange, credential, principal)) return;
  if (!key_is_outside && refused_by_key_within(exchange, body)) return;
  auto decoded = dialect.decode(call, settings);
  if (!decoded && key_is_outside && decoded.error().code == "gm-body-malformed") {
    const auto pending = exchange.pending(refusal(dialect, exchange.request, decoded.error()), decoded.error().code);
    return keep_malformed({principal.project, dialect.source(), false, exchange.request.received_ms, 0}, body, pending);
  }
  if (!decoded) return exchange.refuse(decoded.error());
  if (!key_is_outside && !decoded->open && !admit(exchange, decoded->credential, principal)) return;
  if (const auto limit = limiter.take_events(principal.key, decoded->batch.events)) {
    exchange.speaker.metrics.throttled(decoded->batch.events);
    return exchange.throttle(*limit);
  }
  decoded->batch.info.project = principal.project;
  decoded->batch.encoder.set_info(decoded->batch.info);
  Response response = dialect.stored(call, decoded->batch);
  store(std::move(decoded->batch), exchange.pending(std::move(response)));
}

Ingestion::Ingestion(const IngestSettings& settings, const KeyLimits& key_limits, Dependencies dependencies)
    : state_(std::make_shared<State>(settings, key_limits, dependencies)) {}

Ingestion::~Ingestion() = default;

void Ingestion::register_routes(http::Router& router) {
  std::map<std::pair<Method, std::string>, std::vector<Speaker*>> routes;
  for (Speaker& speaker : state_->speakers) {
    for (Endpoint& endpoint : speaker.dialect->endpoints())
      routes[{endpoint.method, std::move(endpoint.path)}].push_back(&speaker);
  }
  state_->gathers = router.when_caught_up([state = state_] { state->deps.log.start_commit(); });
  std::set<std::string> answered;
  for (const auto& [where, candidates] : routes) {
    const auto& [method, path] = where;
    router.add_async(method, path, [state = state_, candidates](const Request& request, const Respond& respond) {
      state->receive(candidates, request, respond);
    });
    http::RouteOptions options;
    options.body_bytes_max = state_->settings.body_bytes_max;
    // What the server itself refuses (too large, too slow, too much in flight) is said in the dialect's own form, too.
    options.refuse = [state = state_, speaker = candidates.back()](const Request& request, int /*status*/,
                                                                   std::string_view code, std::string_view detail) {
      speaker->metrics.failed(code);
      return refusal(*speaker->dialect, request, {std::string(code), std::string(detail)});
    };
    router.configure(method, path, options);
    if (answered.insert(path).second)
      router.add_async(Method::options, path,
                       [](const Request& request, const Respond& respond) { respond(preflight(request)); });
  }
}

}  // namespace gm::event_ingestion
