#pragma once
// The PostHog dialect: capture protocol v0, and polite answers to its questions about features that are not here.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class PosthogDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::posthog; }
  std::vector<Endpoint> endpoints() const override;
  bool says_gzip(const http::Request& request) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
