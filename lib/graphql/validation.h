#pragma once
// Whether a document can be executed (spec, "Validation"): all of the spec's rules, under the names that graphql-js
// gives them.

#include <vector>

#include "lib/graphql/document.h"
#include "lib/graphql/query_error.h"
#include "lib/graphql/schema.h"

namespace gm::graphql {

struct ValidationLimits {
  size_t errors_max = 100;  // more are left out
  // Steps of comparing fields that share a response key; a document that needs more is refused.
  size_t comparisons_max = 500'000;
};

// Empty: valid. Every error has the code gm-graphql-invalid and names its rule.
std::vector<QueryError> validate(const Schema& schema, const Document& document, const ValidationLimits& limits);

}  // namespace gm::graphql
