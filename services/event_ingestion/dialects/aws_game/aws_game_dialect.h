#pragma once
// The form of the AWS game analytics pipeline: POST /applications/{id}/events. Described in
// docs/reference/dialects/aws_game.md.

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

class AwsGameDialect final : public Dialect {
 public:
  event::Source source() const override { return event::Source::aws_game; }
  std::vector<Endpoint> endpoints() const override;
  security::Credential credential(const Call& call) const override;
  Result<Decoded> decode(const Call& call, const IngestSettings& limits) const override;
  http::Response stored(const Call& call, const DecodedBatch& batch) const override;
  http::Response refused(const http::Request& request, const Error& error) const override;
};

}  // namespace gm::event_ingestion
