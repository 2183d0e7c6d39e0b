#include "services/event_ingestion/decoding/ingest_settings.h"

#include <algorithm>
#include <span>
#include <string>

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kAddressRules[] = {"drop", "truncate", "keep"};  // in the order of AddressRule
constexpr std::string_view kRevenueRules[] = {"count", "ignore"};

size_t place_of(std::string_view word, std::span<const std::string_view> words) {
  return static_cast<size_t>(std::ranges::find(words, word) - words.begin());
}

Status check_word(const config::Settings& settings, std::string_view name, std::span<const std::string_view> words) {
  if (place_of(settings.text(name), words) < words.size()) return {};
  std::string all;
  for (const std::string_view word : words) all.append(all.empty() ? "" : ", ").append(word);
  return Error{"gm-config-invalid-value", std::string(name) + " must be one of " + all};
}

}  // namespace

Status IngestSettings::check(const config::Settings& settings) {
  if (Status wrong = check_word(settings, "ingest.ip", kAddressRules); !wrong) return wrong;
  return check_word(settings, "ingest.client_revenue", kRevenueRules);
}

IngestSettings IngestSettings::from(const config::Settings& settings) {
  const auto bytes = [&](std::string_view name) { return static_cast<size_t>(settings.bytes(name)); };
  const auto count = [&](std::string_view name) { return static_cast<size_t>(settings.integer(name)); };
  IngestSettings made;
  made.batch_events_max = count("ingest.batch_events_max");
  made.body_bytes_max = bytes("ingest.body_bytes_max");
  made.decompressed_bytes_max = bytes("ingest.decompressed_bytes_max");
  made.decompression_ratio_max = count("ingest.decompression_ratio_max");
  made.depth_max = count("ingest.depth_max");
  made.event_bytes_max = bytes("ingest.event_bytes_max");
  made.properties_max = count("ingest.properties_max");
  made.rejected_raw_bytes_max = bytes("ingest.rejected_raw_bytes_max");
  made.event_age_max_ms = settings.duration_ms("ingest.event_age_max");
  made.future_max_ms = settings.duration_ms("ingest.future_max");
  made.skew_tolerance_ms = settings.duration_ms("ingest.skew_tolerance");
  made.refused_players = std::make_shared<const RefusedPlayers>(settings.text("ingest.refused_player_ids"));
  made.address_rule = static_cast<AddressRule>(place_of(settings.text("ingest.ip"), kAddressRules));
  made.client_revenue_counts = settings.text("ingest.client_revenue") == kRevenueRules[0];
  return made;
}

}  // namespace gm::event_ingestion
