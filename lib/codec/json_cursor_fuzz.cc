// Any bytes as JSON: the cursor must agree with simdjson's whole parser about what is valid.

#include <simdjson.h>

#include <cstdint>
#include <cstdlib>

#include "lib/codec/json_cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm::codec;
  static JsonIndex index;
  static simdjson::dom::parser parser;
  // A copy of exactly this length, so that the sanitizer sees a read past the end.
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto expected = parser.parse(text).error();
  bool valid = false;
  JsonValue value;
  if (index.read(text)) {
    JsonCursor cursor(index);
    value = cursor.value();
    valid = cursor.finish();
  }
  if (valid && value.kind == JsonKind::string) json_unescape(value.raw);
  // Numbers too large for a machine word are valid JSON; half a surrogate pair is valid but no text; depths differ by
  // one.
  if (expected == simdjson::NUMBER_ERROR || expected == simdjson::DEPTH_ERROR) return 0;
  if ((valid && value.is_text) != (expected == simdjson::SUCCESS)) {
    // simdjson stops at the first problem; a half pair may hide a number it would not take.
    if (!(valid && expected == simdjson::STRING_ERROR)) std::abort();
    if (value.is_text) std::abort();
  }
  return 0;
}
