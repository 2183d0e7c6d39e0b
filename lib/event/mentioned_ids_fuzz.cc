// Text that nobody has checked: never reads outside of it, and finds an id that stands in quotes of its own.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/event/mentioned_ids.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto is_wanted = [](std::string_view word) { return word == "anna"; };
  (void)gm::event::mentions(text, is_wanted);
  const std::string named = "{\"p\":\"anna\"}" + text;
  if (!gm::event::mentions(named, is_wanted)) std::abort();
  return 0;
}
