#include <cstdint>
#include <cstdlib>

#include "lib/event/correction.h"

// The first line is the correction, the rest the properties: corrected once, they need no correction any more.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  const auto correction = gm::event::parse_correction(text.substr(0, line));
  if (!correction || line == std::string_view::npos) return 0;
  gm::event::Event event;
  const std::string properties(text.substr(line + 1));
  event.properties = properties;
  std::string once, twice;
  if (!gm::event::correct(*correction, event, once)) return 0;
  if (gm::event::correct(*correction, event, twice)) std::abort();
  return 0;
}
