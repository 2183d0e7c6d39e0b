#pragma once
// The Countly dialect. Its clients send a request again, before all others of the device, until the answer has a
// `result`: only what may pass later may be refused.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class CountlyDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::countly; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
