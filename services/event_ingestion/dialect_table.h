#pragma once
// Every dialect this server speaks.

#include <span>

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

// Where two share a path, the one further down stands back: it gets what the other does not claim.
std::span<const Dialect* const> dialects();

}  // namespace gm::event_ingestion
