#pragma once
// The Snowplow dialect: what a collector answers to trackers. The app id of the tracker is the write key.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class SnowplowDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::snowplow; }
  std::vector<Endpoint> endpoints() const override;
  bool claims(const Call& call) const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
