#pragma once
// Events of players who were erased: whatever still comes of them, late or once more, must not bring them back.

#include "lib/security/erased_ids.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {

// True when the text mentions an erased player of the project.
bool mentions_erased(const security::ErasedIds& erased, ProjectId project, std::string_view text);

// Refuses the batch's events of erased players, and those that say that one of his ids belongs to somebody else. Of
// what is refused, for whatever reason, nothing is kept that mentions him. Answers with how many events those were.
// Precondition: the batch's project is known.
uint64_t withhold_erased(const security::ErasedIds& erased, DecodedBatch& batch);

}  // namespace gm::event_ingestion
