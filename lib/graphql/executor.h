#pragma once
// Runs a valid operation: calls the resolvers, writes the response's data as JSON text, collects errors with their
// paths and takes nulls up to where they are allowed (spec, "Execution").

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lib/graphql/coercion.h"
#include "lib/graphql/document.h"
#include "lib/graphql/query_error.h"
#include "lib/graphql/resolver.h"
#include "lib/graphql/schema.h"

namespace gm::graphql {

struct Execution {
  const Schema& schema;
  const Document& document;  // has been validated
  const ast::Definition& operation;
  const Variables& variables;
  void* context = nullptr;      // for resolvers
  Value::Object root = {};      // what resolvers of root fields see as their parent
  size_t bytes_max = SIZE_MAX;  // of data; beyond it fields fail with gm-graphql-too-large
  // Asked before each resolver; once true, fields fail with gm-query-timeout. Empty: never.
  std::function<bool()> expired = {};
};

struct ExecutionResult {
  std::string data;  // a JSON object, or null
  std::vector<QueryError> errors;
};

// Fields are run one after another, in the order of the document.
ExecutionResult execute(const Execution& execution);

}  // namespace gm::graphql
