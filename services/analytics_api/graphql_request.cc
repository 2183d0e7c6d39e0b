#include "services/analytics_api/graphql_request.h"

#include <algorithm>

#include "services/analytics_api/accept.h"

namespace gm::analytics_api {
namespace {

using graphql::InputValue;
using Kind = InputValue::Kind;
using Read = std::variant<GraphqlRequest, GraphqlRefusal>;

constexpr int kUnsupportedMediaType = 415;
constexpr std::string_view kHashPrefix = "sha256:";
constexpr size_t kHashDigits = 64;

GraphqlRefusal malformed(std::string message) { return {kBadRequest, "gm-graphql-body-malformed", std::move(message)}; }

bool absent(const InputValue* value) { return !value || value->is_null(); }

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Two ways to name a document: the one of the specification's draft on persisted documents, and Apollo's.
//   {"documentId": "sha256:<hash>"}    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "<hash>"}}}
Status read_hash(const InputValue& parameters, const InputValue* extensions, std::string& hash) {
  const InputValue* id = parameters.member("documentId");
  const InputValue* persisted = absent(extensions) ? nullptr : extensions->member("persistedQuery");
  if (!absent(id)) {
    if (id->kind != Kind::text || !id->text.starts_with(kHashPrefix)) {
      return Error{"", "\"documentId\" is no \"sha256:\" with a hash"};
    }
    hash = id->text.substr(kHashPrefix.size());
  } else if (!absent(persisted)) {
    const InputValue* text = persisted->kind == Kind::object ? persisted->member("sha256Hash") : nullptr;
    if (absent(text) || text->kind != Kind::text) return Error{"", "\"persistedQuery\" has no \"sha256Hash\""};
    hash = text->text;
  } else {
    return {};
  }
  return is_hash(hash) ? Status() : Error{"", "a document's hash is 64 digits of lower-case hexadecimal"};
}

bool is_json(std::string_view type) {
  bool json = false, utf8 = true, first = true;
  for (const std::string& word : header_words(type, ';')) {
    if (first) json = word == "application/json";
    if (!first && word.starts_with("charset=")) utf8 = word == "charset=utf-8" || word == "charset=\"utf-8\"";
    first = false;
  }
  return json && utf8;
}

Read from_body(const http::Request& request) {
  if (!is_json(request.header("content-type"))) {
    return GraphqlRefusal{kUnsupportedMediaType, "gm-content-type-unsupported", "send Content-Type: application/json"};
  }
  const auto body = graphql::parse_json(request.body);
  if (!body) return malformed("the body is " + body.error().message);
  if (body->kind == Kind::list) {
    return GraphqlRefusal{kBadRequest, "gm-graphql-batch-refused",
                          "one operation a request: batches are not taken; HTTP keeps the connection open"};
  }
  if (body->kind != Kind::object) return malformed("the body is no JSON object");
  return read_graphql_parameters(*body);
}

Read from_query_string(const http::Request& request) {
  InputValue parameters;
  parameters.kind = Kind::object;
  for (const char* name : {"query", "documentId", "operationName", "variables", "extensions"}) {
    bool found = false;
    const std::string text = request.query_parameter(name, &found);
    if (!found) continue;
    const bool json = name[0] == 'v' || name[0] == 'e';
    if (!json) {
      parameters.members.emplace_back(name, InputValue::of(text));
      continue;
    }
    if (text.empty()) continue;
    auto value = graphql::parse_json(text);
    if (!value) return malformed(std::string("\"") + name + "\" is " + value.error().message);
    parameters.members.emplace_back(name, std::move(*value));
  }
  return read_graphql_parameters(parameters);
}

}  // namespace

Read read_graphql_parameters(const InputValue& parameters) {
  GraphqlRequest request;
  const InputValue* extensions = parameters.member("extensions");
  if (!absent(extensions) && extensions->kind != Kind::object) return malformed("\"extensions\" is no object");
  if (const Status read = read_hash(parameters, extensions, request.document_hash); !read) {
    return malformed(read.error().message);
  }
  const InputValue* query = parameters.member("query");
  const bool named = !request.document_hash.empty();
  if (absent(query) ? !named : query->kind != Kind::text) return malformed("\"query\" is missing or no string");
  if (!absent(query)) request.query = query->text;
  if (const InputValue* name = parameters.member("operationName"); !absent(name)) {
    if (name->kind != Kind::text) return malformed("\"operationName\" is no string");
    request.operation_name = name->text;
  }
  if (const InputValue* variables = parameters.member("variables"); !absent(variables)) {
    if (variables->kind != Kind::object) return malformed("\"variables\" is no object");
    request.variables = *variables;
  }
  return request;
}

std::variant<GraphqlRequest, GraphqlRefusal> read_graphql_request(const http::Request& request) {
  return request.method == http::Method::post ? from_body(request) : from_query_string(request);
}

std::optional<GraphqlMediaType> accepted_media_type(std::string_view accept) {
  if (accept.empty()) return GraphqlMediaType::json;
  const Preference json = preference(accept, "application/json");
  const Preference graphql = preference(accept, "application/graphql-response+json");
  const Preference events = preference(accept, "text/event-stream");
  // Nobody gets a stream who did not ask for it by its name.
  const double stream = events.specificity == 2 ? events.quality : -1;
  if (json.quality <= 0 && graphql.quality <= 0 && stream <= 0) return std::nullopt;
  if (stream > std::max(json.quality, graphql.quality)) return GraphqlMediaType::event_stream;
  // Between equals the one that was named wins, and of two named ones the newer; wildcards mean JSON.
  const bool newer = graphql.quality > json.quality || (graphql.quality == json.quality && graphql.specificity == 2);
  return newer ? GraphqlMediaType::graphql_response : GraphqlMediaType::json;
}

std::string_view content_type(GraphqlMediaType type) {
  switch (type) {
    case GraphqlMediaType::json:
      return "application/json; charset=utf-8";
    case GraphqlMediaType::graphql_response:
      return "application/graphql-response+json; charset=utf-8";
    case GraphqlMediaType::event_stream:
      return "text/event-stream; charset=utf-8";
  }
  return "";
}

}  // namespace gm::analytics_api
