#pragma once
// What gives a field its value.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lib/base/result.h"
#include "lib/graphql/input_value.h"

namespace gm::graphql {

struct NamedType;

// Null, a scalar, JSON text that is passed on as it is (for scalars of one's own), an object, or a list.
// An object is a pointer that the resolvers of its fields know how to read.
class Value {
 public:
  struct Json {
    std::string text;
  };
  struct Object {
    std::shared_ptr<const void> data;
    std::string_view type;  // needed where the field's type is an interface or union; outlives the execution
  };

  Value() = default;
  Value(bool value) : state_(value) {}                           // NOLINT(google-explicit-constructor)
  Value(int64_t value) : state_(value) {}                        // NOLINT(google-explicit-constructor)
  Value(int value) : state_(static_cast<int64_t>(value)) {}      // NOLINT(google-explicit-constructor)
  Value(double value) : state_(value) {}                         // NOLINT(google-explicit-constructor)
  Value(std::string value) : state_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view value) : state_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* value) : state_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
  Value(std::vector<Value> items) : state_(std::move(items)) {}  // NOLINT(google-explicit-constructor)
  Value(Json json) : state_(std::move(json)) {}                  // NOLINT(google-explicit-constructor)
  Value(Object object) : state_(std::move(object)) {}            // NOLINT(google-explicit-constructor)

  // `data` is kept for as long as the value is.
  template <typename T>
  static Value object(std::shared_ptr<const T> data, std::string_view type = {}) {
    return Object{std::move(data), type};
  }
  // For data that outlives the execution.
  template <typename T>
  static Value object_at(const T* data, std::string_view type = {}) {
    return Object{std::shared_ptr<const void>(std::shared_ptr<const void>(), data), type};
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(state_); }
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&state_);
  }

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Json, Object, std::vector<Value>> state_;
};

// Arguments after coercion: defaults are in; what is absent was not given and has no default.
class Arguments {
 public:
  explicit Arguments(const std::vector<std::pair<std::string_view, InputValue>>& values) : values_(values) {}
  const InputValue* find(std::string_view name) const;
  bool given(std::string_view name) const;  // and not null
  // Precondition: given(name), of that type.
  const std::string& text(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  bool boolean(std::string_view name) const;

 private:
  const std::vector<std::pair<std::string_view, InputValue>>& values_;
};

// One call of a resolver.
struct Call {
  const std::shared_ptr<const void>& parent;  // the object's data; empty at the root
  const NamedType* parent_type = nullptr;
  std::string_view field;
  const Arguments& arguments;
  void* context = nullptr;  // what the execution was given

  template <typename T>
  const T& object() const {
    return *static_cast<const T*>(parent.get());
  }
  template <typename T>
  T& context_as() const {
    return *static_cast<T*>(context);
  }
  // A part of the parent, kept alive by it.
  template <typename T>
  Value part(const T& of_parent, std::string_view type = {}) const {
    return Value::Object{std::shared_ptr<const void>(parent, &of_parent), type};
  }
};

// Runs on the thread of the execution and may block. The error's code and message are told to the client.
using Resolver = std::function<Result<Value>(const Call&)>;

}  // namespace gm::graphql
