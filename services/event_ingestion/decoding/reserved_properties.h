#pragma once
// Properties that a client cannot set as it likes: names that begin with "$gm_", which only the server writes, and
// "$ip", the player's address, whose storing is the setting ingest.ip.

#include <optional>
#include <string>
#include <string_view>

#include "lib/codec/json_cursor.h"
#include "services/event_ingestion/decoding/ingest_settings.h"

namespace gm::event_ingestion {

inline constexpr std::string_view kReservedPrefix = "$gm_";
inline constexpr std::string_view kAddressProperty = "$ip";

// One per request; keeps its memory from event to event.
class ReservedProperties {
 public:
  explicit ReservedProperties(const IngestSettings& settings) : settings_(settings) {}

  // Makes of an event's properties (one valid JSON object, or empty) what is stored: a view into `properties` where
  // nothing has to be changed, else into this object, until the next call. `stated`: the address that the event names
  // elsewhere; empty: none.
  std::string_view screen(std::string_view properties, std::string_view stated);
  // True when the last call left out something that only the server writes.
  bool left_out() const { return left_out_; }

 private:
  std::string_view strip(std::string_view properties);
  std::string address_of(std::string_view stated) const;

  const IngestSettings& settings_;
  bool left_out_ = false;
  std::string named_;  // the address among the properties
  std::string padded_, stripped_, with_address_;
};

}  // namespace gm::event_ingestion
