#pragma once
// The processor's settings; names and prose are in lib/config/declarations.cc.

#include <cstdint>
#include <string>

#include "lib/config/settings.h"
#include "services/event_processor/schema_learner.h"

namespace gm::event_processor {

struct ProcessorSettings {
  int64_t batch_events_max = 0;         // processor.batch_events_max
  int64_t batch_bytes_max = 0;          // processor.batch_bytes_max
  int64_t interval_ms = 0;              // processor.interval
  int64_t dedupe_bytes_max = 0;         // processor.dedupe_memory
  int64_t dedupe_window_ms = 0;         // processor.dedupe_window
  int64_t players_cached_max = 0;       // processor.players_cached_max
  int64_t session_gap_ms = 0;           // processor.session_gap
  int64_t session_named_gap_ms = 0;     // processor.session_named_gap
  int64_t session_marked_gap_ms = 0;    // processor.session_marked_gap
  int64_t session_cut_events_max = 0;   // processor.session_cut_events_max
  int64_t session_length_max_ms = 0;    // processor.session_length_max
  int64_t sessions_per_player_max = 0;  // processor.sessions_per_player_max
  int64_t ids_per_player_max = 0;       // processor.ids_per_player_max
  int64_t stalled_after_ms = 0;         // processor.stalled_after
  int64_t late_after_ms = 0;            // processor.late_after
  int64_t compaction_rows = 0;          // processor.compaction_rows
  int64_t skew_tolerance_ms = 0;        // ingest.skew_tolerance
  int64_t future_max_ms = 0;            // ingest.future_max
  int64_t rejected_raw_bytes_max = 0;   // ingest.rejected_raw_bytes_max
  std::string refused_player_ids;       // ingest.refused_player_ids
  SchemaLimits schema;                  // schema.*

  static ProcessorSettings from(const config::Settings& settings);
};

}  // namespace gm::event_processor
