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

inline const MetricDeclaration kGraphqlSockets{
    "gamemetrics_graphql_sockets", Kind::gauge, "Open WebSockets that speak GraphQL.", {}, {}};
inline const MetricDeclaration kGraphqlSocketsClosed{
    "gamemetrics_graphql_sockets_closed_total",
    Kind::counter,
    "WebSockets that ended, by reason: client_closed, client_gone, silent, too_slow, malformed, not_text, too_large, "
    "bad_message, not_initialised, init_timeout, init_repeated, id_taken, forbidden, too_many, server_stops.",
    {"reason"},
    {}};
inline const MetricDeclaration kGraphqlSubscriptions{
    "gamemetrics_graphql_subscriptions", Kind::gauge, "Open GraphQL subscriptions.", {}, {}};
inline const MetricDeclaration kGraphqlSubscriptionResponses{
    "gamemetrics_graphql_subscription_responses_total", Kind::counter, "Responses sent to subscriptions.", {}, {}};
inline const MetricDeclaration kGraphqlSubscriptionsEnded{
    "gamemetrics_graphql_subscriptions_ended_total",
    Kind::counter,
    "Subscriptions that ended, by reason: client_gone, client_completed, server_stops, key_refused.",
    {"reason"},
    {}};
inline const MetricDeclaration kGraphqlEventsLost{
    "gamemetrics_graphql_subscription_events_lost_total",
    Kind::counter,
    "Live events left out of a subscription whose queue was full; its reader was told.",
    {},
    {}};
inline const MetricDeclaration kGraphqlStatesSkipped{
    "gamemetrics_graphql_subscription_states_skipped_total",
    Kind::counter,
    "States that a subscription did not send because its reader was still behind: the next one says the same anew.",
    {},
    {}};

}  // namespace gm::telemetry
