#pragma once
// Reading single fields of an event out of a simdjson On-Demand document.

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "services/event_ingestion/json_check.h"

namespace gm::event_ingestion {

// A string, number, boolean or null; a container is left unread and has none of the flags.
struct Scalar {
  std::string_view text;  // unescaped string or number as written
  bool is_string = false;
  bool is_number = false;
  bool is_null = false;
  bool is_true = false;
};
// Throws JsonBroken.
Scalar read_scalar(simdjson::ondemand::value value);

// The bytes of a value as sent; consumes it.
std::string_view raw_of(simdjson::ondemand::value value);

}  // namespace gm::event_ingestion
