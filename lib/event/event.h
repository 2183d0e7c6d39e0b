#pragma once
// The canonical event: what every SDK dialect is turned into before it reaches the log. Byte layout:
// docs/formats/event-record.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/base/uuid.h"

namespace gm::event {

// The dialect an event came in. Stored; never renumber.
enum class Source : uint8_t {
  native = 0,
  posthog = 1,
  segment = 2,
  amplitude = 3,
  gameanalytics = 4,
  snowplow = 5,
  mixpanel = 6,
  countly = 7,
  otlp = 8,
  cloudevents = 9,
  aws_game = 10,
};
std::string_view source_name(Source source);

enum EventFlags : uint16_t {
  kTimeAbsent = 1u << 0,   // the sender gave no time; time_ms is the time of receipt
  kTimeClamped = 1u << 1,  // the sender's time lay too far in the future
  kIdDerived = 1u << 2,    // the sender gave no event id; made from the content
  kServerClock = 1u << 4,  // the time is of the server's clock (received before, or an age counted back from receipt)
  kTimeShifted =
      1u << 3,  // the sender's clock was wrong; the processor shifted the time of all of its request's events
  kServerValidated = 1u << 5,      // sent with a server key: what it says of money is the studio's own word
  kRevenueNotValidated = 1u << 6,  // its money came from a game and does not count: the event has none, but the amount
                                   // stays in the record
};

// Strings are views into memory of the caller (request body, decoded record) and valid only as long as that is.
struct Event {
  Uuid id;                                // idempotence key, together with the project
  std::string_view name;                  // 1..200 bytes
  std::string_view player;                // 1..200 bytes
  std::string_view session;               // empty: the sender names no session
  int64_t time_ms = 0;                    // Unix ms as the sender's clock says; see kTimeAbsent, kServerClock
  std::optional<int64_t> revenue_micros;  // millionths of one unit of `currency`
  int64_t claimed_micros = 0;             // with kRevenueNotValidated: the money that does not count
  std::string_view currency;              // ISO 4217, empty without revenue of either kind
  std::string_view country;               // ISO 3166-1 alpha-2 where known
  std::string_view platform;
  std::string_view device;
  std::string_view build;
  std::string_view properties;  // one JSON object, verbatim as sent; valid UTF-8
  uint16_t flags = 0;           // EventFlags
};

// What all events of one request share.
struct BatchInfo {
  ProjectId project;
  Source source = Source::native;
  bool historical = false;  // a backfill: the sender's times are trusted whatever their age
  int64_t received_ms = 0;  // server clock
  int64_t sent_ms = 0;      // sender's clock when it sent; 0: not given
};

// Builds one log record from a request's accepted events, without a second copy of their strings.
class BatchEncoder {
 public:
  explicit BatchEncoder(const BatchInfo& info);
  void add(const Event& event);
  // Makes room at once for about `bytes` of events.
  void reserve(size_t bytes) { bytes_.reserve(bytes_.size() + bytes); }
  // Replaces what the constructor was given: dialects may say it behind their events.
  void set_info(const BatchInfo& info);
  uint32_t count() const { return count_; }
  size_t bytes() const { return bytes_.size(); }
  // The finished record; the encoder is spent.
  std::string take() &&;

 private:
  std::string bytes_;
  uint32_t count_ = 0;
};

struct Batch {
  BatchInfo info;
  std::vector<Event> events;  // views into the decoded payload
};
// Errors gm-record-malformed, gm-log-version (written by a newer program). Never reads outside `payload`.
Result<Batch> decode_batch(std::string_view payload);

// An event (or, where no event could be told apart, a whole body) that was refused, kept with its reason.
struct Rejected {
  std::string_view reason;  // stable tag such as player_id_missing
  std::string_view detail;  // for a person
  std::string_view raw;     // the bytes as sent, cut at a stated length
};
std::string encode_rejected(const BatchInfo& info, const std::vector<Rejected>& rejected);
struct RejectedBatch {
  BatchInfo info;
  std::vector<Rejected> rejected;
};
Result<RejectedBatch> decode_rejected(std::string_view payload);

// Somebody's decision, in the log among the events so that it has a place in their order: two ids that a link made one
// player are two players again.
struct LinkUndo {
  ProjectId project;
  Uuid link;  // the id of the event that made the link
  int64_t decided_ms = 0;
};
std::string encode_link_undo(const LinkUndo& undo);
// True when the payload is such a record (it may be damaged).
bool is_link_undo(std::string_view payload);
// Errors: those of decode_batch.
Result<LinkUndo> decode_link_undo(std::string_view payload);

}  // namespace gm::event
