#include "lib/graphql/service.h"

#include <fmt/format.h>

namespace gm::graphql {
namespace {

using Outcome = ServiceResponse::Outcome;

void append_errors(const std::vector<QueryError>& errors, std::string& out) {
  out += "\"errors\":[";
  for (size_t i = 0; i < errors.size(); ++i) {
    if (i > 0) out += ',';
    append_json(errors[i], out);
  }
  out += ']';
}

ServiceResponse refusal(const std::vector<QueryError>& errors, Outcome outcome = Outcome::refused) {
  return {outcome, error_body(errors), errors.size(), errors.front().code};
}

// nullptr: see `problem`.
const ast::Definition* pick(const Document& document, std::string_view name, std::string& problem) {
  const ast::Definition* found = nullptr;
  for (const ast::Definition& definition : document.definitions()) {
    if (definition.kind != ast::DefinitionKind::operation) continue;
    if (name.empty() && found) {
      problem = "the document has several operations: name one in operationName";
      return nullptr;
    }
    if (name.empty() || definition.name.text == name) found = &definition;
  }
  if (!found) problem = name.empty() ? "the document has no operation" : fmt::format("there is no operation {}", name);
  return found;
}

// Walks the text of the whole document: a fragment that nobody spreads is refused by validation anyway.
void find_introspection(const Document& document, const ast::SelectionSet& set, std::vector<QueryError>& errors) {
  for (const ast::Selection& selection : set.items) {
    const bool field = selection.kind == ast::SelectionKind::field;
    if (field && (selection.name.text == "__schema" || selection.name.text == "__type")) {
      errors.push_back({"gm-graphql-introspection-off",
                        fmt::format("{} is switched off here", selection.name.text),
                        {document.locate(selection.at)},
                        {},
                        {}});
    }
    if (selection.selections) find_introspection(document, *selection.selections, errors);
  }
}

std::vector<QueryError> check(const Schema& schema, const ServiceLimits& limits, const Document& document) {
  std::vector<QueryError> errors;
  if (!limits.introspection) {
    for (const ast::Definition& definition : document.definitions()) {
      if (definition.selections) find_introspection(document, *definition.selections, errors);
    }
  }
  return errors.empty() ? validate(schema, document, limits.validation) : errors;
}

void append_cost(const OperationCost& cost, const OperationLimits& limits, std::string& out) {
  fmt::format_to(
      std::back_inserter(out),
      R"("extensions":{{"cost":{{"cost":{},"costMax":{},"depth":{},"depthMax":{},"aliases":{},"rootFields":{}}}}})",
      cost.cost, limits.cost_max, cost.depth, limits.depth_max, cost.aliases, cost.root_fields);
}

ServiceResponse run(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request,
                    const Document& document, const ast::Definition& operation) {
  const CoercedVariables variables = coerce_variables(schema, document, operation, request.variables);
  if (!variables.errors.empty()) return refusal(variables.errors);
  const OperationCost cost = measure(schema, document, operation, variables.values);
  if (const auto errors = check_limits(cost, limits.operation); !errors.empty()) {
    ServiceResponse response = refusal(errors);
    response.body.back() = ',';
    append_cost(cost, limits.operation, response.body);
    response.body += '}';
    return response;
  }
  ExecutionResult result = execute(
      {schema, document, operation, variables.values, request.context, {}, limits.response_bytes_max, request.expired});
  ServiceResponse response{Outcome::executed, "{", result.errors.size(),
                           result.errors.empty() ? std::string() : result.errors.front().code};
  if (!result.errors.empty()) {
    append_errors(result.errors, response.body);
    response.body += ',';
  }
  response.body += "\"data\":" + result.data + ",";
  append_cost(cost, limits.operation, response.body);
  response.body += '}';
  return response;
}

}  // namespace

std::string error_body(const std::vector<QueryError>& errors) {
  std::string out = "{";
  append_errors(errors, out);
  return out + "}";
}

ServiceResponse serve(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request) {
  const ParsedDocument parsed = parse(request.text, limits.parse);
  if (parsed.error) return refusal({*parsed.error});
  const Document& document = *parsed.document;
  if (const auto errors = check(schema, limits, document); !errors.empty()) return refusal(errors);
  std::string problem;
  const ast::Definition* operation = pick(document, request.operation_name, problem);
  if (!operation) return refusal({{"gm-graphql-operation-unknown", std::move(problem), {}, {}, {}}});
  if (request.queries_only && operation->operation != ast::OperationKind::query) {
    return refusal({{"gm-graphql-method", "GET answers queries only: send mutations by POST", {}, {}, {}}},
                   Outcome::method);
  }
  if (!schema.root(operation->operation)) {
    return refusal({{"gm-graphql-operation-unknown", "there are no operations of this kind here", {}, {}, {}}});
  }
  if (operation->operation == ast::OperationKind::subscription) {
    return refusal(
        {{"gm-graphql-operation-unknown", "subscriptions are not answered by a single response", {}, {}, {}}});
  }
  return run(schema, limits, request, document, *operation);
}

}  // namespace gm::graphql
