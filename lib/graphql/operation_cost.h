#pragma once
// What an operation will take, known before it runs.

#include <cstdint>

#include "lib/graphql/coercion.h"
#include "lib/graphql/document.h"
#include "lib/graphql/schema.h"

namespace gm::graphql {

struct OperationLimits {
  int64_t depth_max = 0;
  int64_t aliases_max = 0;
  int64_t root_fields_max = 0;
  int64_t cost_max = 0;
};

// Numbers beyond INT32_MAX are held there.
struct OperationCost {
  int64_t depth = 0;    // fields inside each other
  int64_t aliases = 0;  // as often as their fragments are spread
  int64_t root_fields = 0;
  // Every field's weight (@cost, default 1) times the items of the lists around it: their slicing argument, or the
  // assumed size (@listSize), or 1. Introspection counts once a field, however long its lists are.
  int64_t cost = 0;
};

// Preconditions: the document is valid; `variables` are coerced.
OperationCost measure(const Schema& schema, const Document& document, const ast::Definition& operation,
                      const Variables& variables);

// gm-graphql-too-deep, gm-graphql-too-many-aliases, gm-graphql-too-many-root-fields, gm-graphql-too-costly.
std::vector<QueryError> check_limits(const OperationCost& cost, const OperationLimits& limits);

}  // namespace gm::graphql
