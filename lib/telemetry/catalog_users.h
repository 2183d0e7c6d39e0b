#pragma once
// The metrics of people and their credentials: part of the catalogue (catalog.h), in a file of their own because only
// services/users uses them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kUsersLogins{
    "gamemetrics_users_logins_total",
    Kind::counter,
    "Attempts to sign in, by what came of them: ok, failed, locked (too many wrong passwords for that address), "
    "rate_limited (too many attempts from one place), unavailable.",
    {"outcome"},
    {}};
inline const MetricDeclaration kUsersRefused{
    "gamemetrics_users_refused_total",
    Kind::counter,
    "Requests of people and services that were refused, by reason: missing, unknown, session, token, csrf, right, "
    "organisation, project.",
    {"reason"},
    {}};

}  // namespace gm::telemetry
