#include "bench/query_data_bench.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <string_view>

#include "adapters/duckdb/duckdb_store.h"
#include "bench/measure_bench.h"
#include "lib/store/player_id_hash.h"

namespace gm::bench {
namespace {

constexpr int64_t kEventsPerPlayer = 40;
constexpr int64_t kBuildMemory = int64_t{3} << 30;

// Who is active on day {d} and with how many events. u(x) is uniform in [0, 1). A player starts on day d0; how often he
// comes back is skewed (most seldom, a few nearly daily), and so is how much he does on a day.
constexpr const char* kActive = R"sql(
WITH active AS (
  SELECT i AS player, (hash(i) % 90)::INTEGER AS d0 FROM range({players}) AS t(i)
  WHERE (hash(i) % 90) = {d} OR ((hash(i) % 90) < {d} AND u(i * 97 + {d}) < 0.02 + 0.5 * pow(u(i * 7 + 1), 3))),
n AS (SELECT player, d0, least(1 + floor(-ln(1 - u(player * 131 + {d})) * 4.3), 64)::BIGINT AS n,
  (CASE WHEN u(player * 211 + {d}) < 0.02 THEN 4990000 ELSE 0 END)::BIGINT AS paid FROM active)
)sql";

// Events 45 seconds apart, eight to a session, sessions an hour apart.
constexpr const char* kEvents = R"sql(
INSERT INTO events {active}
SELECT 1, DATE '2026-08-25' + {d}, ts, ts + INTERVAL 1 SECOND, player, event, uuid(), '', 0, country, platform, 'Phone 12', '1.4.2',
  CASE WHEN event = 'purchase' THEN paid END, CASE WHEN event = 'purchase' THEN 'USD' ELSE '' END, 0,
  '{{"level":' || k || ',"world":"forest"}}', 0, (SELECT count(*) FROM events) + row_number() OVER (ORDER BY ts) - 1 AS place
FROM (SELECT player, k, paid,
    make_timestamp_ms((20690 + {d})::BIGINT * 86400000 + (hash(player + {d} * 31) % 50000000)::BIGINT + (k // 8) * 3600000 + (k % 8) * 45000)
      ::TIMESTAMP_MS AS ts,
    CASE WHEN k = 0 AND paid > 0 THEN 'purchase' ELSE
      ['level_start','level_complete','level_fail','ad_view','tutorial','chest_open','upgrade','chat'][1 + floor(8 * pow(u(player * 13 + k), 2))::INTEGER]
    END AS event,
    ['DE','US','CN','BR','IN'][1 + (hash(player * 3) % 5)::INTEGER] AS country,
    ['ios','android'][1 + (hash(player * 5) % 2)::INTEGER] AS platform
  FROM (SELECT player, paid, unnest(range(n)) AS k FROM n)) ORDER BY place
)sql";

constexpr const char* kPlayerDays = R"sql(
INSERT INTO player_days {active}
SELECT 1, DATE '2026-08-25' + {d}, player, DATE '2026-08-25' + d0, 1, (paid > 0)::INTEGER, n, (n + 7) // 8, 45000 * (n - (n + 7) // 8), paid
FROM n ORDER BY player
)sql";

constexpr const char* kDerived[] = {
    R"sql(INSERT INTO day_totals SELECT 1, date, count(*), sum((cohort_date = date)::INTEGER), sum(events), 0, sum(sessions), sum(session_ms),
      sum(payer), sum(payer), sum(revenue_micros) FROM player_days GROUP BY date ORDER BY date)sql",
    R"sql(INSERT INTO cohort_days SELECT 1, cohort_date, date, count(*), sum(revenue_micros) FROM player_days GROUP BY cohort_date, date
      ORDER BY cohort_date, date)sql",
    "INSERT INTO event_days SELECT 1, date, event, count(*) FROM events GROUP BY date, event ORDER BY date, event",
    R"sql(INSERT INTO players SELECT 1, player, 'player-' || player, any_value(id_hash), 1, min(ts), min(date), max(ts), min(country), min(platform), '1.4.2',
      count(*), count(*) // 8, coalesce(sum(revenue_micros), 0), true FROM events JOIN id_hashes USING (player) GROUP BY player ORDER BY player)sql",
    "INSERT INTO log_positions SELECT 'events.raw', 0, count(*) FROM events",
    "CHECKPOINT",
};

