#pragma once
// Runs a valid operation: calls the resolvers, writes the response's data as JSON text, collects errors with their
// paths and takes nulls up to where they are allowed (spec, "Execution").

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/graphql/coercion.h"
#include "lib/graphql/document.h"
#include "lib/graphql/query_error.h"
#include "lib/graphql/resolver.h"
#include "lib/graphql/schema.h"
#include "lib/graphql/source.h"

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
// Of a subscription this makes the response to one event of its source, which is then the root.
ExecutionResult execute(const Execution& execution);

// Starts the source of a valid subscription (spec, "CreateSourceEventStream").
struct Subscribed {
  std::unique_ptr<Source> source;  // nullptr: see errors
  std::vector<QueryError> errors;
};
Subscribed subscribe(const Execution& execution);

}  // namespace gm::graphql
