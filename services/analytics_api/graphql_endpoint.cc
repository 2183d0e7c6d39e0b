#include "services/analytics_api/graphql_endpoint.h"

#include <utility>

#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_graphql.h"
#include "services/analytics_api/graphql_request.h"

namespace gm::analytics_api {
namespace {

using graphql::ServiceResponse;
using http::Request;
using http::Response;

constexpr double kSecondNs = 1e9;
constexpr int64_t kNanosecondsPerMillisecond = 1'000'000;
constexpr int kOk = 200;
constexpr int kMethodNotAllowed = 405;
constexpr int kNotAcceptable = 406;
constexpr int kUnavailable = 503;

class Endpoint {
 public:
  explicit Endpoint(GraphqlDependencies dependencies) : d_(std::move(dependencies)), schema_(make_graphql_schema()) {}

  Response handle(const Request& request) {
    auto access = d_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    d_.telemetry.counter(telemetry::kQueryTotal, {"graphql"}).add();
    const auto media_type = accepted_media_type(request.header("accept"));
    if (!media_type) {
      return refuse(GraphqlMediaType::json, {kNotAcceptable, "gm-graphql-not-acceptable",
                                             "accept application/graphql-response+json or application/json"});
    }
    auto read = read_graphql_request(request);
    if (const auto* refusal = std::get_if<GraphqlRefusal>(&read)) return refuse(*media_type, *refusal);
    const auto caller = d_.caller_of(std::get<security::Principal>(access));
    if (!caller) return refuse(*media_type, {kUnavailable, "gm-store-unavailable", caller.error().message});
    return run(request, *media_type, *caller, std::get<GraphqlRequest>(std::move(read)));
  }

 private:
  Response run(const Request& request, GraphqlMediaType media_type, const Caller& caller, GraphqlRequest asked) {
    const int64_t begin_ns = d_.clock.monotonic_ns();
    const int64_t end_ns = begin_ns + d_.settings.timeout_ms * kNanosecondsPerMillisecond;
    GraphqlContext context{d_.queries, d_.analyst,          d_.live,          d_.pipeline,
                           caller,     d_.scope_of(caller), d_.range_days_max};
    const ServiceResponse answer =
        graphql::serve(*schema_, d_.settings.limits,
                       {.text = asked.query,
                        .operation_name = asked.operation_name,
                        .variables = std::move(asked.variables),
                        .queries_only = request.method != http::Method::post,
                        .context = &context,
                        .expired = [this, end_ns] { return d_.clock.monotonic_ns() > end_ns; }});
    d_.telemetry.histogram(telemetry::kQueryDuration, {"graphql"})
        .observe(static_cast<double>(d_.clock.monotonic_ns() - begin_ns) / kSecondNs);
    if (answer.errors > 0) count(answer.code, answer.outcome != ServiceResponse::Outcome::executed);
    return respond(media_type, status_of(answer, media_type), answer.body);
  }

  // Clients of plain JSON cannot tell a GraphQL response from a proxy's error page by its type, so they get 200
  // wherever the request itself was well-formed.
  static int status_of(const ServiceResponse& answer, GraphqlMediaType media_type) {
    if (answer.outcome == ServiceResponse::Outcome::method) return kMethodNotAllowed;
    const bool refused = answer.outcome == ServiceResponse::Outcome::refused;
    return refused && media_type == GraphqlMediaType::graphql_response ? kBadRequest : kOk;
  }

  Response refuse(GraphqlMediaType media_type, const GraphqlRefusal& refusal) {
    count(refusal.code, true);
    return respond(media_type, refusal.status, graphql::error_body({{refusal.code, refusal.message, {}, {}, {}}}));
  }

  void count(std::string_view code, bool refused) {
    const bool timeout = code == "gm-query-timeout";
    const bool internal = code == "gm-internal" || code == "gm-store-unavailable";
    d_.telemetry.counter(telemetry::kQueryErrors, {timeout ? "timeout" : internal ? "internal" : "user"}).add();
    if (refused) d_.telemetry.counter(telemetry::kGraphqlRefused, {code}).add();
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
    return response;
  }

  GraphqlDependencies d_;
  std::unique_ptr<const graphql::Schema> schema_;
};

}  // namespace

void register_graphql(http::Router& router, GraphqlDependencies dependencies) {
  const auto endpoint = std::make_shared<Endpoint>(std::move(dependencies));
  const auto handle = [endpoint](const Request& request) { return endpoint->handle(request); };
  router.add(http::Method::get, "/graphql", handle);
  router.add(http::Method::post, "/graphql", handle);
}

}  // namespace gm::analytics_api
