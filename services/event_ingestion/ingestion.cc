#include "services/event_ingestion/ingestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "lib/security/key_mask.h"
#include "lib/telemetry/catalog_privacy.h"
#include "services/event_ingestion/cross_origin.h"
#include "services/event_ingestion/dialect_table.h"
#include "services/event_ingestion/erased_players.h"
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

// Whoever may read numbers may read these bytes: a key among them, as many dialects have it, would let him send, too.
std::string_view readable_by_all(std::string_view raw, TextStore& texts) {
  auto masked = security::without_keys(raw);
  return masked ? texts.keep(*std::move(masked)) : raw;
}

std::string encode_refused(const DecodedBatch& batch) {
  TextStore texts;
  std::vector<event::Rejected> rejected;
  rejected.reserve(batch.refused.size());
  for (const RefusedEvent& one : batch.refused) {
    const TagDeclaration& tag = declaration_of(one.tag);
    rejected.push_back({tag.name, tag.prose, readable_by_all(one.raw, texts)});
  }
  return event::encode_rejected(batch.info, rejected);
}

std::vector<Tag> tags_of(const DecodedBatch& batch, Verdict verdict) {
  std::vector<Tag> found;
  for (const EventVerdict& one : batch.verdicts) {
    if (declaration_of(one.tag).verdict == verdict) found.push_back(one.tag);
  }
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

// The headers of draft-ietf-httpapi-ratelimit-headers-10. `wait_s`: until there is more; 0: there is some.
void say_rate(Response& response, std::string_view limit, int64_t per_second, int64_t left, int64_t wait_s = 0) {
  response.headers.emplace_back("RateLimit-Policy", fmt::format("\"{}\";q={};w=1", limit, per_second));
  response.headers.emplace_back("RateLimit", wait_s > 0 ? fmt::format("\"{}\";r={};t={}", limit, left, wait_s)
                                                        : fmt::format("\"{}\";r={}", limit, left));
}

// Whom a request is from, once its key was found good.
struct Admission {
  security::Principal principal;
  std::optional<int64_t> requests_left;  // of its key's rate; empty: no limit
};

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
  void throttle(const KeyLimiter::Refusal& limit) const {
    const int64_t seconds = (limit.wait_ms + 999) / 1000;
    const Error error{"gm-rate-limited",
                      fmt::format("this key sends more than {} {} a second ({}); send again after {} s",
                                  limit.per_second, limit.limit, limit.setting, seconds)};
    speaker.metrics.failed(error.code);
    Response response = refusal(dialect(), request, error, seconds);
    say_rate(response, limit.limit, limit.per_second, 0, seconds);
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
      : settings(chosen), server_settings(chosen), deps(given), limiter(key_limits, given.clock) {
    server_settings.sender.is_server = true;
    for (const Dialect* dialect : dialects()) speakers.push_back({dialect, {given.registry, dialect->source()}});
  }

  // `candidates`: the dialects of this path, in the table's order.
  void receive(const std::vector<Speaker*>& candidates, const Request& request, const Respond& respond);
  // `admitted`: whose request it is, when that was found out before the body was looked at.
  void receive_body(const Exchange& exchange, std::string_view body, std::optional<Admission> admitted);
  // True when the body names a key that has been refused a moment ago and is over its limits still.
  bool refused_by_key_within(const Exchange& exchange, std::string_view body);
  // False when the request has been refused. `admission` is filled in otherwise.
  bool admit(const Exchange& exchange, const security::Credential& credential, Admission& admission);
  Result<Decoded> decode(const Dialect& dialect, const Call& call, bool is_server) const;
  // The answer to OPTIONS of a path that `speaker` speaks.
  Response preflight(Speaker& speaker, const Request& request);
  void store(DecodedBatch batch, const std::shared_ptr<PendingAnswer>& pending);
  void withhold(DecodedBatch& batch);
  void append(log::Topic topic, std::string payload, uint32_t count, log::AppendDone done);
  void keep_malformed(const event::BatchInfo& info, std::string_view body,
                      const std::shared_ptr<PendingAnswer>& pending);

  const IngestSettings settings;
  IngestSettings server_settings;  // of requests with a server key
  const Dependencies deps;
  KeyLimiter limiter;
  std::vector<Speaker> speakers;
  bool gathers = false;  // requests that are handled in a row become durable together
};

bool Ingestion::State::admit(const Exchange& exchange, const security::Credential& credential, Admission& admission) {
  auto found = deps.keys.authenticate(credential, exchange.request.header("origin"));
  if (found && found->kind == security::KeyKind::project)
    found = Error{"gm-key-wrong-kind", "this is a project key; events are sent with a write key (gm_wk_...)"};
  if (!found) {
    exchange.speaker.metrics.unauthorised(found.error().code);
    exchange.refuse(found.error());
    return false;
  }
  admission.principal = *found;
  const auto limit = limiter.take_request(found->key, exchange.request.body.size(), admission.requests_left);
  if (limit) exchange.throttle(*limit);
  return !limit;
}

// Which key a page will show is not known yet, so the answer is of all keys together; the request itself is then held
// against the list of its own.
Response Ingestion::State::preflight(Speaker& speaker, const Request& request) {
  const std::string_view origin = request.header("origin");
  if (origin.empty() || deps.keys.lets_in(origin)) return event_ingestion::preflight(request);
  const Error error{"gm-origin-not-allowed",
                    "no key of this server may be used from the origin " + std::string(origin)};
  speaker.metrics.failed(error.code);
  return speaker.dialect->refused(request, error);
}

// A frame for each topic that has something; a request is durable only when all of its frames are.
void Ingestion::State::store(DecodedBatch batch, const std::shared_ptr<PendingAnswer>& pending) {
  const uint32_t accepted = batch.encoder.count();
  const auto refused = static_cast<uint32_t>(batch.refused.size());
  if (accepted + refused == 0) return pending->answer_at_once();
  pending->expect(accepted, tags_of(batch, Verdict::drop), tags_of(batch, Verdict::warning),
                  (accepted > 0) + (refused > 0));
  if (refused > 0) append(log::Topic::events_rejected, encode_refused(batch), refused, pending->done());
  if (accepted > 0) append(log::Topic::events_raw, std::move(batch.encoder).take(), accepted, pending->done());
}

void Ingestion::State::withhold(DecodedBatch& batch) {
  if (deps.erased == nullptr) return;
  if (const uint64_t withheld = withhold_erased(*deps.erased, batch); withheld > 0)
    deps.registry.counter(telemetry::kErasedPlayersEvents, {"ingestion"}).add(withheld);
}

void Ingestion::State::append(log::Topic topic, std::string payload, uint32_t count, log::AppendDone done) {
  if (gathers) return deps.log.append_later(topic, 0, std::move(payload), count, std::move(done));
  deps.log.append(topic, 0, std::move(payload), count, std::move(done));
}

void Ingestion::State::keep_malformed(const event::BatchInfo& info, std::string_view body,
                                      const std::shared_ptr<PendingAnswer>& pending) {
  const TagDeclaration& tag = declaration_of(Tag::body_malformed);
  TextStore texts;
  std::string_view raw = readable_by_all(body.substr(0, settings.rejected_raw_bytes_max), texts);
  if (deps.erased != nullptr && mentions_erased(*deps.erased, info.project, raw)) {
    deps.registry.counter(telemetry::kErasedPlayersEvents, {"ingestion"}).add();
    raw = {};
  }
  pending->expect(0, {Tag::body_malformed}, {}, 1);
  append(log::Topic::events_rejected, event::encode_rejected(info, {{tag.name, tag.prose, raw}}), 1, pending->done());
}

// A studio's server is not where its players are, so that its address is nobody's.
Result<Decoded> Ingestion::State::decode(const Dialect& dialect, const Call& call, bool is_server) const {
  if (is_server) return dialect.decode(call, server_settings);
  if (settings.address_rule == AddressRule::drop) return dialect.decode(call, settings);
  const std::string address = deps.proxies.client_of(call.request);
  IngestSettings told = settings;
  told.sender.address = address;
  return dialect.decode(call, told);
}

// Where the key stands outside of the body it is asked for before the body is decompressed: what a key sends beyond its
// limits costs no more than its head.
void Ingestion::State::receive(const std::vector<Speaker*>& candidates, const Request& request,
                               const Respond& respond) {
  Speaker* speaker = candidates.back();
  std::optional<Admission> admitted;
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
                                    std::optional<Admission> admitted) {
  const Dialect& dialect = exchange.dialect();
  const Call call{exchange.request, body};
  Admission admission = admitted.value_or(Admission{});
  const security::Principal& principal = admission.principal;
  const security::Credential credential = admitted ? security::Credential{} : dialect.credential(call);
  const bool key_is_outside = admitted || !credential.key.empty();
  if (!admitted && key_is_outside && !admit(exchange, credential, admission)) return;
  if (!key_is_outside && refused_by_key_within(exchange, body)) return;
  auto decoded = decode(dialect, call, principal.kind == security::KeyKind::server);
  if (!decoded && key_is_outside && decoded.error().code == "gm-body-malformed") {
    const auto pending = exchange.pending(refusal(dialect, exchange.request, decoded.error()), decoded.error().code);
    return keep_malformed({principal.project, dialect.source(), false, exchange.request.received_ms, 0}, body, pending);
  }
  if (!decoded) return exchange.refuse(decoded.error());
  if (!key_is_outside && !decoded->open && !admit(exchange, decoded->credential, admission)) return;
  if (!key_is_outside && principal.kind == security::KeyKind::server) {
    decoded = decode(dialect, call, true);  // who sends it is known only now
    if (!decoded) return exchange.refuse(decoded.error());
  }
  if (const auto limit = limiter.take_events(principal.key, decoded->batch.events)) {
    exchange.speaker.metrics.throttled(decoded->batch.events);
    return exchange.throttle(*limit);
  }
  decoded->batch.info.project = principal.project;
  decoded->batch.encoder.set_info(decoded->batch.info);
  withhold(decoded->batch);
  Response response = dialect.stored(call, decoded->batch);
  // Of our own clients only: no other SDK looks at it.
  if (dialect.source() == event::Source::native && admission.requests_left)
    say_rate(response, "requests", limiter.requests_per_second(), *admission.requests_left);
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
                       [state = state_, speaker = candidates.back()](const Request& request, const Respond& respond) {
                         respond(state->preflight(*speaker, request));
                       });
  }
}

}  // namespace gm::event_ingestion
