#pragma once
// What every dialect's decoder is given and gives back.

#include <cstdint>
#include <string_view>

#include "lib/base/result.h"
#include "lib/codec/json_cursor.h"
#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/ingest_settings.h"

namespace gm::event_ingestion {

struct DecodeInput {
  std::string_view body;  // decompressed
  ProjectId project;      // nobody's (0) while the key is still inside the body
  int64_t received_ms = 0;
  int64_t sent_ms = 0;  // of the transport (query parameter); the body's wins
};

// The error of a body that is not JSON, with the place where it stops being it.
Error malformed_json(std::string_view wanted, const codec::JsonCursor* cursor);

}  // namespace gm::event_ingestion
