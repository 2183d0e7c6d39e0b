#pragma once
// An error as GraphQL clients see it: "errors" of the response.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gm::graphql {

// Lines and columns count from 1; a column is one UTF-16 code unit, as in every GraphQL tool.
struct Location {
  uint32_t line = 0;
  uint32_t column = 0;
  bool operator==(const Location&) const = default;
};

// Lines end with LF, CR LF or CR. `offset` is in bytes and lies within `source`.
Location locate(std::string_view source, size_t offset);

// A response key or an index of a list.
using PathStep = std::variant<std::string, size_t>;

struct QueryError {
  std::string code;  // extensions.code: "gm-graphql-..." or what a resolver said
  std::string message;
  std::vector<Location> locations;
  std::vector<PathStep> path;  // only of errors while a field was executed
  std::string rule;            // of validation: the spec's rule, e.g. "ScalarLeafs"
};

// Appends the error as a JSON object.
void append_json(const QueryError& error, std::string& out);
// Appends `text` as a JSON string; bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string_view text, std::string& out);

}  // namespace gm::graphql
