#pragma once
// Values that come in: variables as JSON, literals of documents, and what coercion makes of both.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"

namespace gm::graphql {

struct InputMember;
struct InputValue {
  enum class Kind : uint8_t { null, boolean, integer, number, text, list, object };

  Kind kind = Kind::null;
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;
  std::string text;  // strings, ids, values of enumerations
  std::vector<InputValue> items;
  std::vector<InputMember> members;  // in order; a repeated name: the last one counts

  bool is_null() const { return kind == Kind::null; }
  // nullptr when absent.
  const InputValue* member(std::string_view name) const;

  static InputValue of(bool value);
  static InputValue of(int64_t value);
  static InputValue of(double value);
  static InputValue of(std::string value);
  static InputValue list_of(std::vector<InputValue> items);
};

struct InputMember {
  InputMember(std::string_view of_name, InputValue of_value) : name(of_name), value(std::move(of_value)) {}
  std::string name;
  InputValue value;
};

// Nesting beyond this is refused.
inline constexpr size_t kInputDepthMax = 64;

// gm-graphql-body-malformed when the text is not JSON or too deeply nested.
Result<InputValue> parse_json(std::string_view text);
void append_json(const InputValue& value, std::string& out);

}  // namespace gm::graphql
