#pragma once
// Every metric of the product, declared once. `gamemetrics metrics-catalog` prints this; alerts and dashboards may use
// nothing else.

#include <vector>

#include "lib/telemetry/metrics.h"

namespace gm::telemetry {

inline const std::vector<double> kLatencyBuckets = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                                    0.5,   0.75, 1,     2.5,  5,     7.5, 10};
inline const std::vector<double> kFreshnessBuckets = {0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300};

inline const MetricDeclaration kBuildInfo{
    "gamemetrics_build_info", Kind::gauge, "Always 1; the labels say what runs.", {"version", "target"}, {}};
inline const MetricDeclaration kHttpRequestDuration{
    "http_server_request_duration_seconds",
    Kind::histogram,
    "Time from the request's first byte until the last byte of its answer is handed to the socket, or the client has "
    "gone; a stream counts when it begins.",
    {"http_request_method", "http_route", "http_response_status_code"},
    kLatencyBuckets};
inline const MetricDeclaration kHttpConnections{
    "gamemetrics_http_connections", Kind::gauge, "Open connections.", {}, {}};
inline const MetricDeclaration kHttpConnectionsRefused{
    "gamemetrics_http_connections_refused_total",
    Kind::counter,
    "Connections that the server ended without an answer, by reason: connections_max, slow_reader, slow_stream, "
    "tls_handshake.",
    {"reason"},
    {}};
inline const MetricDeclaration kHttpCertificateExpiry{"gamemetrics_http_tls_certificate_expiry_timestamp_seconds",
                                                      Kind::gauge,
                                                      "Unix time at which the certificate in use ends; 0 without TLS.",
                                                      {},
                                                      {}};
inline const MetricDeclaration kIngestEvents{
    "gamemetrics_ingest_events_total",
    Kind::counter,
    "Events received, by dialect and by what became of them: accepted, rejected, throttled.",
    {"source", "outcome"},
    {}};
inline const MetricDeclaration kIngestRejected{"gamemetrics_ingest_rejected_events_total",
                                               Kind::counter,
                                               "Events refused and kept as rejected, by stable reason.",
                                               {"reason"},
                                               {}};
inline const MetricDeclaration kIngestWarnings{
    "gamemetrics_ingest_warnings_total",
    Kind::counter,
    "Remarks on events that were accepted, by stable tag: what was left out of "
    "an event or taken otherwise than sent.",
    {"tag"},
    {}};
inline const MetricDeclaration kIngestRequests{"gamemetrics_ingest_requests_total",
                                               Kind::counter,
                                               "Ingestion requests by dialect and error code (ok when stored).",
                                               {"source", "code"},
                                               {}};
inline const MetricDeclaration kIngestInFlight{"gamemetrics_ingest_in_flight_bytes",
                                               Kind::gauge,
                                               "Bytes of request bodies that have arrived but are not yet durable.",
                                               {},
                                               {}};
inline const MetricDeclaration kLogAppended{
    "gamemetrics_log_appended_events_total", Kind::counter, "Events made durable, by topic.", {"topic"}, {}};
inline const MetricDeclaration kLogCommitDuration{
    "gamemetrics_log_commit_duration_seconds",
    Kind::histogram,
    "Time of one group commit: write and fdatasync.",
    {},
    {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}};
inline const MetricDeclaration kLogBytes{
    "gamemetrics_log_bytes", Kind::gauge, "Bytes the log holds on disk, by topic.", {"topic"}, {}};
inline const MetricDeclaration kProcessorEvents{
    "gamemetrics_processor_events_total", Kind::counter, "Events applied to the analytics store.", {}, {}};
inline const MetricDeclaration kProcessorDuplicates{"gamemetrics_processor_duplicates_total",
                                                    Kind::counter,
                                                    "Events left out because their id was counted before.",
                                                    {},
                                                    {}};
inline const MetricDeclaration kProcessorDlq{"gamemetrics_processor_dlq_events_total",
                                             Kind::counter,
                                             "Rejected events made visible in the analytics store, by reason.",
                                             {"reason"},
                                             {}};
