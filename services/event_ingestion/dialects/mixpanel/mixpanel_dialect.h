#pragma once
// The Mixpanel dialect: events, profiles of players and groups, import, and polite answers to questions for flags.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class MixpanelDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::mixpanel; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
