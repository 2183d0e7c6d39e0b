#pragma once
// Pieces of SQL that carry the values of their `?`, in order. Templates are literals of this program; what a request
// says is only ever bound.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/store/table.h"

namespace gm::query {

class Fragment {
 public:
  Fragment() = default;
  // Text without parameters.
  Fragment(const char* text) : sql_(text) {}             // NOLINT(google-explicit-constructor)
  Fragment(std::string text) : sql_(std::move(text)) {}  // NOLINT(google-explicit-constructor)

  // Every `{}` of `pattern` gives way to the next part. Precondition: as many parts as there are `{}`.
  static Fragment of(std::string_view pattern, std::initializer_list<Fragment> parts);
  // "?" bound to `value`.
  static Fragment value(store::Value value);
  // "?, ?, ?".
  static Fragment values(const std::vector<store::Value>& values);
  // The parts with `separator` between them; `empty` when there are none.
  static Fragment join(const std::vector<Fragment>& parts, std::string_view separator, std::string_view empty = "");

  Fragment& operator+=(const Fragment& other);

  bool empty() const { return sql_.empty(); }
  const std::string& sql() const { return sql_; }
  const std::vector<store::Value>& parameters() const { return parameters_; }
  store::Statement statement() const { return {sql_, parameters_}; }

 private:
  std::string sql_;
  std::vector<store::Value> parameters_;
};

}  // namespace gm::query
