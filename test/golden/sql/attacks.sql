-- What must not work, and what must show own rows only. A line that begins with "--!" says what becomes of the statement below it, which goes on to
-- the next such line: an error code, or "own" (answered, with rows of the project that asks alone) or "any" (answered or failed, but never more than that).
-- The second wall is shown every statement that is not "costly", whatever the first one says of it.
--! gm-sql-malformed
--! gm-sql-malformed
;
--! gm-sql-malformed
SELECT FROM
--! gm-sql-malformed
SELECT * FROM events WHERE
--! gm-sql-malformed
-- only a comment
--! gm-sql-malformed
/* not closed
--! gm-sql-malformed
SELECT 'not closed
--! gm-sql-refused
SELECT 1; SELECT 2
--! gm-sql-refused
SELECT 1; DROP TABLE events
--! gm-sql-refused
SELECT 1/**/;/**/SELECT player_id FROM players
--! gm-sql-refused
DROP VIEW events
--! gm-sql-refused
DELETE FROM events
--! gm-sql-refused
UPDATE events SET event = 'stolen'
--! gm-sql-refused
INSERT INTO events VALUES (1)
--! gm-sql-refused
CREATE TABLE t AS SELECT * FROM events
--! gm-sql-refused
CREATE TEMP TABLE t AS SELECT 1
--! gm-sql-refused
CREATE OR REPLACE VIEW events AS SELECT 1
--! gm-sql-refused
CREATE MACRO m(x) AS x
--! gm-sql-refused
CREATE MACRO m() AS TABLE SELECT * FROM duckdb_tables()
--! gm-sql-refused
CREATE FUNCTION f(a) AS a + 1
--! gm-sql-refused
CREATE SECRET s (TYPE s3)
--! gm-sql-refused
ATTACH 'store/analytics.duckdb' AS store
--! gm-sql-refused
ATTACH ':memory:' AS other
--! gm-sql-refused
DETACH memory
--! gm-sql-refused
USE memory
--! gm-sql-refused
COPY events TO '/tmp/stolen.csv'
--! gm-sql-refused
COPY (SELECT 1) TO '/dev/stdout'
--! gm-sql-refused
EXPORT DATABASE '/tmp/stolen'
--! gm-sql-refused
IMPORT DATABASE '/tmp/stolen'
--! gm-sql-refused
INSTALL httpfs
--! gm-sql-refused
LOAD httpfs
--! gm-sql-refused
SET lock_configuration = false
--! gm-sql-refused
SET memory_limit = '100GB'
--! gm-sql-refused
RESET memory_limit
--! gm-sql-refused
PRAGMA database_list
--! gm-sql-refused
PRAGMA enable_external_access
--! gm-sql-refused
PRAGMA memory_limit='10GB'
--! gm-sql-refused
CALL pragma_version()
--! gm-sql-refused
CALL duckdb_settings()
--! gm-sql-refused
PREPARE p AS SELECT * FROM events
--! gm-sql-refused
EXECUTE p
--! gm-sql-refused
DEALLOCATE p
--! gm-sql-refused
EXPLAIN SELECT * FROM events
--! gm-sql-refused
EXPLAIN ANALYZE SELECT * FROM events
--! gm-sql-refused
DESCRIBE events
--! gm-sql-refused
SUMMARIZE events
--! gm-sql-refused
SHOW TABLES
--! gm-sql-refused
SHOW ALL TABLES
--! gm-sql-refused
SHOW DATABASES
--! gm-sql-refused
BEGIN TRANSACTION
--! gm-sql-refused
CHECKPOINT
--! gm-sql-refused
VACUUM
--! gm-sql-refused
PIVOT events ON event USING count(*)
--! gm-sql-refused
SELECT * FROM main.events
--! gm-sql-refused
SELECT * FROM memory.main.events
--! gm-sql-refused
SELECT * FROM store.main.events
--! gm-sql-refused
SELECT * FROM analytics.main.events
--! gm-sql-refused
SELECT * FROM "analytics"."main"."events"
--! gm-sql-refused
SELECT * FROM analytics.events
--! gm-sql-refused
SELECT * FROM temp.events
--! gm-sql-refused
SELECT * FROM system.main.duckdb_tables
--! gm-sql-refused
SELECT * FROM day_totals
--! gm-sql-refused
SELECT * FROM cohort_days
--! gm-sql-refused
SELECT * FROM log_positions
--! gm-sql-refused
SELECT * FROM schema_version
--! gm-sql-refused
SELECT * FROM projects
--! gm-sql-refused
SELECT * FROM keys
--! gm-sql-refused
SELECT * FROM "main.events"
--! gm-sql-refused
SELECT * FROM "events "
--! gm-sql-refused
SELECT * FROM "еvents"
--! gm-sql-refused
SELECT * FROM information_schema.tables
--! gm-sql-refused
SELECT * FROM information_schema.columns
--! gm-sql-refused
SELECT * FROM pg_catalog.pg_class
--! gm-sql-refused
SELECT * FROM pg_class
--! gm-sql-refused
SELECT * FROM PG_TABLES
--! gm-sql-refused
SELECT * FROM sqlite_master
--! gm-sql-refused
SELECT * FROM "SQLITE_MASTER"
--! gm-sql-refused
SELECT * FROM duckdb_tables
--! gm-sql-refused
SELECT * FROM duckdb_tables()
--! gm-sql-refused
SELECT * FROM duckdb_views()
--! gm-sql-refused
SELECT * FROM duckdb_columns()
--! gm-sql-refused
SELECT * FROM duckdb_databases()
--! gm-sql-refused
SELECT * FROM duckdb_settings()
--! gm-sql-refused
SELECT * FROM duckdb_functions()
--! gm-sql-refused
SELECT * FROM duckdb_extensions()
--! gm-sql-refused
SELECT * FROM duckdb_secrets()
--! gm-sql-refused
SELECT * FROM duckdb_memory()
--! gm-sql-refused
SELECT * FROM duckdb_logs()
--! gm-sql-refused
SELECT * FROM duckdb_temporary_files()
--! gm-sql-refused
SELECT * FROM pragma_storage_info('events')
--! gm-sql-refused
SELECT * FROM pragma_table_info('events')
--! gm-sql-refused
SELECT * FROM pragma_database_size()
--! gm-sql-refused
SELECT * FROM pragma_show('events')
--! gm-sql-refused
SELECT * FROM gm_rows(0)
--! gm-sql-refused
SELECT * FROM gm_rows(-1)
--! gm-sql-refused
SELECT * FROM gm_rows(4294967296)
--! gm-sql-refused
SELECT * FROM "GM_ROWS"(99)
--! gm-sql-refused
SELECT * FROM read_csv('/etc/passwd')
--! gm-sql-refused
SELECT * FROM read_csv_auto('/etc/passwd', sep=':')
--! gm-sql-refused
SELECT * FROM read_text('/etc/passwd')
--! gm-sql-refused
SELECT * FROM read_blob('/proc/self/environ')
--! gm-sql-refused
SELECT * FROM read_json('/etc/passwd')
--! gm-sql-refused
SELECT * FROM read_parquet('s3://bucket/key')
--! gm-sql-refused
SELECT * FROM parquet_metadata('x.parquet')
--! gm-sql-refused
SELECT * FROM sniff_csv('/etc/passwd')
--! gm-sql-refused
SELECT * FROM glob('/*')
--! gm-sql-refused
SELECT * FROM '/etc/passwd'
--! gm-sql-refused
SELECT * FROM '/etc/passwd.csv'
--! gm-sql-refused
SELECT * FROM "store/analytics.duckdb"
--! gm-sql-refused
SELECT * FROM 'http://127.0.0.1:9464/metrics.csv'
--! gm-sql-refused
SELECT * FROM query('SELECT * FROM duckdb_tables()')
--! gm-sql-refused
SELECT * FROM query_table('duckdb_tables')
--! gm-sql-refused
SELECT * FROM query_table(['events', 'players'])
--! gm-sql-refused
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM duckdb_tables()'))
--! gm-sql-refused
SELECT json_serialize_sql('SELECT 1')
--! gm-sql-refused
SELECT json_serialize_plan('SELECT * FROM events')
--! gm-sql-refused
SELECT * FROM arrow_scan(1, 2, 3)
--! gm-sql-refused
SELECT * FROM seq_scan()
--! gm-sql-refused costly
SELECT * FROM repeat('x', 1000000000)
--! gm-sql-refused
SELECT * FROM checkpoint('memory')
--! gm-sql-refused
SELECT * FROM force_checkpoint()
--! gm-sql-refused
SELECT * FROM test_all_types()
--! gm-sql-refused
SELECT * FROM unnest([1, 2, 3])
--! gm-sql-refused costly
SELECT unnest(range(1000000000))
--! gm-sql-refused
SELECT getenv('HOME')
--! gm-sql-refused
SELECT getvariable('x')
--! gm-sql-refused
SELECT current_setting('memory_limit')
--! gm-sql-refused
SELECT set_config('memory_limit', '10GB', false)
--! gm-sql-refused
SELECT version()
--! gm-sql-refused
SELECT current_user
--! gm-sql-refused
SELECT CURRENT_SCHEMA
--! gm-sql-refused
SELECT current_database()
--! gm-sql-refused
SELECT current_query()
--! gm-sql-refused
SELECT txid_current()
--! gm-sql-refused
SELECT in_search_path('memory', 'main')
--! gm-sql-refused
SELECT pg_get_viewdef(1)
--! gm-sql-refused
SELECT nextval('s')
--! gm-sql-refused
SELECT error('stolen')
--! gm-sql-refused
SELECT read_text('/etc/passwd')
--! gm-sql-refused
SELECT main.lower('A')
--! gm-sql-refused
SELECT system.main.lower('A')
--! gm-sql-refused
SELECT write_log('x')
--! gm-sql-refused costly
SELECT sleep_ms(100000)
--! gm-sql-refused costly
SELECT repeat('x', 1000000000)
--! gm-sql-refused costly
SELECT lpad('x', 1000000000, 'y')
--! gm-sql-refused costly
SELECT printf('%1000000000d', 1)
--! gm-sql-refused costly
SELECT format('{:>1000000000}', 'x')
--! gm-sql-refused
SELECT replace('xxxxxxxx', 'x', 'yyyyyyyyyyyyyyyyyyyyy')
--! gm-sql-refused
SELECT regexp_replace('x', '.*', 'y', 'g')
--! gm-sql-refused
SELECT list(event) FROM events
--! gm-sql-refused
SELECT median(revenue) FROM events
--! gm-sql-refused
SELECT quantile_cont(revenue, 0.5) FROM events
--! gm-sql-refused
SELECT histogram(event) FROM events
--! gm-sql-refused
SELECT max(event, 1000000) FROM events
--! gm-sql-refused
SELECT list_transform([1], x -> x + 1)
--! gm-sql-refused
SELECT [x FOR x IN [1, 2, 3]]
--! gm-sql-refused
SELECT levenshtein(properties, properties) FROM events
--! gm-sql-refused
SELECT event::foo FROM events
--! gm-sql-refused
SELECT event::BLOB FROM events
--! gm-sql-refused
SELECT [1, 2]::INTEGER[]
--! gm-sql-refused
SELECT ? FROM events
--! gm-sql-refused
SELECT $1
--! gm-sql-refused
SELECT $name
--! gm-sql-refused
SELECT * FROM events LIMIT ?
--! gm-sql-refused
SELECT event COLLATE nocase FROM events
--! gm-sql-refused
SELECT * FROM events AT (VERSION => 1)
--! gm-sql-refused
SELECT * FROM events TABLESAMPLE 10%
--! gm-sql-refused
SELECT * FROM events USING SAMPLE 1
--! gm-sql-refused costly
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t
--! gm-sql-refused costly
WITH RECURSIVE t(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM t) SELECT max(length(s)) FROM t
--! gm-sql-refused costly
SELECT * FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT * FROM t)
--! gm-sql-refused
WITH a AS (SELECT * FROM pg_class), pg_class AS (SELECT 1) SELECT * FROM a
--! gm-sql-refused
WITH a AS (SELECT * FROM (WITH b AS (SELECT 1) SELECT * FROM b)) SELECT * FROM b
--! gm-sql-refused
SELECT (SELECT count(*) FROM duckdb_tables())
--! gm-sql-refused
SELECT 1 WHERE EXISTS (SELECT * FROM sqlite_master)
--! gm-sql-refused
SELECT * FROM events e, LATERAL (SELECT * FROM pg_class WHERE relname = e.event)
--! gm-sql-refused
SELECT 1 UNION ALL SELECT count(*) FROM pg_tables
--! gm-sql-refused
SELECT 1 ORDER BY (SELECT max(table_name) FROM information_schema.tables)
--! gm-sql-refused
SELECT 1 LIMIT (SELECT count(*) FROM duckdb_settings())
--! gm-sql-refused
SELECT count(*) FILTER (WHERE event IN (SELECT name FROM duckdb_settings())) FROM events
--! gm-sql-refused
SELECT sum(1) OVER (ORDER BY (SELECT count(*) FROM pg_class)) FROM events
--! gm-sql-refused
SELECT CASE WHEN true THEN (SELECT min(name) FROM duckdb_settings()) END
--! gm-sql-refused
SELECT * FROM events JOIN sqlite_master ON true
--! gm-sql-refused
SELECT * FROM events GROUP BY ALL HAVING (SELECT 1 FROM pg_class)
--! gm-sql-refused
SELECT * FROM events QUALIFY row_number() OVER (ORDER BY (SELECT 1 FROM pg_class)) = 1
--! gm-sql-refused
VALUES ((SELECT min(name) FROM duckdb_settings()))
--! gm-sql-refused
SELECT event FROM events GROUP BY CUBE (date, time, event, country, platform, device)
--! gm-sql-refused costly
SELECT * FROM events a, events b, events c, events d, events e, events f, events g, events h, events i, events j, events k, events l, events m, events n, events o, events p, events q
--! gm-sql-refused
WITH a AS (SELECT event s FROM events), b AS (SELECT s||s||s||s s FROM a), c AS (SELECT s||s||s||s s FROM b), d AS (SELECT s||s||s||s s FROM c) SELECT max(length(s)) FROM d
--! gm-sql-refused
SELECT concat(event, event, event, event, event, event, event, event, event) a, concat(a, a, a, a, a, a, a, a, a) b FROM events
--! gm-sql-failed
SELECT nothing FROM events
--! gm-sql-failed
SELECT project FROM events
--! gm-sql-failed
SELECT player FROM events
--! gm-sql-failed
SELECT rowid FROM events
--! gm-sql-failed
SELECT * FROM events WHERE project = 2
--! gm-sql-failed
SELECT event::INTEGER FROM events
--! gm-sql-failed
SELECT * FROM events e JOIN players p ON e.player = p.player
--! gm-sql-failed
SELECT regexp_matches(event, '(((a{1000}){1000}){1000})') FROM events
--! gm-sql-failed
SELECT regexp_matches(event, '(') FROM events
--! own
SELECT * FROM events
--! own
select/**/*/**/from/**/events--
--! own
SELECT * FROM EVENTS
--! own
SELECT * FROM "events" AS "pg_class"
--! own
FROM events
--! own
TABLE events
--! own
SELECT * FROM events WHERE true OR '1' = '1' --
--! own
SELECT * FROM events WHERE event = '' OR 1=1 -- ' AND project = 1
--! own
SELECT player_id FROM players UNION ALL SELECT player_id FROM events
--! own
SELECT build FROM events EXCEPT SELECT event FROM event_days
--! own
WITH events AS (SELECT * FROM players) SELECT * FROM events
--! own
WITH pg_class AS (SELECT event FROM events) SELECT * FROM pg_class
--! own
SELECT *, properties ->> 'note' AS note, properties -> '$."$set"' ->> 'guild' FROM events
--! own
SELECT json_extract_string(properties, '$.note') FROM events
--! own
SELECT e.event, p.player_id, s.session_id FROM events e LEFT JOIN players p USING (player_id) LEFT JOIN sessions s ON s.player_id = e.player_id
--! own
SELECT (SELECT max(raw) FROM rejected_events), (SELECT count(*) FROM player_days)
--! own
SELECT event, count(*), string_agg(DISTINCT player_id, ',' ORDER BY player_id) FROM events GROUP BY 1
--! own
SELECT max(properties), min(properties), any_value(device), arg_max(build, time) FROM events
--! own
SELECT *, row_number() OVER (PARTITION BY event ORDER BY time) FROM events QUALIFY 1 = 1
--! own
SELECT COLUMNS('.*') FROM rejected_events
--! own
SELECT * EXCLUDE (properties) REPLACE (upper(event) AS event) FROM events
--! own
SELECT DISTINCT ON (event) * FROM events ORDER BY ALL
--! own
SELECT * FROM events, LATERAL (SELECT count(*) FROM players p WHERE p.player_id = events.player_id) t(n)
--! own
SELECT * FROM events POSITIONAL JOIN players
--! own
SELECT * FROM events e ASOF JOIN sessions s ON e.player_id = s.player_id AND e.time >= s.started_at
--! own
SELECT #4 FROM events ORDER BY #1
--! any
SELECT 'infinity'::DATE, '-infinity'::TIMESTAMP, 'infinity'::TIMESTAMP_S, '5877642-06-25 (BC)'::DATE, DATE '5881580-07-10', to_timestamp(1e300)
--! any
SELECT events FROM events
--! any
SELECT count(*) FROM range(3) t(i), events
--! any
SELECT * FROM days d FULL JOIN event_days e ON true
--! any
SELECT ((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))
--! any
SELECT U&'\0065vents', e'\x65vents', $$events$$
--! any
SELECT 1e999, 9223372036854775808, 0x7fffffffffffffff, -1 // 0, 1 / 0, 'NaN'::DOUBLE
--! gm-sql-refused costly
WITH a0 AS (SELECT * FROM days), a1 AS (SELECT * FROM a0 x, a0 y), a2 AS (SELECT * FROM a1 x, a1 y), a3 AS (SELECT * FROM a2 x, a2 y), a4 AS (SELECT * FROM a3 x, a3 y), a5 AS (SELECT * FROM a4 x, a4 y) SELECT count(*) FROM a5
--! gm-sql-refused costly
WITH A0 AS (SELECT * FROM days), a1 AS (SELECT * FROM a0 x, A0 y), a2 AS (SELECT * FROM A1 x, a1 y), a3 AS (SELECT * FROM a2 x, a2 y), a4 AS (SELECT * FROM a3 x, a3 y), a5 AS (SELECT * FROM a4 x, a4 y) SELECT 1
--! gm-sql-refused costly
SELECT count(*) FROM (SELECT *, *, * FROM (SELECT *, *, * FROM (SELECT *, *, * FROM (SELECT *, *, * FROM days))))
--! gm-sql-refused costly
SELECT count(*) FROM (SELECT *, COLUMNS(*)::VARCHAR, COLUMNS('.*') FROM (SELECT *, COLUMNS(*)::VARCHAR, COLUMNS('.*') FROM (SELECT *, COLUMNS(*)::VARCHAR, COLUMNS('.*') FROM (SELECT *, COLUMNS(*), * FROM days))))
--! gm-sql-refused costly
WITH a AS (SELECT * FROM days x, days y, days z), b AS (SELECT (SELECT count(*) FROM a, a b), (SELECT count(*) FROM a, a b), (SELECT count(*) FROM a, a b) FROM a) SELECT * FROM b
--! own
WITH a AS (SELECT * FROM events), b AS (SELECT x.player_id FROM a x JOIN a y ON x.event_id = y.event_id), c AS (SELECT b.player_id FROM b JOIN b d ON b.player_id = d.player_id) SELECT DISTINCT player_id FROM c
