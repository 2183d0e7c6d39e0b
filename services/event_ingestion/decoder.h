#pragma once
// What every dialect's decoder is given and gives back.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "lib/base/result.h"
#include "services/event_ingestion/batch_builder.h"
#include "services/event_ingestion/ingest_settings.h"

namespace gm::event_ingestion {

struct DecodeInput {
  std::string_view body;  // decompressed; http::kBodyPadding readable bytes follow it
  ProjectId project;      // nobody's (0) while the key is still inside the body
  int64_t received_ms = 0;
  int64_t sent_ms = 0;  // of the transport (query parameter); the body's wins
};

// A sent time or an event's time: ISO 8601 text, or whole milliseconds as text. nullopt when it is neither.
std::optional<int64_t> parse_time_ms(std::string_view text, bool is_number);

}  // namespace gm::event_ingestion
