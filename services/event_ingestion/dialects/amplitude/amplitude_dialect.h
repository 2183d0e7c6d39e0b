#pragma once
// The Amplitude dialect.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class AmplitudeDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::amplitude; }
  std::vector<Endpoint> endpoints() const override;
  bool claims(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
