#pragma once
// The metrics of GraphQL: part of the catalogue (catalog.h), in a file of their own because only the endpoint uses
// them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kGraphqlRefused{"gamemetrics_graphql_refused_total",
                                               Kind::counter,
                                               "GraphQL requests of which nothing was run, by error code.",
                                               {"code"},
                                               {}};

}  // namespace gm::telemetry
