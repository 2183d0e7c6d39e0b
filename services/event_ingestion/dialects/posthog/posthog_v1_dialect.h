#pragma once
// PostHog's capture protocol v1, a dialect of its own: the key is in a header, and the answer has a result for each
// event.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class PosthogV1Dialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::posthog; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
