#pragma once
// The metrics of running questions and of exports: part of the catalogue (catalog.h), in a file of their own because
// only the reading half of the API uses them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kQueriesRunning{
    "gamemetrics_queries_running", Kind::gauge, "Questions that are being answered, exports included.", {}, {}};
inline const MetricDeclaration kQueriesCancelled{
    "gamemetrics_queries_cancelled_total",
    Kind::counter,
    "Questions that were cancelled, by what did it: request (DELETE /api/v1/queries/{id}), client_gone.",
    {"by"},
    {}};

inline const MetricDeclaration kExports{
    "gamemetrics_exports_total", Kind::counter, "Streamed answers that were begun, by format.", {"format"}, {}};
inline const MetricDeclaration kExportsBroken{
    "gamemetrics_exports_broken_total",
    Kind::counter,
    "Streamed answers that were broken off, by reason: client_gone, or the code of the error.",
    {"reason"},
    {}};
inline const MetricDeclaration kExportedRows{
    "gamemetrics_exported_rows_total", Kind::counter, "Rows of streamed answers.", {}, {}};
inline const MetricDeclaration kExportedBytes{
    "gamemetrics_exported_bytes_total", Kind::counter, "Bytes of streamed answers.", {}, {}};

inline const MetricDeclaration kCacheHits{"gamemetrics_query_cache_hits_total",
                                          Kind::counter,
                                          "Answers that were not computed: current (kept, and still true), allowed_age "
                                          "(kept, and as new as the asker wanted), "
                                          "shared (somebody else's equal question was being computed).",
                                          {"kind"},
                                          {}};
inline const MetricDeclaration kCacheMisses{
    "gamemetrics_query_cache_misses_total",
    Kind::counter,
    "Answers that were computed, by reason: unknown (none was kept), changed (the data or the time has), bypassed "
    "(Cache-Control: no-cache).",
    {"reason"},
    {}};
inline const MetricDeclaration kCacheEvictions{
    "gamemetrics_query_cache_evictions_total",
    Kind::counter,
    "Kept answers that were let go, by reason: room (query.cache_bytes_max), outdated.",
    {"reason"},
    {}};
inline const MetricDeclaration kCacheBytes{
    "gamemetrics_query_cache_bytes", Kind::gauge, "Bytes of kept answers.", {}, {}};

}  // namespace gm::telemetry
