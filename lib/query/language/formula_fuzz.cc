#include "lib/query/language/formula.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto formula = gm::query::Formula::parse(text, 3);
  if (!formula) return 0;
  if (formula->used() >= 8) __builtin_trap();
  // Every formula that parses can be worked out, whatever the values are.
  (void)formula->value({1.5, -2.0, 0.0});
  if (formula->used() != 0 && formula->value({std::nullopt, std::nullopt, std::nullopt})) __builtin_trap();
  return 0;
}
