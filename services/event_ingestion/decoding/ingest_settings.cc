#include "services/event_ingestion/decoding/ingest_settings.h"

namespace gm::event_ingestion {

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
  return made;
}

}  // namespace gm::event_ingestion