inline const MetricDeclaration kProcessorLag{
    "gamemetrics_processor_lag_events", Kind::gauge, "Durable events not yet applied.", {"topic"}, {}};
inline const MetricDeclaration kProcessorLastCommit{"gamemetrics_processor_last_commit_timestamp_seconds",
                                                    Kind::gauge,
                                                    "Unix time of the last micro-batch applied.",
                                                    {"topic"},
                                                    {}};
inline const MetricDeclaration kProcessorApplyDuration{"gamemetrics_processor_apply_duration_seconds",
                                                       Kind::histogram,
                                                       "Time to apply one micro-batch.",
                                                       {},
                                                       kLatencyBuckets};
inline const MetricDeclaration kProcessorErrors{"gamemetrics_processor_sink_errors_total",
                                                Kind::counter,
                                                "Micro-batches that the store refused; they are tried again.",
                                                {"sink"},
                                                {}};
inline const MetricDeclaration kProcessorForeignCurrency{
    "gamemetrics_processor_foreign_currency_events_total",
    Kind::counter,
    "Events with money in another currency that no rate converts: stored, told beside revenue, but not part of it.",
    {},
    {}};
inline const MetricDeclaration kProcessorSessionsJoined{
    "gamemetrics_processor_sessions_joined_total",
    Kind::counter,
    "Events that joined a session by time because their player had processor.sessions_per_player_max of them.",
    {},
    {}};
inline const MetricDeclaration kProcessorLinks{
    "gamemetrics_processor_links_total",
    Kind::counter,
    "Claims that two ids are one player, by what came of them: joined, same_player, or why they were not believed.",
    {"outcome"},
    {}};
inline const MetricDeclaration kProcessorSchemaOverflow{"gamemetrics_processor_schema_overflow_total",
                                                        Kind::counter,
                                                        "Event names and properties that the schema registry did not "
                                                        "learn; the events are counted and stored all the same.",
                                                        {"reason"},
                                                        {}};
inline const MetricDeclaration kProcessorLogGap{"gamemetrics_processor_log_gap_events_total",
                                                Kind::counter,
                                                "Events that had left the log before they were applied.",
                                                {"topic"},
                                                {}};
inline const MetricDeclaration kProcessorCompactionDuration{"gamemetrics_processor_compaction_duration_seconds",
                                                            Kind::histogram,
                                                            "Time to merge the store's deltas.",
                                                            {},
                                                            kLatencyBuckets};
inline const MetricDeclaration kEventToQuery{"gamemetrics_event_to_query_latency_seconds",
                                             Kind::histogram,
                                             "Time from receipt of an event until queries see it.",
                                             {},
                                             kFreshnessBuckets};
inline const MetricDeclaration kQueryTotal{"gamemetrics_query_total", Kind::counter, "Queries by kind.", {"kind"}, {}};
inline const MetricDeclaration kQueryErrors{"gamemetrics_query_errors_total",
                                            Kind::counter,
                                            "Queries that failed: user (the request was wrong), timeout, internal.",
                                            {"kind"},
                                            {}};
inline const MetricDeclaration kQueryDuration{"gamemetrics_query_duration_seconds",
                                              Kind::histogram,
                                              "Time of one query in the store.",
                                              {"kind"},
                                              kLatencyBuckets};
inline const MetricDeclaration kLiveStreams{"gamemetrics_live_streams", Kind::gauge, "Open live feeds.", {}, {}};
inline const MetricDeclaration kLiveDropped{
    "gamemetrics_live_dropped_total",
    Kind::counter,
    "What the live view left out, by reason: too_old, players_full, properties_too_long, stream_closed_or_slow.",
    {"reason"},
    {}};
inline const MetricDeclaration kAuthFailures{
    "gamemetrics_auth_failures_total",
    Kind::counter,
    "Requests with a missing, unknown, revoked or wrong kind of key, or from a web page that may not use it.",
    {"reason"},
    {}};

// In the order of declaration.
const std::vector<const MetricDeclaration*>& catalog();

}  // namespace gm::telemetry
