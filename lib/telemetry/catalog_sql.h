#pragma once
// The metrics of callers' own SQL: part of the catalogue (catalog.h), in a file of their own because only its routes
// use them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kSqlRefused{"gamemetrics_sql_refused_total",
                                           Kind::counter,
                                           "SQL statements of callers that were not answered, by error code.",
                                           {"code"},
                                           {}};

}  // namespace gm::telemetry
