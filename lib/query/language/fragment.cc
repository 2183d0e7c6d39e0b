#include "lib/query/language/fragment.h"

#include <cassert>

namespace gm::query {

Fragment Fragment::of(std::string_view pattern, std::initializer_list<Fragment> parts) {
  Fragment result;
  const Fragment* part = parts.begin();
  while (true) {
    const size_t hole = pattern.find("{}");
    result.sql_ += pattern.substr(0, hole);
    if (hole == std::string_view::npos) break;
    assert(part != parts.end());
    result += *part++;
    pattern.remove_prefix(hole + 2);
  }
  assert(part == parts.end());
  return result;
}

Fragment Fragment::value(store::Value value) {
  Fragment result("?");
  result.parameters_.push_back(std::move(value));
  return result;
}

Fragment Fragment::values(const std::vector<store::Value>& values) {
  std::vector<Fragment> parts;
  parts.reserve(values.size());
  for (const store::Value& each : values) parts.push_back(value(each));
  return join(parts, ", ");
}

Fragment Fragment::join(const std::vector<Fragment>& parts, std::string_view separator, std::string_view empty) {
  if (parts.empty()) return std::string(empty);
  Fragment result;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result.sql_ += separator;
    result += parts[i];
  }
  return result;
}

Fragment& Fragment::operator+=(const Fragment& other) {
  sql_ += other.sql_;
  parameters_.insert(parameters_.end(), other.parameters_.begin(), other.parameters_.end());
  return *this;
}

}  // namespace gm::query
