#pragma once
// The metrics of erasures: part of the catalogue (catalog.h), in a file of their own because only a few use them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kErasedPlayersEvents{"gamemetrics_erased_players_events_total",
                                                    Kind::counter,
                                                    "Events, and refused events, that were not kept because they name "
                                                    "a player who is erased or kept out (a restriction, "
                                                    "an objection), by where they were met: ingestion, processor.",
                                                    {"where"},
                                                    {}};
inline const MetricDeclaration kPrivacyRequests{"gamemetrics_privacy_requests_total",
                                                Kind::counter,
                                                "Privacy requests that ended, by kind and state.",
                                                {"kind", "state"},
                                                {}};
inline const MetricDeclaration kPrivacyOpen{
    "gamemetrics_privacy_requests_open", Kind::gauge, "Privacy requests that have not ended.", {}, {}};
inline const MetricDeclaration kPrivacyNextDue{
    "gamemetrics_privacy_next_due_timestamp_seconds",
    Kind::gauge,
    "Unix time until which the earliest open privacy request has to be done; 0 without one.",
    {},
    {}};
inline const MetricDeclaration kPrivacyErrors{
    "gamemetrics_privacy_errors_total",
    Kind::counter,
    "Attempts of a step of a privacy request that failed and are tried again, "
    "by step.",
    {"place"},
    {}};

}  // namespace gm::telemetry
