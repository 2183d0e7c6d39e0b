#pragma once
// Private to this folder: ValuesOfCorrectType and UniqueInputFieldNames; notes where variables are used.

#include "lib/graphql/validation_state.h"

namespace gm::graphql {

// Where a value stands.
struct Place {
  const TypeUse* type = nullptr;  // nullptr: unknown
  bool has_default = false;
  const TypeUse* parent = nullptr;  // type of the list or object around it
};

class ValueRules {
 public:
  ValueRules(ValidationState& state, Part& part) : state_(state), part_(part) {}
  void check(const ast::Value& value, const Place& place) { walk(value, place, true); }

 private:
  // `judge`: whether the value's type still matters; false inside of something already judged as a whole.
  void walk(const ast::Value& value, const Place& place, bool judge);
  void list(const ast::Value& value, const Place& place, bool judge);
  void object(const ast::Value& value, const Place& place, bool judge);
  void one_of(const ast::Value& value, const NamedType& type, const std::vector<const ast::ObjectField*>& fields);
  void leaf(const ast::Value& value, const TypeUse* type);
  void report(ast::Offset at, std::string message) { state_.report("ValuesOfCorrectType", at, std::move(message)); }

  ValidationState& state_;
  Part& part_;
};

}  // namespace gm::graphql
