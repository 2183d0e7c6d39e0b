#include "lib/graphql/service.h"

#include <fmt/format.h>

#include <cassert>
#include <optional>
#include <utility>

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

}  // namespace

class OperationRunner {
 public:
  OperationRunner(const Schema& schema, const ServiceLimits& limits) : schema_(schema), limits_(limits) {}

  Prepared prepare(const ServiceRequest& request) const {
    ParsedDocument parsed = parse(request.text, limits_.parse);
    if (parsed.error) return refused({*parsed.error});
    auto operation = std::make_unique<Operation>();
    operation->document_ = std::move(parsed.document);
    const Document& document = *operation->document_;
    if (const auto errors = check(schema_, limits_, document); !errors.empty()) return refused(errors);
    std::string problem;
    operation->definition_ = pick(document, request.operation_name, problem);
    if (!operation->definition_) return refused(unknown(std::move(problem)));
    if (auto refusal = kind_refused(operation->definition_->operation, request)) return {nullptr, std::move(*refusal)};
    CoercedVariables variables = coerce_variables(schema_, document, *operation->definition_, request.variables);
    if (!variables.errors.empty()) return refused(variables.errors);
    operation->variables_ = std::move(variables.values);
    operation->cost_ = measure(schema_, document, *operation->definition_, operation->variables_);
    if (const auto errors = check_limits(operation->cost_, limits_.operation); !errors.empty()) {
      return {nullptr, too_much(errors, operation->cost_)};
    }
    return {std::move(operation), {}};
  }

  ServiceResponse run(const Operation& operation, const Run& with) const {
    ExecutionResult result = execute({schema_, *operation.document_, *operation.definition_, operation.variables_,
                                      with.context, with.event, limits_.response_bytes_max, with.expired});
    ServiceResponse response{Outcome::executed, "{", result.errors.size(),
                             result.errors.empty() ? std::string() : result.errors.front().code};
    if (!result.errors.empty()) {
      append_errors(result.errors, response.body);
      response.body += ',';
    }
    response.body += "\"data\":" + result.data + ",";
    append_cost(operation.cost_, limits_.operation, response.body);
    response.body += '}';
    return response;
  }

  static Subscribed subscribe(const Schema& schema, const Operation& operation, void* context) {
    return graphql::subscribe({schema, *operation.document_, *operation.definition_, operation.variables_, context});
  }

 private:
  static Prepared refused(const std::vector<QueryError>& errors) { return {nullptr, refusal(errors)}; }
  static std::vector<QueryError> unknown(std::string problem) {
    return {{"gm-graphql-operation-unknown", std::move(problem), {}, {}, {}}};
  }

  std::optional<ServiceResponse> kind_refused(ast::OperationKind kind, const ServiceRequest& request) const {
    const bool subscription = kind == ast::OperationKind::subscription;
    const bool query = kind == ast::OperationKind::query;
    if (request.queries_only && !query && !(subscription && request.subscriptions)) {
      return refusal({{"gm-graphql-method", "GET answers queries only: send mutations by POST", {}, {}, {}}},
                     Outcome::method);
    }
    if (!schema_.root(kind)) return refusal(unknown("there are no operations of this kind here"));
    if (subscription && !request.subscriptions) {
      return refusal(unknown("a subscription has many responses: ask with Accept: text/event-stream"));
    }
    return std::nullopt;
  }

  ServiceResponse too_much(const std::vector<QueryError>& errors, const OperationCost& cost) const {
    ServiceResponse response = refusal(errors);
    response.body.back() = ',';
    append_cost(cost, limits_.operation, response.body);
    response.body += '}';
    return response;
  }

  const Schema& schema_;
  const ServiceLimits& limits_;
};

std::string error_body(const std::vector<QueryError>& errors) {
  std::string out = "{";
  append_errors(errors, out);
  return out + "}";
}

Prepared prepare(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request) {
  return OperationRunner(schema, limits).prepare(request);
}

ServiceResponse run(const Schema& schema, const ServiceLimits& limits, const Operation& operation, const Run& with) {
  return OperationRunner(schema, limits).run(operation, with);
}

Subscribed subscribe(const Schema& schema, const Operation& operation, void* context) {
  return OperationRunner::subscribe(schema, operation, context);
}

ServiceResponse serve(const Schema& schema, const ServiceLimits& limits, const ServiceRequest& request) {
  assert(!request.subscriptions);
  Prepared prepared = prepare(schema, limits, request);
  if (!prepared.operation) return std::move(prepared.refusal);
  return run(schema, limits, *prepared.operation, {request.context, request.expired, {}});
}

}  // namespace gm::graphql
