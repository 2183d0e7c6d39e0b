#pragma once
// What Mixpanel clients send: one event or profile update, a list of them, or one on each line.

#include <string>

#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_forms.h"

namespace gm::event_ingestion {

struct MixpanelBatch {
  DecodedBatch batch;
  std::string token;  // that the events carry; empty: none does
};

// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large, gm-key-unknown (the events
// carry different ones).
Result<MixpanelBatch> decode_mixpanel(const DecodeInput& input, MixpanelKind kind, bool historical,
                                      const IngestSettings& limits);

}  // namespace gm::event_ingestion
