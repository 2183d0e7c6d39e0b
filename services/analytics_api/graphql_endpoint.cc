#include "services/analytics_api/graphql_endpoint.h"

#include <utility>

#include "lib/store/stopped_by.h"
#include "lib/telemetry/catalog.h"
#include "services/analytics_api/graphql_sockets.h"
#include "services/analytics_api/query_refusals.h"
#include "services/analytics_api/subscriptions/event_stream.h"

namespace gm::analytics_api {
namespace {

using graphql::ServiceResponse;
using http::Request;
using http::Response;
using StreamPtr = std::shared_ptr<http::ResponseStream>;

constexpr int kOk = 200;
constexpr int kForbidden = 403;
constexpr int kMethodNotAllowed = 405;
constexpr int kNotAcceptable = 406;
constexpr int kTooManyRequests = 429;
constexpr int kUnavailable = 503;

// Who asks, and what he has shown.
struct Asker {
  security::Principal principal;
  Caller caller;
  std::string key;
};

class Endpoint {
 public:
  explicit Endpoint(GraphqlDependencies dependencies) : engine_(std::move(dependencies)), sockets_(engine_) {}

  GraphqlSockets& sockets() { return sockets_; }

  Response handle(const Request& request, StreamPtr stream) {
    const GraphqlDependencies& d = engine_.dependencies();
    auto access = d.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    d.telemetry.counter(telemetry::kQueryTotal, {"graphql"}).add();
    const auto media_type = accepted_media_type(request.header("accept"));
    if (!media_type) {
      return refuse(GraphqlMediaType::json,
                    {kNotAcceptable, "gm-graphql-not-acceptable",
                     "accept application/graphql-response+json, application/json or text/event-stream"});
    }
    auto read = read_graphql_request(request);
    if (const auto* refusal = std::get_if<GraphqlRefusal>(&read)) return refuse(*media_type, *refusal);
    auto& asked = std::get<GraphqlRequest>(read);
    Asker asker{std::get<security::Principal>(access),
                {},
                std::string(security::KeyRing::bearer(request.header("authorization")))};
    auto caller = d.caller_of(asker.principal);
    if (!caller) return refuse(*media_type, {kUnavailable, "gm-store-unavailable", caller.error().message});
    asker.caller = std::move(*caller);
    if (*media_type != GraphqlMediaType::event_stream) return answer(request, *media_type, asker, asked);
    return begin_stream(request, std::move(asker), asked, std::move(stream));
  }

 private:
  static bool queries_only(const Request& request) { return request.method != http::Method::post; }

  Response answer(const Request& request, GraphqlMediaType media_type, const Asker& asker,
                  const GraphqlRequest& asked) {
    const auto running = engine_.dependencies().running.enter(request, asker.principal, "graphql",
                                                              asked.query.empty() ? asked.document_hash : asked.query);
    if (!running) {
      const int status = refusal_status(running.error()).value_or(kBadRequest);
      return refuse(media_type, {status, running.error().code, running.error().message});
    }
    const store::StoppedBy stopped_by((*running)->stop());
    const auto prepared = engine_.prepare(asker.caller.project.id, asked, {.queries_only = queries_only(request)});
    const ServiceResponse answer =
        prepared.operation ? engine_.run(asker.caller, *prepared.operation, cache_use(request)) : prepared.refusal;
    Response response = respond(media_type, status_of(answer, media_type), answer.body);
    response.headers.emplace_back("X-Query-Id", (*running)->id());
    return response;
  }

  // Whatever is wrong with the operation itself goes through the stream: a client of server-sent events cannot read the
  // body of another status.
  Response begin_stream(const Request& request, Asker asker, const GraphqlRequest& asked, StreamPtr stream) {
    if (!engine_.dependencies().settings.origins.lets_in(request)) {
      return refuse(GraphqlMediaType::json, {kForbidden, "gm-origin-not-allowed",
                                             "pages of this origin may not subscribe; see graphql.origins"});
    }
    auto prepared =
        engine_.prepare(asker.caller.project.id, asked, {.queries_only = queries_only(request), .subscriptions = true});
    if (!prepared.operation) return event_stream(whole_event_stream(prepared.refusal.body));
    if (!prepared.operation->is_subscription()) {
      return event_stream(whole_event_stream(engine_.run(asker.caller, *prepared.operation).body));
    }
    auto place = engine_.hub().take_place(asker.principal.key);
    if (!place) return refuse(GraphqlMediaType::json, {kTooManyRequests, place.error().code, place.error().message});
    auto plan = engine_.plan(asker.caller, std::move(prepared.operation), std::move(asker.key));
    if (const auto* refusal = std::get_if<std::string>(&plan)) return event_stream(whole_event_stream(*refusal));
    const uint64_t number = engine_.hub().start(std::move(*place), std::get<Plan>(std::move(plan)),
                                                std::make_shared<EventStreamSink>(stream));
    stream->on_end([this, number](http::StreamEnd why) {
      const bool stops = why == http::StreamEnd::server_stops;
      engine_.hub().end(number, stops ? Ending::server_stops : Ending::client_gone);
    });
    return event_stream(std::string(kEventStreamComment));
  }

  static Response event_stream(std::string text) {
    Response response = respond(GraphqlMediaType::event_stream, kOk, std::move(text));
    response.headers.emplace_back("X-Accel-Buffering", "no");
    return response;
  }

  // Clients of plain JSON cannot tell a GraphQL response from a proxy's error page by its type, so they get 200
  // wherever the request itself was well-formed.
  static int status_of(const ServiceResponse& answer, GraphqlMediaType media_type) {
    if (answer.outcome == ServiceResponse::Outcome::method) return kMethodNotAllowed;
    const bool refused = answer.outcome == ServiceResponse::Outcome::refused;
    return refused && media_type == GraphqlMediaType::graphql_response ? kBadRequest : kOk;
  }

  Response refuse(GraphqlMediaType media_type, const GraphqlRefusal& refusal) {
    engine_.count(refusal.code, true);
    if (media_type == GraphqlMediaType::event_stream) media_type = GraphqlMediaType::json;
    return respond(media_type, refusal.status, graphql::error_body({{refusal.code, refusal.message, {}, {}, {}}}));
  }

  static Response respond(GraphqlMediaType media_type, int status, std::string body) {
    Response response;
    response.status = status;
    response.content_type = content_type(media_type);
    response.body = std::move(body);
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("Vary", "Accept");
    if (status == kMethodNotAllowed) response.headers.emplace_back("Allow", "POST");
    if (status == kUnavailable) response.headers.emplace_back("Retry-After", "1");
    if (status == kTooManyRequests) response.headers.emplace_back("Retry-After", "5");
    return response;
  }

  GraphqlEngine engine_;
  GraphqlSockets sockets_;
};

}  // namespace

void register_graphql(http::Router& router, http::SocketRouter* sockets, GraphqlDependencies dependencies) {
  const auto endpoint = std::make_shared<Endpoint>(std::move(dependencies));
  const auto handle = [endpoint](const Request& request, StreamPtr stream) {
    return endpoint->handle(request, std::move(stream));
  };
  router.add_stream(http::Method::get, "/graphql", handle);
  router.add_stream(http::Method::post, "/graphql", handle);
  if (sockets == nullptr) return;
  sockets->add_socket("/graphql", [endpoint](const Request& request, std::shared_ptr<http::WebSocket> socket) {
    return endpoint->sockets().open(request, std::move(socket));
  });
}

}  // namespace gm::analytics_api
