// A rule that is taken is taken again as it is kept, and fits itself unless it has a star.

#include "lib/security/origins.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm::security;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto rule = parse_origin_rule(text);
  if (!rule) return 0;
  const auto again = parse_origin_rule(*rule);
  if (!again || *again != *rule) __builtin_trap();
  if (rule->find("://*.") == std::string::npos && !origin_fits(*rule, *rule)) __builtin_trap();
  (void)origin_fits(*rule, text);
  return 0;
}
