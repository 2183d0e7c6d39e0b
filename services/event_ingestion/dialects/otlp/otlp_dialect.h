#pragma once
// The OTLP dialect: POST /v1/logs, JSON and protobuf. Described in docs/reference/dialects/otlp.md.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class OtlpDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::otlp; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
