#include "lib/graphql/input_value.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "lib/graphql/query_error.h"

namespace gm::graphql {
namespace {

// Builds while nlohmann's parser reads, so that nesting is bounded before it is built.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  InputValue root;
  std::optional<std::string> repeated;  // a member that its object had already

  bool null() override { return place({}) != nullptr; }
  bool boolean(bool value) override { return place(InputValue::of(value)) != nullptr; }
  bool number_integer(number_integer_t value) override { return place(InputValue::of(value)) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override {
    const bool fits = value <= static_cast<uint64_t>(INT64_MAX);
    return place(fits ? InputValue::of(static_cast<int64_t>(value)) : InputValue::of(static_cast<double>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override { return place(InputValue::of(value)) != nullptr; }
  bool string(string_t& value) override { return place(InputValue::of(std::move(value))) != nullptr; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    names_.emplace_back();
    return open(InputValue::Kind::object);
  }
  bool end_object() override {
    names_.pop_back();
    return close();
  }
  bool start_array(std::size_t) override { return open(InputValue::Kind::list); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    // One of the two would count, and whoever wrote the other would not know.
    if (names_.back().insert(key_).second) return true;
    repeated = key_;
    return false;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  InputValue* place(InputValue value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    InputValue& around = *open_.back();
    if (around.kind == InputValue::Kind::list) return &around.items.emplace_back(std::move(value));
    return &around.members.emplace_back(key_, std::move(value)).value;
  }
  bool open(InputValue::Kind kind) {
    if (open_.size() >= kInputDepthMax) return false;
    InputValue value;
    value.kind = kind;
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  // Pointers stay good: a container grows only while it is the innermost one.
  std::vector<InputValue*> open_;
  std::vector<std::set<std::string>> names_;  // of each object that has not ended
  std::string key_;
};

}  // namespace

const InputValue* InputValue::member(std::string_view name) const {
  for (auto each = members.rbegin(); each != members.rend(); ++each) {
    if (each->name == name) return &each->value;
  }
  return nullptr;
}

InputValue InputValue::of(bool value) {
  InputValue made;
  made.kind = Kind::boolean;
  made.boolean = value;
  return made;
}
InputValue InputValue::of(int64_t value) {
  InputValue made;
  made.kind = Kind::integer;
  made.integer = value;
  return made;
}
InputValue InputValue::of(double value) {
  InputValue made;
  made.kind = Kind::number;
  made.number = value;
  return made;
}
InputValue InputValue::of(std::string value) {
  InputValue made;
  made.kind = Kind::text;
  made.text = std::move(value);
  return made;
}
InputValue InputValue::list_of(std::vector<InputValue> items) {
  InputValue made;
  made.kind = Kind::list;
  made.items = std::move(items);
  return made;
}

Result<InputValue> parse_json(std::string_view text) {
  Builder builder;
  const bool read = nlohmann::json::sax_parse(text, &builder);
  if (builder.repeated) {
    return Error{"gm-graphql-body-malformed",
                 fmt::format("ambiguous: the member '{}' stands twice in one object", *builder.repeated)};
  }
  if (!read) {
    return Error{"gm-graphql-body-malformed",
                 "not JSON, or more than " + std::to_string(kInputDepthMax) + " levels deep"};
  }
  return std::move(builder.root);
}

void append_json(const InputValue& value, std::string& out) {
  const auto separator = [&out](bool first) {
    if (!first) out += ',';
  };
  switch (value.kind) {
    case InputValue::Kind::null:
      out += "null";
      return;
    case InputValue::Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case InputValue::Kind::integer:
      out += std::to_string(value.integer);
      return;
    case InputValue::Kind::number:
      out += std::isfinite(value.number) ? fmt::format("{}", value.number) : "null";
      return;
    case InputValue::Kind::text:
      append_json_string(value.text, out);
      return;
    case InputValue::Kind::list:
      out += '[';
      for (size_t i = 0; i < value.items.size(); ++i) {
        separator(i == 0);
        append_json(value.items[i], out);
      }
      out += ']';
      return;
    case InputValue::Kind::object:
      out += '{';
      for (size_t i = 0; i < value.members.size(); ++i) {
        separator(i == 0);
        append_json_string(value.members[i].name, out);
        out += ':';
        append_json(value.members[i].value, out);
      }
      out += '}';
  }
}

}  // namespace gm::graphql
