// The table of all settings. docs/reference/configuration.md is generated from it.

#include <limits>

#include "lib/config/settings.h"

namespace gm::config {
namespace {

constexpr int64_t kKiB = 1024;
constexpr int64_t kMiB = 1024 * kKiB;
constexpr int64_t kGiB = 1024 * kMiB;
constexpr int64_t kSecond = 1000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

using T = SettingType;

}  // namespace

const std::vector<SettingDeclaration>& declarations() {
  static const std::vector<SettingDeclaration> table = {
      {"backup.keep", T::duration, "30d", kHour, 30 * kDay, false,
       "How long `backup create` keeps older backups in its folder. A month at most, for a backup still holds whoever "
       "was erased after it.",
       "14d"},
      {"behavior.directory", T::path, "behavior", 0, 0, false,
       "Where the behaviour index lies; a relative path is one inside data_dir. It is derived: without it, it is made "
       "again from the analytics store.",
       "/fast-disk/gamemetrics-behavior"},
      {"behavior.enabled", T::boolean, "true", 0, 0, false,
       "Keep the behaviour index, which answers funnels, retention and counts of any event faster than SQL; without it "
       "SQL answers everything.",
       "false"},
      {"behavior.memory_max", T::bytes, "128MiB", 16 * kMiB, 64 * kGiB, false,
       "Memory for events that the behaviour index has not written to its files; past it they are given up and read "
       "from "
       "the store again.",
       "256MiB"},
      {"behavior.run_events", T::integer, "500000", 1000, 100'000'000, false,
       "Events that the behaviour index gathers in memory before it writes them to a file.", "1000000"},
      {"data_dir", T::path, "./gamemetrics-data", 0, 0, false,
       "The one directory that holds everything the process keeps.", "/var/lib/gamemetrics"},
      {"export.bytes_max", T::bytes, "4GiB", kKiB, 1024 * kGiB, false,
       "Length of one streamed answer (CSV, NDJSON, Parquet); a longer one is broken off.", "16GiB"},
      {"export.concurrent_max", T::integer, "2", 1, 1000, false,
       "Streamed answers of one project at once; more get 429.", "4"},
      {"export.concurrent_total_max", T::integer, "4", 1, 1000, false,
       "Streamed answers at once, of all projects; more get 429. Each has a thread, and reads the store as of its "
       "beginning, which holds back what the store could give free meanwhile.",
       "8"},
      {"export.memory_max", T::bytes, "128MiB", 16 * kMiB, 1024 * kGiB, false, "Memory for writing one Parquet file.",
       "512MiB"},
      {"export.rows_max", T::integer, "10000000", 1, 10'000'000'000, false,
       "Rows of one streamed answer; a longer one is broken off.", "100000000"},
      {"export.timeout", T::duration, "10m", 10, kDay, false,
       "A streamed answer is broken off after this, a slow reader's time included.", "1h"},
      {"graphql.aliases_max", T::integer, "30", 0, 10'000, false,
       "Aliases in one GraphQL operation, as often as their fragments are spread.", "100"},
      {"graphql.cost_max", T::integer, "10000", 1, 1'000'000'000, false,
       "Cost of one GraphQL operation, known before it runs: the weights of its fields times the items of the lists "
       "around them (schemas/analytics.graphql). Every response states the cost in extensions.cost.",
       "50000"},
      {"graphql.depth_max", T::integer, "10", 1, 100, false,
       "Fields inside each other in one GraphQL operation; introspection is bounded by a rule of its own.", "8"},
      {"graphql.graphiql", T::boolean, "true", 0, 0, false,
       "Serve GraphiQL, the page to try the GraphQL API out, at /graphiql/. It needs graphql.introspection.", "false"},
      {"graphql.introspection", T::boolean, "true", 0, 0, false,
       "Answer __schema and __type. The schema is public anyway: schemas/analytics.graphql.", "false"},
      {"graphql.origins", T::text, "", 0, 0, false,
       "Origins of other web pages that may subscribe, separated by commas. Pages of this server may, and what is no "
       "web page.",
       "https://tools.studio.example, https://*.studio.example"},
      {"graphql.persisted_bytes_max", T::bytes, "8MiB", 0, kGiB, false,
       "Documents that clients have registered by their hash (automatic persisted queries), all projects together; "
       "those "
       "not used for longest are forgotten, and their clients send them again.",
       "64MiB"},
      {"graphql.persisted_directory", T::path, "", 0, 0, false,
       "Directory with declared documents: a file \"<project id>.json\" each, an object of SHA-256 hashes and "
       "documents. "
       "Read at the start.",
       "/etc/gamemetrics/documents"},
      {"graphql.persisted_only", T::boolean, "false", 0, 0, false,
       "Run no other documents than those of graphql.persisted_directory.", "true"},
      {"graphql.response_bytes_max", T::bytes, "16MiB", kKiB, kGiB, false,
       "Data of one GraphQL response; fields beyond it are null, with an error.", "64MiB"},
      {"graphql.root_fields_max", T::integer, "20", 1, 10'000, false, "Root fields of one GraphQL operation.", "5"},
      {"graphql.socket_init_timeout", T::duration, "10s", 100, kHour, false,
       "How long a WebSocket may be open before its client says connection_init.", "3s"},
      {"graphql.socket_message_bytes_max", T::bytes, "64KiB", kKiB, 16 * kMiB, false,
       "One message that comes over a WebSocket; a longer one closes it.", "256KiB"},
      {"graphql.socket_operations_max", T::integer, "50", 1, 100'000, false,
       "Subscriptions and queries of one WebSocket that have not ended; more are refused.", "10"},
      {"graphql.socket_ping_interval", T::duration, "30s", 10, kHour, false,
       "How long a WebSocket may be silent before it is sent a ping; as long again without an answer closes it.",
       "10s"},
      {"graphql.sockets_max", T::integer, "2000", 0, 1'000'000, false,
       "WebSockets open at once, of all keys; more are refused. Each is one of http.connections_max.", "500"},
      {"graphql.sockets_per_key_max", T::integer, "200", 0, 1'000'000, false,
       "WebSockets that one key may have open at once.", "20"},
      {"graphql.subscription_interval", T::duration, "250ms", 10, kHour, false,
       "How often a subscription to live events is sent those that have come.", "1s"},
      {"graphql.subscription_queue_bytes_max", T::bytes, "1MiB", kKiB, kGiB, false,
       "Live events that may wait for one subscriber; those that come beyond it are left out, and he is told how many.",
       "4MiB"},
      {"graphql.subscription_threads", T::integer, "2", 1, 256, false,
       "Threads that make the responses of subscriptions.", "4"},
      {"graphql.subscriptions_max", T::integer, "500", 0, 1'000'000, false,
       "Subscriptions open at once, of all keys; more are refused.", "2000"},
      {"graphql.subscriptions_per_key_max", T::integer, "50", 0, 1'000'000, false,
       "Subscriptions that one key may have open at once.", "10"},
      {"graphql.tokens_max", T::integer, "2000", 10, 1'000'000, false,
       "Names, values and punctuation marks in one GraphQL document.", "5000"},
      {"http.address", T::text, "127.0.0.1:8080", 0, 0, false,
       "Where SDKs, the API and the dashboard are served, as host:port. Port 0 takes a free one.", "0.0.0.0:8080"},
      {"http.body_bytes_max", T::bytes, "1MiB", kKiB, 256 * kMiB, false,
       "Request body of routes that do not receive events.", "1MiB"},
      {"http.body_rate_min", T::bytes, "16KiB", 1, kGiB, false,
       "Bytes a second that a request body has to bring, after a head start of http.body_timeout; a slower one is "
       "answered 408.",
       "4KiB"},
      {"http.body_timeout", T::duration, "10s", 100, kHour, false,
       "A body that makes no progress for this long ends the connection with 408; a client that takes nothing of its "
       "answer for this long is disconnected.",
       "10s"},
      {"http.connections_max", T::integer, "10000", 1, 1'000'000, false,
       "Connections beyond this are closed at once and counted.", "10000"},
      {"http.header_bytes_max", T::bytes, "8KiB", 1024, kMiB, false, "Request line and headers together.", "16KiB"},
      {"http.header_timeout", T::duration, "5s", 100, kHour, false,
       "A request whose headers are not complete after this is answered 408; a TLS handshake that takes longer ends "
       "the "
       "connection.",
       "5s"},
      {"http.idle_timeout", T::duration, "75s", 100, kDay, false,
       "A kept-alive connection without a request is closed after this.", "75s"},
      {"http.shutdown_timeout", T::duration, "10s", 0, kHour, false, "How long a stopping server lets requests finish.",
       "30s"},
      {"http.stream_queue_bytes_max", T::bytes, "1MiB", 4 * kKiB, 256 * kMiB, false,
       "What may wait to be sent on one server-sent event stream; a slower reader is disconnected.", "4MiB"},
      {"http.threads", T::integer, "0", 0, 256, false, "Network threads; 0 means one per processor.", "2"},
      {"http.tls.certificate", T::path, "", 0, 0, false,
       "Serve http.address over TLS with this certificate: a PEM file, the server's own certificate first, then those "
       "that lead to its authority. Read again when it changes. Empty: plain HTTP.",
       "/etc/gamemetrics/tls/fullchain.pem"},
      {"http.tls.key", T::path, "", 0, 0, false,
       "The private key of http.tls.certificate: a PEM file without a passphrase.", "/etc/gamemetrics/tls/key.pem"},
      {"http.trusted_proxies", T::text, "", 0, 0, false,
       "Networks of proxies in front of this server, separated by commas: what they say in X-Forwarded-For is where a "
       "request comes from. Empty: the other end of the connection is.",
       "10.0.0.0/8, 2001:db8::/32"},
      {"http.worker_queue_max", T::integer, "256", 1, 100'000, false,
       "Requests that may wait for a worker thread; more are answered 503.", "256"},
      {"http.worker_threads", T::integer, "4", 1, 256, false, "Threads for requests that read the analytics store.",
       "8"},
      {"ingest.batch_events_max", T::integer, "1000", 1, 100'000, false, "Events in one request.", "1000"},
      {"ingest.body_bytes_max", T::bytes, "2MiB", kKiB, 256 * kMiB, false, "Request body as sent, compressed or not.",
       "2MiB"},
      {"ingest.client_revenue", T::text, "count", 0, 0, false,
       "Money in events that were not sent with a server key: count, or ignore (such an event stays, but its money is "
       "no "
       "revenue, and its sender is told so with the warning revenue_not_validated).",
       "ignore"},
      {"ingest.decompressed_bytes_max", T::bytes, "20MiB", kKiB, kGiB, false, "Request body after decompression.",
       "20MiB"},
      {"ingest.decompression_ratio_max", T::integer, "100", 1, 10'000, false,
       "Decompressed size over compressed size; more is treated as an attack.", "100"},
      {"ingest.depth_max", T::integer, "32", 2, 256, false, "Nesting of an event's JSON.", "32"},
      {"ingest.event_age_max", T::duration, "3650d", kDay, std::numeric_limits<int64_t>::max(), false,
       "Events that happened longer ago are refused with event_time_too_old.", "365d"},
      {"ingest.event_bytes_max", T::bytes, "512KiB", kKiB, kMiB - 64 * kKiB, false, "One event as sent.", "64KiB"},
      {"ingest.future_max", T::duration, "1h", 0, 30 * kDay, false,
       "An event further in the future than this is counted at its time of receipt, with the warning "
       "event_time_in_future.",
       "1h"},
      {"ingest.in_flight_bytes_max", T::bytes, "64MiB", kMiB, 64 * kGiB, false,
       "Bytes of request bodies that have arrived but are not yet durable; a request that does not fit gets 503, "
       "before "
       "its body is read if its length tells.",
       "256MiB"},
      {"ingest.ip", T::text, "drop", 0, 0, false,
       "What is stored of players' addresses, as the property $ip: drop (nothing), truncate (the network: /24, of IPv6 "
       "/48) or keep.",
       "truncate"},
      {"ingest.key_burst", T::duration, "2s", 1, kHour, false,
       "How much of a key's rates may come at once: a burst of so much time's worth.", "5s"},
      {"ingest.key_bytes_per_second", T::bytes, "256MiB", 0, 64 * kGiB, false,
       "Bytes of bodies as sent that one key may send a second; more are answered 429 with Retry-After. 0: no limit.",
       "20MiB"},
      {"ingest.key_events_per_second", T::integer, "500000", 0, 1'000'000'000, false,
       "Events that one key may send a second; a request beyond it is answered 429 and nothing of it is stored. 0: no "
       "limit.",
       "50000"},
      {"ingest.key_requests_per_second", T::integer, "10000", 0, 100'000'000, false,
       "Requests that one key may send a second; more are answered 429 with Retry-After. 0: no limit.", "1000"},
      {"ingest.properties_max", T::integer, "512", 1, 10'000, false, "Properties of one event, at any depth.", "512"},
      {"ingest.refused_player_ids", T::text,
       "0, 00000000-0000-0000-0000-000000000000, [object object], anonymous, anonymous-user, backend, distinct_id, "
       "distinctid, email, false, guest, id, nan, none, not_authenticated, null, system, true, undefined, user",
       0, 0, false,
       "Player ids that stand for nobody, separated by commas, in any case of letters: events of theirs are refused "
       "with player_id_refused and kept, and links to them join nobody. Empty: none.",
       "null, undefined, test-player"},
      {"ingest.rejected_raw_bytes_max", T::bytes, "16KiB", 256, kMiB, false,
       "How much of a refused event's bytes is kept.", "16KiB"},
      {"ingest.skew_tolerance", T::duration, "60s", 0, kDay, false,
       "Clock differences between sender and server up to this are left alone; beyond it one correction is applied to "
       "the whole request.",
       "60s"},
      {"internal.address", T::text, "127.0.0.1:9464", 0, 0, false,
       "Where probes and /metrics are served, as host:port. Port 0 takes a free one.", "0.0.0.0:9464"},
      {"live.keep_alive", T::duration, "15s", 1, kHour, false,
       "An open live feed that hears nothing gets a comment line this often, which also finds out that its client has "
       "gone.",
       "30s"},
      {"live.players_max", T::integer, "1000000", 1, 100'000'000, false,
       "Players counted as online at once, per project; more are left out of the live numbers and counted as dropped.",
       "200000"},
      {"live.properties_bytes_max", T::bytes, "16KiB", 2, kMiB, false,
       "Properties of an event longer than this are left out of the live feed.", "4KiB"},
      {"live.streams_max", T::integer, "200", 1, 100'000, false, "Live feeds open at once; more get 503.", "1000"},
      {"log.disk_free_min", T::bytes, "256MiB", 0, 1024 * kGiB, false,
       "With less free disk than this the log refuses appends (gm-log-full) until space returns.", "2GiB"},
      {"log.queue_bytes_max", T::bytes, "64MiB", kMiB, 64 * kGiB, false,
       "Appends waiting for the disk; more are refused with gm-log-full.", "128MiB"},
      {"log.retention", T::duration, "7d", 0, 3650 * kDay, false,
       "How long applied segments are kept in the log before they move to <data_dir>/objects/log. There they stay "
       "until "
       "somebody removes them: `gamemetrics rebuild` needs them.",
       "30d"},
      {"log.segment_age", T::duration, "1d", kMinute, 365 * kDay, false,
       "A segment file is closed when its first frame is this old, so that a quiet log can forget too.", "1h"},
      {"log.segment_bytes", T::bytes, "128MiB", 64 * kKiB, 4 * kGiB, false, "A segment file is closed at this size.",
       "256MiB"},
      {"logging.format", T::text, "json", 0, 0, false, "json (one object a line) or text.", "text"},
      {"logging.level", T::text, "info", 0, 0, false, "debug, info, warn or error.", "debug"},
      {"privacy.batch_wait", T::duration, "2s", 0, kHour, false,
       "How long an erasure waits for others that may come with it: log and store are written anew once for all of "
       "them.",
       "10m"},
      {"privacy.due_after", T::duration, "30d", kDay, 365 * kDay, false,
       "Until when a privacy request has to be done, counted from its receipt. The law gives a month.", "14d"},
      {"processor.batch_bytes_max", T::bytes, "32MiB", kMiB, 4 * kGiB, false,
       "Bytes of log records in one micro-batch; bounds the processor's memory when events are large.", "64MiB"},
      {"processor.batch_events_max", T::integer, "50000", 1, 10'000'000, false, "Events in one micro-batch.", "100000"},
      {"processor.compaction_rows", T::integer, "1000000", 1000, 1'000'000'000, false,
       "After this many changes of rollups, sessions and players the store merges them.", "500000"},
      {"processor.dedupe_memory", T::bytes, "64MiB", kMiB, 64 * kGiB, false,
       "Memory of the filter that finds repeated event ids; a smaller one asks the store more often.", "256MiB"},
      {"processor.dedupe_window", T::duration, "7d", kHour, 365 * kDay, false,
       "A repeated event id is recognised for this long after its first receipt.", "14d"},
      {"processor.ids_per_player_max", T::integer, "200", 2, 10'000, false,
       "Ids that may be joined into one player; a link that would make it more is refused (too_many_ids): such an id "
       "is "
       "shared by many.",
       "1000"},
      {"processor.interval", T::duration, "200ms", 1, kHour, false,
       "The longest an event waits before its micro-batch is applied.", "1s"},
      {"processor.late_after", T::duration, "1h", 0, 30 * kDay, false,
       "An event received this long after it happened counts as late.", "1h"},
      {"processor.late_window", T::duration, "7d", 0, 365 * kDay, false,
       "Days younger than this may still change and are marked provisional.", "7d"},
      {"processor.players_cached_max", T::integer, "200000", 1, 100'000'000, false,
       "Players whose state is held in memory; others are read from the store when they show up.", "1000000"},
      {"processor.session_gap", T::duration, "30m", kSecond, kDay, false,
       "Silence that ends a session which the SDK does not name itself.", "30m"},
      {"processor.session_named_gap", T::duration, "24h", kMinute, 365 * kDay, false,
       "Silence after which a session id that the SDK names again counts as a new session, so that a constant id does "
       "not become one endless session.",
       "48h"},
      {"processor.sessions_per_player_max", T::integer, "1000", 10, 1'000'000, false,
       "Sessions of one player that are held at once; an event that would open one more, although it names a session "
       "of "
       "its own, joins by time as an event without a session id does.",
       "10000"},
      {"processor.stalled_after", T::duration, "1m", kSecond, kDay, false,
       "The server says that it is not ready when events have waited this long and none of them was applied.", "5m"},
      {"project.currency", T::text, "USD", 0, 0, false, "Reporting currency of the project that a first start creates.",
       "EUR"},
      {"project.name", T::text, "My game", 0, 0, false, "Name of the project that a first start creates.",
       "Space Miner"},
      {"project.time_zone", T::text, "UTC", 0, 0, false,
       "Reporting time zone of the project that a first start creates (IANA name).", "Europe/Berlin"},
      {"query.activity_memory", T::bytes, "256MiB", 0, 1024 * kGiB, false,
       "Memory for the days' active players, which answers weekly and monthly players; with less, days are read again "
       "more often.",
       "1GiB"},
      {"query.cache_bytes_max", T::bytes, "64MiB", 0, 1024 * kGiB, false,
       "Memory for answers that are kept while nothing of their project changes; 0 keeps none.", "256MiB"},
      {"query.range_days_max", T::integer, "731", 1, 36'600, false, "Days one query may ask for.", "1096"},
      {"query.rows_max", T::integer, "100000", 1, 10'000'000, false, "Rows one query may answer with.", "100000"},
      {"query.timeout", T::duration, "10s", 10, kHour, false, "A query is stopped after this.", "30s"},
      {"query.use_index", T::boolean, "true", 0, 0, false,
       "Let the behaviour index answer the questions that it can; off, SQL answers all of them, with the same numbers.",
       "false"},
      {"schema.declarations_max", T::integer, "10000", 1, 1'000'000, false,
       "Properties of one project whose types are declared or frozen.", "50000"},
      {"schema.event_names_max", T::integer, "2000", 1, 1'000'000, false,
       "Names of events of one project whose properties are learned.", "5000"},
      {"schema.name_bytes_max", T::bytes, "200", 1, 64 * kKiB, false,
       "Length of a property's name; longer ones are not learned.", "100"},
      {"schema.project_properties_max", T::integer, "50000", 1, 10'000'000, false,
       "Properties that are learned of one project, those of all events together. Each takes about 200 bytes of memory "
       "and of each type one row in the store.",
       "200000"},
      {"schema.properties_max", T::integer, "500", 1, 100'000, false,
       "Properties that are learned of one event's name.", "100"},
      {"schema.sample_bytes_max", T::bytes, "100", 0, 64 * kKiB, false,
       "How much of the first value of each type is kept as a sample; 0 keeps none.", "0"},
      {"sql.answer_bytes_max", T::bytes, "32MiB", kKiB, kGiB, false,
       "Length of one JSON answer to a caller's own SQL; longer ones are exported (export.*).", "64MiB"},
      {"sql.concurrent_max", T::integer, "2", 1, 1000, false,
       "Statements of one project's own SQL that run at once; more get 429.", "4"},
      {"sql.concurrent_total_max", T::integer, "3", 1, 1000, false,
       "Statements of callers' own SQL that run at once, of all projects; more get 429. Each holds one of "
       "http.worker_threads, so fewer than those.",
       "6"},
      {"sql.enabled", T::boolean, "true", 0, 0, false, "Answer the SQL of project keys (POST /api/v1/sql).", "false"},
      {"sql.memory_max", T::bytes, "256MiB", 16 * kMiB, 1024 * kGiB, false,
       "Memory one statement of a caller's own SQL may group, join and sort in. Reading the tables counts to "
       "store.memory_max.",
       "1GiB"},
      {"sql.rows_max", T::integer, "100000", 1, 100'000'000, false,
       "Rows one JSON answer to a caller's own SQL may have; longer ones are exported (export.*).", "1000000"},
      {"sql.text_bytes_max", T::bytes, "16KiB", 64, kMiB, false, "Length of one statement of a caller's own SQL.",
       "32KiB"},
      {"sql.timeout", T::duration, "10s", 10, kHour, false, "A statement of a caller's own SQL is stopped after this.",
       "60s"},
      {"store.memory_max", T::bytes, "1GiB", 64 * kMiB, 1024 * kGiB, false,
       "Memory the embedded analytics store may use.", "4GiB"},
      {"store.threads", T::integer, "0", 0, 256, false,
       "Threads of the embedded analytics store; 0 means one per processor.", "2"},
      {"ui.dir", T::path, "", 0, 0, false,
       "Serve the dashboard from this directory instead of the one inside the binary (for developers of the "
       "dashboard).",
       "web/dashboard/dist"},
  };
  return table;
}

}  // namespace gm::config
