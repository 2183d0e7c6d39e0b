#pragma once
// POST /v1/events, our own form: a verdict for each event, errors as problem+json. Described in
// docs/reference/http-api.md.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class NativeDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::native; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
