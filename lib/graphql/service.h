#pragma once
// One request from its text to its response: parse, pick the operation, validate, coerce variables, measure, execute.

#include <cstdint>
#include <functional>
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
  bool queries_only = false;             // as for GET
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

// Several requests may run at once. `schema` outlives the call.
ServiceResponse serve(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request);

// A response that is only errors.
std::string error_body(const std::vector<QueryError>& errors);

}  // namespace gm::graphql
