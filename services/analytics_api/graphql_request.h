#pragma once
// Private to this folder: the request half of GraphQL over HTTP.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "lib/graphql/input_value.h"
#include "lib/http/message.h"

namespace gm::analytics_api {

struct GraphqlRequest {
  std::string query;              // empty: document_hash names it
  std::string document_hash;      // SHA-256 in lower-case hexadecimal; empty: not given
  std::string operation_name;     // empty: not given
  graphql::InputValue variables;  // an object, or null
};

inline constexpr int kBadRequest = 400;

// Why a request cannot be read.
struct GraphqlRefusal {
  int status = kBadRequest;
  std::string code;
  std::string message;
};

// A POST with a JSON object, or a GET with parameters.
std::variant<GraphqlRequest, GraphqlRefusal> read_graphql_request(const http::Request& request);
// The JSON object itself, however it came.
std::variant<GraphqlRequest, GraphqlRefusal> read_graphql_parameters(const graphql::InputValue& parameters);

enum class GraphqlMediaType : uint8_t { json, graphql_response, event_stream };
// What the client would rather have; nullopt: nothing that there is. Without an Accept header, and for "*/*": json. A
// stream of events only for those who want nothing else as much.
std::optional<GraphqlMediaType> accepted_media_type(std::string_view accept);
std::string_view content_type(GraphqlMediaType type);

}  // namespace gm::analytics_api
