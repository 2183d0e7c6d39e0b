#include "services/event_ingestion/dialects/native/ndjson_decoder.h"

#include <algorithm>

#include "services/event_ingestion/dialects/native/native_event.h"

namespace gm::event_ingestion {
namespace {

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

class Lines {
 public:
  Lines(const DecodeInput& input, bool historical, const IngestSettings& limits)
      : limits_(limits),
        info_{input.project, event::Source::native, historical, input.received_ms, input.sent_ms},
        builder_(limits, info_, input.body.size()) {
    scratch_.texts.clear();
  }

  Status read(std::string_view body) {
    for (uint32_t number = 0; !body.empty(); ++number) {
      const std::string_view line = body.substr(0, body.find('\n'));
      body.remove_prefix(std::min(body.size(), line.size() + 1));
      if (is_blank(line)) continue;
      if (builder_.count() >= limits_.batch_events_max) {
        return Error{"gm-batch-too-large",
                     "more than ingest.batch_events_max = " + std::to_string(limits_.batch_events_max) +
                         " lines in one request; send several"};
      }
      line_of_event_.push_back(number);
      one(line);
    }
    if (builder_.count() == 0) return Error{"gm-batch-empty", "the body has no line with an event"};
    return {};
  }

  DecodedBatch finish() && {
    DecodedBatch batch = std::move(builder_).finish(info_);
    for (EventVerdict& verdict : batch.verdicts) verdict.index = line_of_event_[verdict.index];
    return batch;
  }

 private:
  // Each line is found well-formed by itself before it is an event: a string left open must not swallow the next one.
  void one(std::string_view line) {
    if (!scratch_.index.read(line)) return builder_.refuse(Tag::line_malformed, line);
    codec::JsonCursor check(scratch_.index);
    check.value();
    if (!check.finish()) return builder_.refuse(Tag::line_malformed, line);
    codec::JsonCursor cursor(scratch_.index);
    take_native_event(limits_, cursor, scratch_.texts, builder_);
  }

  const IngestSettings& limits_;
  const event::BatchInfo info_;
  DecodeScratch& scratch_ = thread_scratch();
  BatchBuilder builder_;
  std::vector<uint32_t> line_of_event_;
};

}  // namespace

Result<DecodedBatch> decode_ndjson(const DecodeInput& input, bool historical, const IngestSettings& limits) {
  Lines lines(input, historical, limits);
  if (Status status = lines.read(input.body); !status) return status.error();
  return std::move(lines).finish();
}

}  // namespace gm::event_ingestion
