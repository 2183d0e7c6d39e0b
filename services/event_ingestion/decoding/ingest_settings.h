#pragma once
// The limits of ingestion, read once from the settings (section "ingest").

#include <cstddef>
#include <cstdint>

#include "lib/config/settings.h"

namespace gm::event_ingestion {

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

  static IngestSettings from(const config::Settings& settings);
};

}  // namespace gm::event_ingestion