class Session {
 public:
  explicit Session(const std::string& path) {
    if (duckdb_open(path.c_str(), &database_) != DuckDBSuccess ||
        duckdb_connect(database_, &connection_) != DuckDBSuccess) {
      stop("cannot open " + path);
    }
    run(fmt::format("SET memory_limit = '{}B'", kBuildMemory));
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
  }
  duckdb_result query(const std::string& sql) {
    duckdb_result result{};
    if (duckdb_query(connection_, sql.c_str(), &result) != DuckDBSuccess)
      stop(fmt::format("{}\n{}", duckdb_result_error(&result), sql));
    return result;
  }
  void run(const std::string& sql) {
    duckdb_result result = query(sql);
    duckdb_destroy_result(&result);
  }
  // SQL has no such hash.
  void add_id_hashes(int64_t players) {
    run("CREATE TEMP TABLE id_hashes(player UBIGINT, id_hash UBIGINT)");
    duckdb_appender appender = nullptr;
    if (duckdb_appender_create(connection_, nullptr, "id_hashes", &appender) != DuckDBSuccess) stop("no appender");
    for (int64_t i = 0; i < players; ++i) {
      duckdb_append_uint64(appender, static_cast<uint64_t>(i));
      duckdb_append_uint64(appender, store::player_id_hash(fmt::format("player-{}", i)));
      duckdb_appender_end_row(appender);
    }
    if (duckdb_appender_destroy(&appender) != DuckDBSuccess) stop("cannot append");
  }

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

// One result's chunks as rows.
class RowReader {
 public:
  void add(duckdb_data_chunk chunk) {
    chunks_.push_back(chunk);
    const idx_t size = duckdb_data_chunk_get_size(chunk);
    const auto data = [&](idx_t column) { return duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)); };
    const auto text = [&](idx_t column, idx_t i) {
      duckdb_string_t* value = static_cast<duckdb_string_t*>(data(column)) + i;
      return std::string_view(duckdb_string_t_data(value), duckdb_string_t_length(*value));
    };
    for (idx_t i = 0; i < size; ++i) {
      event::Event& event = events_.emplace_back();
      event.name = text(3, i);
      event.country = text(4, i);
      event.platform = text(5, i);
      event.build = text(6, i);
      const int64_t revenue = static_cast<int64_t*>(data(7))[i];
      if (revenue >= 0) event.revenue_micros = revenue;
      store::EventRow& row = rows_.emplace_back();
      row.project = ProjectId::from_stored(kProject);
      row.player = static_cast<uint64_t*>(data(0))[i];
      row.time_ms = static_cast<int64_t*>(data(1))[i];
      row.date = Date{static_cast<int32_t*>(data(2))[i]};
      row.log_offset = next_++;
      row.event = &event;
    }
  }
  std::span<const store::EventRow> rows() const { return rows_; }
  void clear() {
    for (duckdb_data_chunk& chunk : chunks_) duckdb_destroy_data_chunk(&chunk);
    chunks_.clear();
    events_.clear();
    rows_.clear();
  }

 private:
  std::vector<duckdb_data_chunk> chunks_;
  std::deque<event::Event> events_;  // never moves: rows point into it
  std::vector<store::EventRow> rows_;
  uint64_t next_ = 0;
};

}  // namespace

std::string store_path(const std::string& directory, int64_t events) {
  std::filesystem::create_directories(directory);
  return fmt::format("{}/history-{}.duckdb", directory, events);
}

void build_store(const std::string& path, int64_t events) {
  if (std::filesystem::exists(path)) return;
  const std::string unfinished = path + ".building";
  std::filesystem::remove(unfinished);
  // The tables are made by the store itself, so that the benchmark measures the schema that ships.
  if (const auto store = duckdb::DuckDbStore::open({unfinished, kBuildMemory, 0, 1}); !store)
    stop(store.error().message);
  {
    Session session(unfinished);
    session.run("CREATE TEMP MACRO u(x) AS (hash(x) % 1000003) / 1000003.0");
    for (int d = 0; d < kDays; ++d) {
      const std::string active =
          fmt::format(fmt::runtime(kActive), fmt::arg("players", events / kEventsPerPlayer), fmt::arg("d", d));
      session.run(fmt::format(fmt::runtime(kEvents), fmt::arg("active", active), fmt::arg("d", d)));
      session.run(fmt::format(fmt::runtime(kPlayerDays), fmt::arg("active", active), fmt::arg("d", d)));
    }
    session.add_id_hashes(events / kEventsPerPlayer);
    for (const char* sql : kDerived) session.run(sql);
  }
  std::filesystem::rename(unfinished, path);
}

Columns load_columns(const std::string& path) {
  Session session(path);
  Columns columns;
  duckdb_result result = session.query(
      "SELECT (date - DATE '2026-08-25')::UTINYINT, player::UINTEGER, coalesce(revenue_micros, 0) FROM events WHERE "
      "project = 1");
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result)) {
    const idx_t size = duckdb_data_chunk_get_size(chunk);
    const auto data = [&](idx_t column) { return duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)); };
    const auto* day = static_cast<const uint8_t*>(data(0));
    const auto* player = static_cast<const uint32_t*>(data(1));
    const auto* revenue = static_cast<const int64_t*>(data(2));
    columns.day.insert(columns.day.end(), day, day + size);
    columns.player.insert(columns.player.end(), player, player + size);
    columns.revenue_micros.insert(columns.revenue_micros.end(), revenue, revenue + size);
    duckdb_destroy_data_chunk(&chunk);
  }
  duckdb_destroy_result(&result);
  for (const uint32_t player : columns.player) columns.players = std::max(columns.players, player + 1);
  return columns;
}

void for_each_batch(const std::string& path, size_t batch, const RowsVisitor& visit) {
  Session session(path);
  duckdb_result result = session.query(
      "SELECT player, epoch_ms(ts), date, event, country, platform, build, coalesce(revenue_micros, -1) FROM events "
      "WHERE project = 1");
  RowReader reader;
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result)) {
    reader.add(chunk);
    if (reader.rows().size() < batch) continue;
    visit(reader.rows());
    reader.clear();
  }
  visit(reader.rows());
  reader.clear();
  duckdb_destroy_result(&result);
}

}  // namespace gm::bench
