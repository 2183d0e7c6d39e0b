#pragma once
// The HTTP status that says what a whole-request error code says ("gm-batch-empty" -> 400).

#include <string_view>

namespace gm::event_ingestion {

int status_of(std::string_view code);

}  // namespace gm::event_ingestion
