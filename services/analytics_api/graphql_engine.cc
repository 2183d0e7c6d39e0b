#include "services/analytics_api/graphql_engine.h"

#include <utility>

#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_graphql.h"

namespace gm::analytics_api {
namespace {

using graphql::ServiceResponse;

constexpr double kSecondNs = 1e9;
constexpr int64_t kNanosecondsPerMillisecond = 1'000'000;

ServiceResponse refusal_of(const Error& error) {
  ServiceResponse refusal;
  refusal.body = graphql::error_body({{error.code, error.message, {}, {}, {}}});
  refusal.errors = 1;
  refusal.code = error.code;
  return refusal;
}

}  // namespace

GraphqlEngine::GraphqlEngine(GraphqlDependencies dependencies)
    : d_(std::move(dependencies)),
      schema_(make_graphql_schema()),
      documents_(d_.declared, d_.settings.persisted_only, d_.settings.persisted_bytes_max),
      hub_(d_.settings.subscriptions, d_.clock, d_.telemetry) {}

GraphqlContext GraphqlEngine::context_of(const Caller& caller, const CacheUse& use) const {
  return {d_.queries,
          d_.answers,
          d_.analyst,
          use,
          d_.event_schema,
          d_.live,
          d_.pipeline,
          caller,
          d_.scope_of(caller),
          d_.range_days_max,
          d_.settings.live_queue};
}

graphql::Prepared GraphqlEngine::prepare(ProjectId project, const GraphqlRequest& asked, Allowed allowed) {
  const auto text = documents_.text_of(project, asked);
  if (!text) {
    count(text.error().code, true);
    return {nullptr, refusal_of(text.error())};
  }
  graphql::Prepared prepared = graphql::prepare(*schema_, d_.settings.limits,
                                                {.text = *text,
                                                 .operation_name = asked.operation_name,
                                                 .variables = asked.variables,
                                                 .queries_only = allowed.queries_only,
                                                 .subscriptions = allowed.subscriptions});
  if (!prepared.operation) count(prepared.refusal.code, true);
  if (prepared.operation) documents_.remember(project, asked);
  return prepared;
}

ServiceResponse GraphqlEngine::run(const Caller& caller, const graphql::Operation& operation, const CacheUse& use,
                                   const std::function<bool()>& unwanted) {
  return respond(caller, operation, {}, "graphql", use, unwanted);
}

ServiceResponse GraphqlEngine::respond(const Caller& caller, const graphql::Operation& operation,
                                       graphql::Value::Object event, std::string_view kind, const CacheUse& use,
                                       const std::function<bool()>& unwanted) {
  const int64_t begin_ns = d_.clock.monotonic_ns();
  const int64_t end_ns = begin_ns + d_.settings.timeout_ms * kNanosecondsPerMillisecond;
  GraphqlContext context = context_of(caller, use);
  const auto expired = [&, end_ns] { return d_.clock.monotonic_ns() > end_ns || (unwanted && unwanted()); };
  ServiceResponse response = graphql::run(*schema_, d_.settings.limits, operation,
                                          {.context = &context, .expired = expired, .event = std::move(event)});
  d_.telemetry.histogram(telemetry::kQueryDuration, {kind})
      .observe(static_cast<double>(d_.clock.monotonic_ns() - begin_ns) / kSecondNs);
  if (response.errors > 0) count(response.code, false);
  return response;
}

std::variant<Plan, std::string> GraphqlEngine::plan(const Caller& caller, Operation operation, std::string key) {
  GraphqlContext context = context_of(caller, {});
  graphql::Subscribed subscribed = graphql::subscribe(*schema_, *operation, &context);
  if (!subscribed.source) {
    count(subscribed.errors.front().code, true);
    return graphql::error_body(subscribed.errors);
  }
  Plan plan;
  plan.source = std::move(subscribed.source);
  plan.respond = [this, caller, operation = std::shared_ptr<const graphql::Operation>(std::move(operation))](
                     const auto& event) { return respond(caller, *operation, event, "graphql_subscription", {}).body; };
  plan.allowed = [this, key = std::move(key)]() -> Status {
    const auto principal = d_.principal_of(key);
    return principal ? Status() : principal.error();
  };
  return plan;
}

void GraphqlEngine::count(std::string_view code, bool refused) {
  const bool timeout = code == "gm-query-timeout";
  if (code == "gm-query-cancelled") return;
  const bool internal = code == "gm-internal" || code == "gm-store-unavailable";
  d_.telemetry.counter(telemetry::kQueryErrors, {timeout ? "timeout" : internal ? "internal" : "user"}).add();
  if (refused) d_.telemetry.counter(telemetry::kGraphqlRefused, {code}).add();
}

}  // namespace gm::analytics_api
