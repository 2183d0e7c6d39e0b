#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/cloudevents/cloudevents_dialect.h"

namespace {

using namespace gm;

// The harness sends no headers, so the mode is told by the dialect under test.
class AsBatch final : public event_ingestion::Dialect {
 public:
  event::Source source() const override { return inner_.source(); }
  std::vector<event_ingestion::Endpoint> endpoints() const override { return inner_.endpoints(); }
  Result<event_ingestion::Decoded> decode(const event_ingestion::Call& call,
                                          const event_ingestion::IngestSettings& limits) const override {
    http::Request request = call.request;
    request.headers = {{"content-type", "application/cloudevents-batch+json"}};
    return inner_.decode({request, call.body}, limits);
  }
  http::Response stored(const event_ingestion::Call& call, const event_ingestion::DecodedBatch& batch) const override {
    return inner_.stored(call, batch);
  }
  http::Response refused(const http::Request& request, const Error& error) const override {
    return inner_.refused(request, error);
  }

 private:
  event_ingestion::CloudEventsDialect inner_;
};

// The body of a binary one, its source taken from the bytes as well.
class AsBinary final : public event_ingestion::Dialect {
 public:
  event::Source source() const override { return inner_.source(); }
  std::vector<event_ingestion::Endpoint> endpoints() const override { return inner_.endpoints(); }
  Result<event_ingestion::Decoded> decode(const event_ingestion::Call& call,
                                          const event_ingestion::IngestSettings& limits) const override {
    http::Request request = call.request;
    request.headers = {{"ce-id", "1"},
                       {"ce-source", call.body.substr(0, 20)},
                       {"CE-Type", "level_start"},
                       {"ce-specversion", "1.0"},
                       {"ce-subject", "p"}};
    if (call.body.size() % 2 == 1) request.headers.emplace_back("content-type", "text/plain");
    return inner_.decode({request, call.body}, limits);
  }
  http::Response stored(const event_ingestion::Call& call, const event_ingestion::DecodedBatch& batch) const override {
    return inner_.stored(call, batch);
  }
  http::Response refused(const http::Request& request, const Error& error) const override {
    return inner_.refused(request, error);
  }

 private:
  event_ingestion::CloudEventsDialect inner_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const AsBatch batch;
  static const AsBinary binary;
  event_ingestion::fuzz_dialect(batch, http::Method::post, "/v1/cloudevents", data, size);
  return event_ingestion::fuzz_dialect(binary, http::Method::post, "/v1/cloudevents", data, size);
}
