#pragma once
// Private to this folder: runs GraphQL operations for whoever carries them, one way for all of them.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "lib/base/clock.h"
#include "lib/http/message.h"
#include "services/analytics_api/answers.h"
#include "services/analytics_api/graphql_request.h"
#include "services/analytics_api/graphql_schema.h"
#include "services/analytics_api/persisted_documents.h"
#include "services/analytics_api/subscriptions/hub.h"

namespace gm::analytics_api {

// Everything, and what the functions hold, outlives the router.
struct GraphqlDependencies {
  const query::Queries& queries;
  const query::EventSchema& event_schema;
  store::LiveState& live;
  const Clock& clock;
  telemetry::Registry& telemetry;
  const PipelineStatus& pipeline;
  // The principal of a key that may read; the errors are those of KeyRing and gm-key-wrong-kind.
  std::function<Result<security::Principal>(const std::string& key)> principal_of;
  std::function<std::variant<security::Principal, http::Response>(const http::Request&)> authorise;
  std::function<Result<Caller>(security::Principal)> caller_of;
  std::function<query::Scope(const Caller&)> scope_of;
  int range_days_max = 0;
  GraphqlSettings settings;
  DeclaredDocuments declared = {};
  RunningQueries& running;
  const Answers& answers;
  const query::Analyst& analyst;
};

// Safe to use from several threads.
class GraphqlEngine {
 public:
  using Operation = std::unique_ptr<const graphql::Operation>;

  explicit GraphqlEngine(GraphqlDependencies dependencies);

  const GraphqlDependencies& dependencies() const { return d_; }
  Hub& hub() { return hub_; }

  struct Allowed {
    bool queries_only = false;  // as for GET; says nothing about subscriptions
    bool subscriptions = false;
  };
  // Counts what it refuses. A valid document that came with its hash is remembered for `project`.
  graphql::Prepared prepare(ProjectId project, const GraphqlRequest& asked, Allowed allowed);
  // A query from its beginning to its end, within query.timeout. Counts and times. `unwanted`: when it says so, nobody
  // waits for the response any more.
  graphql::ServiceResponse run(const Caller& caller, const graphql::Operation& operation, const CacheUse& use = {},
                               const std::function<bool()>& unwanted = {});

  // What the hub needs for a subscription; the response that refuses it otherwise. `key`: as it was sent.
  std::variant<Plan, std::string> plan(const Caller& caller, Operation operation, std::string key);

  // Counts an error; `refused`: of a request of which nothing was run.
  void count(std::string_view code, bool refused);

 private:
  GraphqlContext context_of(const Caller& caller, const CacheUse& use) const;
  graphql::ServiceResponse respond(const Caller& caller, const graphql::Operation& operation,
                                   graphql::Value::Object event, std::string_view kind, const CacheUse& use,
                                   const std::function<bool()>& unwanted = {});

  const GraphqlDependencies d_;
  const std::unique_ptr<const graphql::Schema> schema_;
  PersistedDocuments documents_;
  Hub hub_;  // last: its threads use the rest
};

}  // namespace gm::analytics_api
