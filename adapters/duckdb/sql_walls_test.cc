// A caller's SQL: what the list of attacks (test/golden/sql) comes to behind both walls and behind the second alone;
// the tables of the contract; the limits.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/duckdb/column_reader.h"
#include "adapters/duckdb/duckdb_store.h"
#include "adapters/duckdb/sql_sandbox.h"
#include "adapters/duckdb/statement_runner.h"
#include "adapters/duckdb/table_scan.h"
#include "lib/query/sql_contract.h"

namespace gm::duckdb {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int64_t kNoon = 1'790'000'000'000;
const ProjectId kOwn = ProjectId::from_stored(1);
const ProjectId kOther = ProjectId::from_stored(2);
constexpr const char* kOwnWord = "aardvark";
constexpr const char* kOtherWord = "zeppelin";

struct Attack {
  int line = 0;
  std::string outcome, sql;
  bool costly = false;
};

std::vector<Attack> attacks() {
  std::ifstream file(GM_SOURCE_DIR "/test/golden/sql/attacks.sql");
  std::vector<Attack> all;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.starts_with("--! ")) {
      std::istringstream words(text.substr(4));
      Attack attack{line, {}, {}, false};
      std::string more;
      words >> attack.outcome >> more;
      attack.costly = more == "costly";
      all.push_back(attack);
    } else if (!all.empty()) {
      all.back().sql += (all.back().sql.empty() ? "" : "\n") + text;
    }
  }
  return all;
}

std::string text_of(const store::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* date = std::get_if<Date>(&value)) return date->to_string();
  if (const auto* moment = std::get_if<store::TimestampMs>(&value)) return format_iso8601(moment->unix_ms);
  return store::is_null(value) ? "" : fmt::format("{}", store::as_double(value));
}

