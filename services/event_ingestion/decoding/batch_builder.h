#pragma once
// Collects one request's events: applies the rules that hold in every dialect, keeps a verdict for each event that is
// not plainly ok.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/event/event.h"
#include "services/event_ingestion/decoding/ingest_settings.h"
#include "services/event_ingestion/decoding/reserved_properties.h"
#include "services/event_ingestion/decoding/verdicts.h"

namespace gm::event_ingestion {

struct EventVerdict {
  uint32_t index = 0;  // of the event in its request
  Tag tag = Tag::body_malformed;
  std::optional<Uuid> id;
};

// A refused event; `raw` views into the request.
struct RefusedEvent {
  Tag tag = Tag::body_malformed;
  std::string_view raw;
};

// What a request came to. An event that was taken may have several verdicts, each a warning of its own.
struct DecodedBatch {
  event::BatchInfo info;
  event::BatchEncoder encoder;
  std::vector<EventVerdict> verdicts;
  std::vector<RefusedEvent> refused;
  uint32_t events = 0;  // accepted and refused

  explicit DecodedBatch(const event::BatchInfo& batch_info) : info(batch_info), encoder(batch_info) {}
};

// An event as a dialect's decoder found it, before the rules of all dialects.
struct FoundEvent {
  event::Event event;
  std::string_view id_text;  // empty: none was sent
  bool has_time = false;
  std::string_view address;  // of the player, where the event says it outside of its properties
  std::string_view raw;      // the event as sent
};

class BatchBuilder {
 public:
  // `bytes`: of the body, which is about what the record will take.
  BatchBuilder(const IngestSettings& limits, const event::BatchInfo& info, size_t bytes)
      : limits_(limits), batch_(info), reserved_(limits) {
    batch_.encoder.reserve(bytes);
  }

  uint32_t count() const { return batch_.events; }
  // Applies the common rules, then takes or refuses the event.
  void add(FoundEvent& found);
  void refuse(Tag tag, std::string_view raw);
  // True when `info` (known only now) would have led to another verdict than the one the builder was made with.
  bool depends_on(const event::BatchInfo& info) const;
  DecodedBatch finish(const event::BatchInfo& info) &&;

 private:
  void warn(Tag tag, const event::Event& event) { batch_.verdicts.push_back({batch_.events, tag, event.id}); }
  void judge_money(event::Event& event);
  std::optional<Tag> identify(FoundEvent& found);
  void note_time(const event::Event& event);
  std::optional<Tag> check_text(const event::Event& event) const;
  // The correction that the processor will make to times of the sender's clock.
  int64_t skew(const event::BatchInfo& info) const;
  bool too_old(int64_t time_ms, const event::BatchInfo& info) const {
    return time_ms < info.received_ms - limits_.event_age_max_ms;
  }
  bool in_future(int64_t time_ms, const event::BatchInfo& info) const {
    return time_ms > info.received_ms + limits_.future_max_ms;
  }

  const IngestSettings& limits_;
  DecodedBatch batch_;
  ReservedProperties reserved_;
  // Of the sender's clock.
  int64_t time_min_ = INT64_MAX;
  int64_t time_max_ = INT64_MIN;
  std::unordered_map<Uuid, uint32_t, UuidHash>
      derived_;  // how often equal content without an id was seen in this request
};

}  // namespace gm::event_ingestion
