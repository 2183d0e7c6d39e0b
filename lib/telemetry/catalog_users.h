#pragma once
// The metrics of people and their credentials: part of the catalogue (catalog.h), in a file of their own because only
// services/users uses them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kUsersLogins{
    "gamemetrics_users_logins_total",
    Kind::counter,
    "Attempts to sign in, by what came of them: ok, challenged (the password was right, the second factor is asked "
    "for), failed, code_wrong, challenge_unknown (too late, or tried too often), locked (too many wrong passwords and "
    "codes for that address), rate_limited (too many attempts from one place), unavailable.",
    {"outcome"},
    {}};
inline const MetricDeclaration kUsersRefused{
    "gamemetrics_users_refused_total",
    Kind::counter,
    "Requests of people and services that were refused, by reason: missing, unknown, session, token, csrf, right, "
    "second_factor (the organisation requires one), organisation, project.",
    {"reason"},
    {}};

inline const MetricDeclaration kUsersLetters{"gamemetrics_users_letters_total",
                                             Kind::counter,
                                             "Letters about accounts by kind (reset, invitation, notice) and by what "
                                             "came of them: sent, failed, nobody (no such "
                                             "account, or too many in the hour), dropped (too many were waiting).",
                                             {"kind", "outcome"},
                                             {}};

}  // namespace gm::telemetry
