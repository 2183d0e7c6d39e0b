#pragma once
// Turns the log records of one request into events of the game model.

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/dialects/otlp/otlp_record.h"

namespace gm::event_ingestion {

class OtlpEvents {
 public:
  // `texts` lives as long as the batch's refused events are looked at.
  OtlpEvents(const IngestSettings& limits, const event::BatchInfo& info, size_t bytes, TextStore& texts)
      : limits_(limits), info_(info), builder_(limits, info, bytes), texts_(texts) {}

  const IngestSettings& limits() const { return limits_; }
  TextStore& texts() { return texts_; }
  // True when the request has more than it may: records, or bytes, for each record repeats its resource.
  bool full() const { return builder_.count() >= limits_.batch_events_max || bytes_ > limits_.decompressed_bytes_max; }
  // True when a record is too large to be looked at; it is refused.
  bool too_large(std::string_view source);
  void add(const OtlpRecord& record, const OtlpOrigin& origin);
  void refuse(Tag tag, std::string_view source) { builder_.refuse(tag, source); }
  DecodedBatch finish() && { return std::move(builder_).finish(info_); }

 private:
  const IngestSettings& limits_;
  const event::BatchInfo info_;
  BatchBuilder builder_;
  TextStore& texts_;
  size_t bytes_ = 0;  // of all records as they are here
};

}  // namespace gm::event_ingestion
