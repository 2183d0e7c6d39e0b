#include "services/event_processor/processor_settings.h"

namespace gm::event_processor {

ProcessorSettings ProcessorSettings::from(const config::Settings& settings) {
  ProcessorSettings own;
  own.batch_events_max = settings.integer("processor.batch_events_max");
  own.batch_bytes_max = settings.bytes("processor.batch_bytes_max");
  own.interval_ms = settings.duration_ms("processor.interval");
  own.dedupe_bytes_max = settings.bytes("processor.dedupe_memory");
  own.dedupe_window_ms = settings.duration_ms("processor.dedupe_window");
  own.players_cached_max = settings.integer("processor.players_cached_max");
  own.session_gap_ms = settings.duration_ms("processor.session_gap");
  own.session_named_gap_ms = settings.duration_ms("processor.session_named_gap");
  own.session_marked_gap_ms = settings.duration_ms("processor.session_marked_gap");
  own.session_cut_events_max = settings.integer("processor.session_cut_events_max");
  own.session_length_max_ms = settings.duration_ms("processor.session_length_max");
  own.sessions_per_player_max = settings.integer("processor.sessions_per_player_max");
  own.ids_per_player_max = settings.integer("processor.ids_per_player_max");
  own.stalled_after_ms = settings.duration_ms("processor.stalled_after");
  own.late_after_ms = settings.duration_ms("processor.late_after");
  own.compaction_rows = settings.integer("processor.compaction_rows");
  own.skew_tolerance_ms = settings.duration_ms("ingest.skew_tolerance");
  own.future_max_ms = settings.duration_ms("ingest.future_max");
  own.rejected_raw_bytes_max = settings.bytes("ingest.rejected_raw_bytes_max");
  own.refused_player_ids = settings.text("ingest.refused_player_ids");
  const auto limit = [&](const char* name) { return static_cast<size_t>(settings.integer(name)); };
  own.schema = {limit("schema.event_names_max"), limit("schema.properties_max"), limit("schema.project_properties_max"),
                static_cast<size_t>(settings.bytes("schema.name_bytes_max")),
                static_cast<size_t>(settings.bytes("schema.sample_bytes_max"))};
  return own;
}

}  // namespace gm::event_processor
