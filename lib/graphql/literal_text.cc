#include "lib/graphql/literal_text.h"

#include "lib/graphql/query_error.h"

namespace gm::graphql {
namespace {

void append(const ast::Value& literal, std::string& out) {
  switch (literal.kind) {
    case ast::ValueKind::variable:
      out += '$';
      out += literal.text;
      return;
    case ast::ValueKind::string:
      append_json_string(literal.text, out);
      return;
    case ast::ValueKind::null:
      out += "null";
      return;
    case ast::ValueKind::list:
      out += '[';
      for (size_t i = 0; i < literal.items.size(); ++i) {
        if (i > 0) out += ", ";
        append(literal.items[i], out);
      }
      out += ']';
      return;
    case ast::ValueKind::object:
      out += '{';
      for (size_t i = 0; i < literal.fields.size(); ++i) {
        if (i > 0) out += ", ";
        out += literal.fields[i].name.text;
        out += ": ";
        append(literal.fields[i].value, out);
      }
      out += '}';
      return;
    default:
      out += literal.text;
  }
}

}  // namespace

std::string literal_text(const ast::Value& literal) {
  std::string out;
  append(literal, out);
  return out;
}

}  // namespace gm::graphql
