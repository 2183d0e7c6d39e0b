#include "lib/query/language/predicate_reader.h"

#include <algorithm>

#include "lib/query/language/predicate_sql.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm::query;
  const Json json = Json::parse(data, data + size, nullptr, false);
  if (json.is_discarded()) return 0;
  Problems problems;
  const auto predicate = read_predicate(json, "/filter", problems);
  if (predicate.has_value() != problems.empty() && !predicate) __builtin_trap();  // refused without a word
  if (!predicate) return 0;
  const SqlScope scope{gm::ProjectId::from_stored(7), {gm::Date{20'000}, gm::Date{20'001}}, "USD"};
  const Fragment sql = condition(*predicate, scope, "e.player");
  const auto marks = std::count(sql.sql().begin(), sql.sql().end(), '?');
  if (static_cast<size_t>(marks) != sql.parameters().size()) __builtin_trap();
  return 0;
}