class SqlWallsTest : public ::testing::Test {
 protected:
  SqlWallsTest() {
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("gm_sql_{}_{}", getpid(), ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    store_ = DuckDbStore::open({(folder_ / "analytics.duckdb").string(), 256 << 20, 2, 1000}).value();
    add_game(kOwn, kOwnWord, 1);
    add_game(kOther, kOtherWord, 2);
  }
  ~SqlWallsTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Names and ids are those of the other game; what tells them apart is the word, which is in everything else.
  void add_game(ProjectId project, const std::string& word, store::PlayerKey key) {
    const Date day = TimeZone::utc().local_date(kNoon);
    const std::string& player = kept(word + "-player");
    event::Event event;
    event.name = "level_start";
    event.player = player;
    event.session = "s-1";
    event.country = "DE";
    event.device = kept(word + "-device");
    event.build = kept(word);
    event.properties = kept(fmt::format(R"({{"note":"{}","$set":{{"guild":"{}"}}}})", word, word));
    store::MicroBatch batch;
    for (uint64_t i = 0; i < 5; ++i) {
      event.id = Uuid{project.value(), i};
      events_.push_back(std::make_unique<event::Event>(event));
      batch.events.push_back({project, key, day, kNoon, kNoon, event::Source::native, 0, 0, i, events_.back().get()});
    }
    batch.players.push_back({project, key, player, 1, kNoon, day, kNoon, "DE", "ios", word, 5, 1, 990'000});
    batch.sessions.push_back({project, key, "s-1", kNoon, kNoon + 60'000, day, 5, 1});
    batch.player_days.push_back({project, day, key, day, 1, 1, 5, 1, 60'000, 990'000});
    batch.days.push_back({project, day, 1, 1, 5, 0, 1, 60'000, 1, 1, 990'000});
    batch.event_days.push_back({project, day, "level_start", 5});
    batch.rejected.push_back(
        {project, kNoon, event::Source::posthog, "player_id_missing", kept(word + "-refused"), "{}", 0, 9});
    ASSERT_TRUE(store_->apply(batch).ok());
  }

  // Rows point to their texts.
  const std::string& kept(std::string text) {
    return *texts_.emplace_back(std::make_unique<std::string>(std::move(text)));
  }

  store::SqlQuestion question(const std::string& sql) const {
    return {sql, query::sql_tables(kOwn, "USD"), {10'000, 64 << 20, 16 << 10}};
  }
  Result<std::string> ask(const store::SqlQuestion& asked) {
    auto source = store_->ask_sql(asked);
    if (!source) return source.error();
    std::string text;
    while (true) {
      auto block = (*source)->next();
      if (!block) return block.error();
      if (block->empty()) return text;
      for (const auto& row : *block) {
        for (const auto& value : row) text += text_of(value) + "\n";
      }
    }
  }
  Result<std::string> ask(const std::string& sql) { return ask(question(sql)); }
  std::string code(const std::string& sql) {
    const auto answer = ask(sql);
    return answer ? "" : answer.error().code;
  }

  std::filesystem::path folder_;
  std::unique_ptr<DuckDbStore> store_;
  std::vector<std::unique_ptr<event::Event>> events_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

TEST_F(SqlWallsTest, EveryAttackComesToWhatTheListSays) {
  const auto all = attacks();
  ASSERT_GE(all.size(), 100u);
  for (const Attack& attack : all) {
    const auto answer = ask(attack.sql);
    const std::string outcome = answer ? "own" : answer.error().code;
    const std::string shown = answer ? *answer : answer.error().message;
    if (attack.outcome != "any") {
      EXPECT_EQ(outcome, attack.outcome) << "attacks.sql:" << attack.line << " " << attack.sql << "\n" << shown;
    }
    EXPECT_THAT(shown, Not(HasSubstr(kOtherWord))) << "attacks.sql:" << attack.line;
    if (attack.outcome == "own") {
      EXPECT_NE(shown, "") << "attacks.sql:" << attack.line;
    }
  }
}

// Runs the statement past the first wall; every cell of every result as text, or the error.
class SecondWall {
 public:
  explicit SecondWall(const store::SqlQuestion& question)
      : database_(open_sandbox(question.limits).value()), connection_(Connection::open(database_).value()) {
    source_.tables = question.tables;
    source_.open = [](const store::Statement&) -> Result<std::unique_ptr<ScanRows>> {
      return Error{"gm-test", "no row is read"};
    };
    EXPECT_TRUE(make_tables(connection_, source_).ok());
    EXPECT_TRUE(close_doors(connection_).ok());
  }

  std::string run(const std::string& sql) {
    std::string text;
    duckdb_extracted_statements statements = nullptr;
    const idx_t count = duckdb_extract_statements(connection_.handle(), sql.c_str(), &statements);
    for (idx_t i = 0; i < count; ++i) {
      duckdb_prepared_statement prepared = nullptr;
      if (duckdb_prepare_extracted_statement(connection_.handle(), statements, i, &prepared) == DuckDBSuccess) {
        duckdb_result result{};
        const duckdb_state state = duckdb_execute_prepared(prepared, &result);
        Rows rows(result);
        text += state == DuckDBSuccess ? cells(rows) : duckdb_result_error(&rows.result());
      } else {
        text += duckdb_prepare_error(prepared);
      }
      duckdb_destroy_prepare(&prepared);
    }
    duckdb_destroy_extracted(&statements);
    return text;
  }

 private:
  // Lists and the like, which an answer could not hold, are passed over.
  static std::string cells(Rows& rows) {
    std::string text;
    while (const size_t count = rows.next_chunk()) {
      for (idx_t column = 0; column < duckdb_column_count(&rows.result()); ++column) {
        const auto reader = column_reader(rows.result(), column);
        for (size_t row = 0; row < count && reader; ++row) {
          if (!rows.is_null(column, row)) text += text_of((*reader)(rows, column, row)) + "\n";
        }
      }
    }
    return text;
  }

  ScanSource source_;
  Database database_;
  Connection connection_;
};

TEST_F(SqlWallsTest, BehindTheSecondWallAloneNothingElseExists) {
  // Where the rows would come from nothing comes: whatever a statement shows is there without the function that reads
  // one project.
  const std::filesystem::path stolen[] = {"/tmp/stolen.csv", "/tmp/stolen"};
  for (const Attack& attack : attacks()) {
    if (attack.costly) continue;
    const std::string shown = SecondWall(question("")).run(attack.sql);
    for (const char* word : {kOwnWord, kOtherWord, "root:x:0", "analytics.duckdb", "day_totals", "log_positions"}) {
      if (attack.sql.find(word) != std::string::npos) continue;  // only repeats what it was asked
      EXPECT_THAT(shown, Not(HasSubstr(word))) << "attacks.sql:" << attack.line << " " << attack.sql;
    }
  }
  for (const auto& path : stolen) EXPECT_FALSE(std::filesystem::exists(path)) << path;
}

TEST_F(SqlWallsTest, EveryTableHasTheColumnsOfTheContract) {
  for (const store::SqlTable& table : query::sql_tables(kOwn, "USD")) {
    auto source = store_->ask_sql(question(fmt::format("SELECT * FROM {}", table.name)));
    ASSERT_TRUE(source.ok()) << table.name << ": " << source.error().message;
    ASSERT_EQ((*source)->columns().size(), table.columns.size()) << table.name;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      EXPECT_EQ((*source)->columns()[i].name, table.columns[i].name);
      EXPECT_EQ((*source)->columns()[i].kind, table.columns[i].kind) << table.name << "." << table.columns[i].name;
    }
    const auto rows = (*source)->next();
    ASSERT_TRUE(rows.ok()) << table.name << ": " << rows.error().message;
    EXPECT_EQ(rows->size(), table.name == "events" ? 5u : 1u) << table.name;
  }
}

TEST_F(SqlWallsTest, NumbersAreThoseOfTheOwnGame) {
  EXPECT_EQ(*ask("SELECT count(*), min(player_id), max(session_id) FROM events"), "5\naardvark-player\ns-1\n");
  EXPECT_EQ(*ask("SELECT events, revenue, session_seconds FROM days"), "5\n0.99\n60\n");
  EXPECT_EQ(
      *ask("SELECT count(*) FROM events e JOIN players p USING (player_id) WHERE properties->>'note' = 'aardvark'"),
      "5\n");
  EXPECT_EQ(*ask("SELECT date, payer, events FROM player_days"),
            TimeZone::utc().local_date(kNoon).to_string() + "\n1\n5\n");
}

TEST_F(SqlWallsTest, WhatIsWrongIsSaidWithItsPlace) {
  EXPECT_THAT(ask("SELECT nothing FROM events").error().message, StartsWith("line 1, column 8: "));
  EXPECT_THAT(ask("SELECT 'ä', nothing\nFROM events").error().message, StartsWith("line 1, column 13: "));
  EXPECT_THAT(ask("SELECT event\nFROM event").error().message,
              StartsWith("line 2, column 6: there is no table 'event'; there are: events, players"));
  EXPECT_THAT(ask("SELECT event\nFROM events WHERE").error().message, StartsWith("line 2, column "));
  EXPECT_THAT(ask("SELECT getenv('HOME')").error().message, StartsWith("line 1, column 8: the function getenv()"));
  EXPECT_THAT(ask("SELECT INTERVAL 1 DAY").error().message, HasSubstr("CAST("));
}

TEST_F(SqlWallsTest, DaysThatCannotBeWrittenAreNull) {
  EXPECT_EQ(*ask("SELECT DATE '9999-12-31', DATE '0001-01-01', 'infinity'::DATE, DATE '10000-01-01'"),
            "9999-12-31\n0001-01-01\n\n\n");
  EXPECT_EQ(*ask("SELECT TIMESTAMP '9999-12-31 23:59:59.999', 'infinity'::TIMESTAMP, '-infinity'::TIMESTAMP_MS, "
                 "'infinity'::TIMESTAMP_S"),
            "9999-12-31T23:59:59.999Z\n\n\n\n");
}

TEST_F(SqlWallsTest, TimeIsLimited) {
  store::SqlQuestion slow = question("SELECT max(a.i % 7 * b.i) FROM range(1000000) a(i), range(1000000) b(i)");
  slow.limits.timeout_ms = 300;
  const auto answer = ask(slow);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "gm-sql-timeout");
  EXPECT_EQ(*ask("SELECT count(*) FROM events"), "5\n") << "the next one is answered";
}

TEST_F(SqlWallsTest, MemoryIsLimited) {
  EXPECT_EQ(code("SELECT count(DISTINCT i) FROM range(100000000) t(i)"), "gm-sql-out-of-memory");
  EXPECT_EQ(code("SELECT i FROM range(100000000) t(i) ORDER BY hash(i)"), "gm-sql-out-of-memory");
  EXPECT_EQ(code("SELECT string_agg(i::VARCHAR, ',') FROM range(100000000) t(i)"), "gm-sql-out-of-memory");
  EXPECT_EQ(*ask("SELECT count(*) FROM events"), "5\n") << "the next one is answered";
}

TEST_F(SqlWallsTest, TheStatementIsAsShortAsItMustBe) {
  EXPECT_EQ(code("SELECT 1 -- " + std::string(20'000, 'x')), "gm-sql-refused");
  EXPECT_EQ(code(std::string("SELECT 1\0 + 1", 13)), "gm-sql-malformed");
  EXPECT_EQ(code("SELECT '\xff'"), "gm-sql-malformed");
  std::string deep = "1";
  for (int i = 0; i < 2000; ++i) deep = "(" + deep + "+1)";
  EXPECT_NE(code("SELECT " + deep), "");
  std::string wide = "SELECT 1";
  for (int i = 0; i < 6000; ++i) wide += ",1";
  EXPECT_EQ(code(wide), "gm-sql-refused");
}

// `open` and `close` as often as a statement has room for, around `middle`.
std::string nested(const std::string& before, const std::string& open, const std::string& middle,
                   const std::string& close = "") {
  const size_t times = ((16U << 10U) - before.size() - middle.size()) / (open.size() + close.size());
  std::string text = before;
  for (size_t i = 0; i < times; ++i) text += open;
  text += middle;
  for (size_t i = 0; i < times; ++i) text += close;
  return text;
}

TEST_F(SqlWallsTest, AStatementAsDeepAsItsLengthAllowsEndsInAnAnswerOrARefusal) {
  for (const std::string& sql : {
           nested("SELECT ", "(", "1", ")"),
           nested("SELECT ", "- ", "1"),
           nested("SELECT ", "NOT ", "true"),
           nested("SELECT ", "1+", "1"),
           nested("SELECT ", "1=", "1"),
           nested("SELECT ", "1 OR ", "1"),
           nested("SELECT ", "'a'||", "'a'"),
           nested("SELECT ", "abs(", "1", ")"),
           nested("SELECT ", "[", "1", "]"),
           nested("SELECT ", "{'a':", "1", "}"),
           nested("SELECT 1", "::INT", ""),
           nested("SELECT a", ".a", ""),
           nested("SELECT properties", "->'a'", " FROM events"),
           nested("SELECT ", "CASE WHEN true THEN ", "1", " END"),
           nested("SELECT 1 IN ", "(SELECT 1 IN ", "(1)", ")"),
           nested("SELECT ", "(SELECT ", "1", ")"),
           nested("SELECT ", "EXISTS(SELECT ", "1", ")"),
           nested("SELECT * FROM ", "(FROM ", "events", ")"),
           nested("SELECT * FROM ", "(", "events", ")"),
           nested("", "(", "SELECT 1", ")"),
           nested("SELECT 1", " UNION SELECT 1", ""),
           nested("", "WITH a AS (", "SELECT 1", ") SELECT * FROM a"),
           nested("SELECT 1 FROM events", " JOIN events USING (event)", ""),
           nested("SELECT 1 FROM range(1)", ",range(1)", ""),
           nested("SELECT sum(1) OVER (", "PARTITION BY sum(1) OVER (", "", ")") + ")",
           nested("VALUES (1)", ",(1)", ""),
           nested("SELECT event::STRUCT(a ", "STRUCT(a ", "INT", ")") + ") FROM events",
           nested("SELECT event::INT", "[]", " FROM events"),
           nested("SELECT 1 WHERE 'a' LIKE '", "%a", "'"),
           nested("SELECT regexp_matches(event, '", "(", "a", ")") + "') FROM events",
       }) {
    auto asked = question(sql.substr(0, 16U << 10U));
    asked.limits.timeout_ms = 2000;
    const auto answer = ask(asked);
    if (!answer) {
      EXPECT_THAT(answer.error().code, StartsWith("gm-sql-")) << sql.substr(0, 60) << ": " << answer.error().message;
    }
  }
  EXPECT_EQ(*ask("SELECT count(*) FROM events"), "5\n") << "the next one is answered";
}

TEST_F(SqlWallsTest, TablesAreReadAsOfOneMoment) {
  auto source = store_->ask_sql(question("SELECT (SELECT count(*) FROM events), (SELECT sum(events) FROM event_days)"));
  ASSERT_TRUE(source.ok()) << source.error().message;
  add_game(kOwn, kOwnWord, 1);
  const auto rows = (*source)->next();
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(store::as_int(rows->at(0)[0]), 5);
  EXPECT_EQ(store::as_int(rows->at(0)[1]), 5);
  EXPECT_EQ(*ask("SELECT (SELECT count(*) FROM events), (SELECT sum(events) FROM event_days)"), "10\n10\n");
}

}  // namespace
}  // namespace gm::duckdb
