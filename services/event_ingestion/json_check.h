#pragma once
// Full checking of JSON that is kept verbatim: simdjson's On-Demand parser validates only what it is asked for.

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "services/event_ingestion/ingest_settings.h"
#include "services/event_ingestion/verdicts.h"

namespace gm::event_ingestion {

// A property of the outermost level: `text` is the unescaped string, or the number as written; empty for anything else.
struct Property {
  std::string_view key;
  std::string_view text;
  bool is_string = false;
  bool is_number = false;
};

// Thrown (as a value) out of the walk: the JSON itself is broken, so nothing of the body can be trusted.
struct JsonBroken {
  simdjson::error_code error;
};

// Calls `visit(context, property)` for each field of the outermost level.
struct PropertyVisitor {
  void* context = nullptr;
  void (*visit)(void* context, const Property& property) = nullptr;
};

// Walks `object` to its end. Returns a tag when a limit is passed; JsonBroken is thrown when the JSON is not valid.
std::optional<Tag> check_object(simdjson::ondemand::object object, size_t depth, const IngestSettings& limits,
                                PropertyVisitor visitor);

// Unwraps a simdjson result; throws JsonBroken.
template <typename T>
T must(simdjson::simdjson_result<T> result) {
  T value;
  if (const auto error = std::move(result).get(value); error) throw JsonBroken{error};
  return value;
}

// The number grammar of RFC 8259 section 6, whatever its magnitude.
bool is_json_number(std::string_view text);

// "4.99", "-3", "1e2" in major units to millionths, rounded half away from zero. nullopt when not a number or 1e9 or
// more.
std::optional<int64_t> parse_micros(std::string_view text);

}  // namespace gm::event_ingestion
