#pragma once
// One request from its text to its response: parse, pick the operation, validate, coerce variables, measure, execute.
// A query does all of it at once (serve); of a subscription the first half is done once (prepare) and the last one for
// each event of its source (run).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/graphql/executor.h"
#include "lib/graphql/input_value.h"
#include "lib/graphql/operation_cost.h"
#include "lib/graphql/schema.h"
#include "lib/graphql/validation.h"

namespace gm::graphql {

struct ServiceLimits {
  ParseLimits parse;
  ValidationLimits validation;
  OperationLimits operation;
  size_t response_bytes_max = SIZE_MAX;
  bool introspection = true;  // false: __schema and __type are refused, __typename is not
};

struct ServiceRequest {
  std::string_view text;
  std::string_view operation_name = {};  // empty: the only one
  InputValue variables = {};             // an object, or null
  bool queries_only = false;             // as for GET; says nothing about subscriptions
  bool subscriptions = false;            // prepare() takes them; where the response is a single one, they are refused
  void* context = nullptr;
  std::function<bool()> expired = {};
};

struct ServiceResponse {
  // What came of it. refused: nothing was run and there is no "data"; method: a mutation where only queries may be.
  enum class Outcome : uint8_t { executed, refused, method } outcome = Outcome::refused;
  std::string body;   // a GraphQL response: data, errors, extensions.cost
  size_t errors = 0;  // in the body
  std::string code;   // of the first error
};

// An operation that may run: parsed, valid, with its variables, within the limits. Unchanged by running.
class Operation {
 public:
  bool is_subscription() const { return definition_->operation == ast::OperationKind::subscription; }

 private:
  friend class OperationRunner;
  std::unique_ptr<const Document> document_;
  const ast::Definition* definition_ = nullptr;
  Variables variables_;
  OperationCost cost_;
};

struct Prepared {
  std::unique_ptr<const Operation> operation;  // nullptr: see refusal
  ServiceResponse refusal;
};
// Of the request text, name, variables and what is allowed are used.
Prepared prepare(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request);

// What one run works on.
struct Run {
  void* context = nullptr;
  std::function<bool()> expired = {};
  Value::Object event = {};  // of a subscription's source
};
ServiceResponse run(const Schema& schema, const ServiceLimits& limits, const Operation& operation, const Run& with);
// Precondition: it is a subscription.
Subscribed subscribe(const Schema& schema, const Operation& operation, void* context);

// Several requests may run at once. `schema` outlives the call.
ServiceResponse serve(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request);

// A response that is only errors.
std::string error_body(const std::vector<QueryError>& errors);

}  // namespace gm::graphql
