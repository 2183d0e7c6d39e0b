#pragma once
// Private to this folder: how the types of schemas/analytics.graphql are declared, field by field.

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/graphql/schema.h"

namespace gm::analytics_api::graphql_fields {

using graphql::Call;
using graphql::Value;
using Answer = Result<Value>;

// --- parts to values ---
inline Value of(const std::string& text) { return text; }
inline Value of(bool flag) { return flag; }
inline Value of(double number) { return number; }
inline Value of(int number) { return number; }
inline Value of(int64_t number) { return number; }
inline Value of(uint64_t number) { return static_cast<int64_t>(number); }
inline Value of(Date date) { return date.to_string(); }
inline Value moment(int64_t unix_ms) { return format_iso8601(unix_ms); }
inline Value moment(const std::optional<int64_t>& unix_ms) { return unix_ms ? moment(*unix_ms) : Value(); }
inline Value of(const std::optional<double>& number) { return number ? Value(*number) : Value(); }
inline Value of(const std::optional<std::string>& text) { return text ? Value(*text) : Value(); }
inline Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

// An error as callers may see it: the statement is ours, that the store cannot read it is no fault of the request.
inline Error told(const Error& error) {
  if (error.code == "gm-query-invalid") return {"gm-internal", "the query could not be run"};
  if (error.code == "gm-query-too-large" || error.code == "gm-query-timeout") return error;
  return {"gm-store-unavailable", error.message};
}

template <typename T>
Answer kept(Result<T> answer) {
  if (!answer) return told(answer.error());
  return Value::object(std::make_shared<const T>(std::move(*answer)));
}

// --- declaring ---
class Fields {
 public:
  Fields(graphql::Schema& schema, std::string_view type) : schema_(schema), type_(type) {}

  // A function of the object.
  template <typename T, typename Read>
  Fields& read(std::string_view field, Read read) {
    schema_.resolve(type_, field, [read](const Call& call) -> Answer { return Value(read(call.object<T>())); });
    return *this;
  }
  // A member of the object that is a scalar.
  template <typename T, typename Member>
  Fields& member(std::string_view field, Member T::* where) {
    return read<T>(field, [where](const T& object) { return of(object.*where); });
  }
  // A member that is an object.
  template <typename T, typename Member>
  Fields& part(std::string_view field, Member T::* where) {
    schema_.resolve(type_, field, [where](const Call& call) -> Answer { return call.part(call.object<T>().*where); });
    return *this;
  }
  // A member that is a vector of objects.
  template <typename T, typename Item>
  Fields& list(std::string_view field, std::vector<Item> T::* where) {
    schema_.resolve(type_, field, [where](const Call& call) -> Answer { return items(call, call.object<T>().*where); });
    return *this;
  }

  template <typename Item>
  static Value items(const Call& call, const std::vector<Item>& all, size_t most = SIZE_MAX) {
    std::vector<Value> values;
    for (const Item& each : all) {
      if (values.size() == most) break;
      values.push_back(call.part(each));
    }
    return values;
  }

 private:
  graphql::Schema& schema_;
  std::string_view type_;
};

// Where a page of a connection lies.
struct PageView {
  bool more = false;                      // follow behind the end
  bool continued = false;                 // some page lies before
  std::optional<std::string> start, end;  // cursors; nullopt on an empty page
};

// The page of `items`, whose cursors `cursor` tells.
template <typename Item, typename Cursor>
Value page_of(const std::vector<Item>& items, bool more, bool continued, const Cursor& cursor) {
  PageView page{more, continued, std::nullopt, std::nullopt};
  if (!items.empty()) page.start = cursor(items.front());
  if (!items.empty()) page.end = cursor(items.back());
  return Value::object(std::make_shared<const PageView>(std::move(page)));
}

// --- arguments ---
inline Result<int> first(const Call& call, int64_t most) {
  const int64_t wanted = call.arguments.integer("first");
  if (wanted >= 1 && wanted <= most) return static_cast<int>(wanted);
  return Error{"gm-query-invalid", fmt::format("first is none of 1 to {}", most)};
}

}  // namespace gm::analytics_api::graphql_fields
