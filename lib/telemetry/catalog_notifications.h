#pragma once
// The metrics of alerts and notifications: part of the catalogue (catalog.h), in a file of their own because only a few
// use them.

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const MetricDeclaration kAlertRules{
    "gamemetrics_alert_rules", Kind::gauge, "Alert rules of all projects.", {}, {}};
inline const MetricDeclaration kAlertsFiring{
    "gamemetrics_alerts_firing", Kind::gauge, "Alert rules that fire now.", {}, {}};
inline const MetricDeclaration kAlerts{
    "gamemetrics_alerts_total", Kind::counter, "Alerts that began (fired) and ended (resolved).", {"state"}, {}};
inline const MetricDeclaration kAlertEvaluations{
    "gamemetrics_alert_evaluations_total",
    Kind::counter,
    "Looks at alert rules, by outcome: judged, not_judged (too few numbers, or they could not be read), failed (the "
    "outcome could not be recorded).",
    {"outcome"},
    {}};
inline const MetricDeclaration kNotificationDeliveries{
    "gamemetrics_notification_deliveries_total",
    Kind::counter,
    "Attempts to send a message, by kind of channel and outcome: delivered, failed (tried again), dead (given up).",
    {"channel", "outcome"},
    {}};
inline const MetricDeclaration kNotificationSendDuration{"gamemetrics_notification_send_duration_seconds",
                                                         Kind::histogram,
                                                         "Time of one attempt, by kind of channel.",
                                                         {"channel"},
                                                         {0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30}};
inline const MetricDeclaration kNotificationsWaiting{
    "gamemetrics_notifications_waiting", Kind::gauge, "Messages that were not taken yet.", {}, {}};
inline const MetricDeclaration kNotificationsOldest{"gamemetrics_notifications_oldest_age_seconds",
                                                    Kind::gauge,
                                                    "Age of the oldest message that was not taken yet; 0 without one.",
                                                    {},
                                                    {}};
inline const MetricDeclaration kNotificationErrors{
    "gamemetrics_notification_errors_total",
    Kind::counter,
    "Failures to read or write the notification store; what was to be done is tried again.",
    {},
    {}};

}  // namespace gm::telemetry
