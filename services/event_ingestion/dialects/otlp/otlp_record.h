#pragma once
// A log record of OTLP, from either of its encodings (https://opentelemetry.io/docs/specs/otlp), before it is an event.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/event_ingestion/decoding/ingest_settings.h"
#include "services/event_ingestion/decoding/verdicts.h"

namespace gm::event_ingestion {

// OTLP's AnyValue.
struct OtlpValue {
  std::string json;       // as JSON; empty: no value
  std::string_view text;  // of a string, and of a number as it is written; empty for anything else
};

// A list of attributes, held against the limits of an event while it is read.
class OtlpAttributes {
 public:
  struct Item {
    std::string_view key;
    OtlpValue value;
  };

  explicit OtlpAttributes(const IngestSettings& limits) : limits_(limits) {}

  const std::vector<Item>& items() const { return items_; }
  // The text of the first attribute of this name; empty: there is none.
  std::string_view text(std::string_view key) const;
  void add(std::string_view key, OtlpValue value);
  // Counts a member of a container; false: too many, do not go on.
  bool count_member();
  // False: a container at this depth (1: the value of an attribute) is nested too deep to be read.
  bool may_nest(size_t depth);
  void note(Tag tag) {
    if (!wrong_) wrong_ = tag;
  }
  const std::optional<Tag>& wrong() const { return wrong_; }
  uint32_t members() const { return members_; }

 private:
  const IngestSettings& limits_;
  std::vector<Item> items_;
  uint32_t members_ = 0;
  size_t bytes_ = 0;
  std::optional<Tag> wrong_;
};

struct OtlpRecord {
  explicit OtlpRecord(const IngestSettings& limits) : attributes(limits), body_members(limits) {}

  uint64_t time_ns = 0;
  uint64_t observed_ns = 0;
  int64_t severity = 0;
  std::string_view severity_text;
  std::string_view event_name;
  std::string trace_id, span_id;  // hex
  OtlpAttributes attributes;
  OtlpValue body;               // one that is no list of key and value
  OtlpAttributes body_members;  // one that is: earlier SDKs sent an event's properties there
  std::string_view source;      // the record as sent
};

// What all records of one ResourceLogs and one of its ScopeLogs share.
struct OtlpOrigin {
  explicit OtlpOrigin(const IngestSettings& limits) : resource(limits) {}

  OtlpAttributes resource;
  std::string_view scope_name, scope_version;
};

// It is repeated in every event, so a large one would make a small request a large record.
inline constexpr size_t kOtlpResourceBytesMax = 16 * 1024;

}  // namespace gm::event_ingestion
