#pragma once
// Strict reading of JSON objects: every problem is collected with a pointer to it, and a member that nobody asked for
// is a problem, because a misspelt filter must not be ignored.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/query/language/problem.h"

namespace gm::query {

using Json = nlohmann::json;

// `pointer` with one more reference token, escaped.
std::string child_pointer(std::string_view pointer, std::string_view token);

class ObjectReader {
 public:
  // Complains when `value` is no object. `value` and `problems` outlive this.
  ObjectReader(const Json& value, std::string pointer, Problems& problems);
  // Complains about the members nobody asked for.
  ~ObjectReader();
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  // Null when absent (a JSON null is present).
  const Json* take(std::string_view name);
  bool has(std::string_view name) const { return object_ && object_->contains(name); }
  // 1..bytes_max bytes.
  std::optional<std::string> text(std::string_view name, size_t bytes_max);
  std::string text_or(std::string_view name, size_t bytes_max, std::string_view fallback);
  int64_t integer(std::string_view name, int64_t fallback, int64_t min, int64_t max);
  double number(std::string_view name, double fallback, double min, double max);
  bool flag(std::string_view name, bool fallback);
  std::optional<Date> date(std::string_view name);  // absent: nullopt without a complaint
  // The index of the word in `words`; `fallback` when absent.
  size_t word(std::string_view name, const std::vector<std::string_view>& words, size_t fallback);
  // Its elements; complains when it is no list or has more than `count_max`.
  std::vector<const Json*> list(std::string_view name, size_t count_max);

  std::string pointer_to(std::string_view name) const { return child_pointer(pointer_, name); }
  void complain(std::string_view name, std::string detail);
  void complain_here(std::string detail) { problems_.push_back({pointer_, std::move(detail)}); }
  Problems& problems() { return problems_; }
  const std::string& pointer() const { return pointer_; }

 private:
  const Json* object_ = nullptr;
  std::string pointer_;
  Problems& problems_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace gm::query
