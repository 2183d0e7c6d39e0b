#pragma once
// The limits and rules of ingestion, read once from the settings (section "ingest"), and what is known of a sender.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "lib/config/settings.h"
#include "lib/event/refused_players.h"

namespace gm::event_ingestion {

using event::kNameBytesMax;
using event::RefusedPlayers;

// What becomes of the address that an event came from: see the setting ingest.ip.
enum class AddressRule : uint8_t { drop, truncate, keep };

// Of one request, beside its content.
struct Sender {
  bool is_server = false;         // it showed a server key: what it says of money is believed
  std::string_view address = {};  // where it came from, as text; empty: not known, or not to be stored
};

struct IngestSettings {
  size_t batch_events_max = 0;
  size_t body_bytes_max = 0;
  size_t decompressed_bytes_max = 0;
  size_t decompression_ratio_max = 0;
  size_t depth_max = 0;
  size_t event_bytes_max = 0;
  size_t properties_max = 0;
  size_t rejected_raw_bytes_max = 0;
  int64_t event_age_max_ms = 0;
  int64_t future_max_ms = 0;
  int64_t skew_tolerance_ms = 0;
  std::shared_ptr<const RefusedPlayers> refused_players;
  AddressRule address_rule = AddressRule::drop;
  bool client_revenue_counts = true;
  Sender sender;  // of the request that is being decoded

  // Error gm-config-invalid-value: a word that is none of those that a setting takes.
  static Status check(const config::Settings& settings);
  // Precondition: check() found nothing.
  static IngestSettings from(const config::Settings& settings);
};

}  // namespace gm::event_ingestion
