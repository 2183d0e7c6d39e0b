#pragma once
// The GameAnalytics dialect: collector API v2 and the SDKs' question for remote configuration, signed by a pair of
// keys.
//
// Its clients delete the events of a request on any answer that is not empty, whatever the status, and send them again
// on one that is. So what another attempt can mend is answered with nothing, and nothing else is.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class GameAnalyticsDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::gameanalytics; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
