#pragma once
// The metrics of the behaviour index: part of the catalogue (catalog.h), in a file of their own because only the index
// and the planner use them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kBehaviorLag{"gamemetrics_behavior_lag_events",
                                            Kind::gauge,
                                            "Log positions that the store has applied and the behaviour index has not; "
                                            "questions are answered by SQL meanwhile.",
                                            {},
                                            {}};
inline const MetricDeclaration kBehaviorBytes{
    "gamemetrics_behavior_bytes", Kind::gauge, "Size of the behaviour index, by place: disk, memory.", {"place"}, {}};
inline const MetricDeclaration kBehaviorRebuilds{
    "gamemetrics_behavior_rebuilds_total",
    Kind::counter,
    "Times the behaviour index was begun anew from the store, by reason: missing, unusable (of another store, or not "
    "readable at the start), damaged (found by a question or by a merge), ahead (of what the store holds).",
    {"reason"},
    {}};
inline const MetricDeclaration kBehaviorErrors{
    "gamemetrics_behavior_errors_total",
    Kind::counter,
    "Pieces of work on the behaviour index that failed and are tried again, by error code.",
    {"code"},
    {}};
inline const MetricDeclaration kBehaviorFeedDuration{
    "gamemetrics_behavior_feed_duration_seconds",
    Kind::histogram,
    "Time that a micro-batch waits for the behaviour index to take its events.",
    {},
    {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1}};

inline const MetricDeclaration kQueryEngine{"gamemetrics_query_engine_total",
                                            Kind::counter,
                                            "Questions by the engine that answered them (sql, index) and why SQL did; "
                                            "docs/reference/queries.md has the reasons.",
                                            {"kind", "engine", "reason"},
                                            {}};

}  // namespace gm::telemetry
