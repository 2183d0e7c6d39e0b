#include "lib/query/compiler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gm::query {
namespace {

using store::Statement;
using store::Value;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const ProjectId kGame = ProjectId::from_stored(42);
const DateRange kRange{Date{20'000}, Date{20'009}};

std::vector<Statement> all_statements() {
  const Compiler compiler;
  return {compiler.day_totals(kGame, kRange, {Measure::players, Measure::revenue_micros}),
          compiler.player_bounds(kGame, kRange),
          compiler.active_players(kGame, kRange, 0, 62),
          compiler.cohort_days(kGame, kRange, {1, 7}),
          compiler.top_events(kGame, kRange, 10),
          compiler.project_bounds(kGame),
          compiler.event_times(kGame, kRange.from),
          compiler.rejected_reasons(kGame),
          compiler.rejected(kGame, 17, "player_id_missing", 50)};
}

TEST(CompilerTest, EveryStatementIsBoundToItsProject) {
  for (const Statement& statement : all_statements()) {
    EXPECT_THAT(statement.sql, HasSubstr("WHERE project = ?"));
    EXPECT_THAT(statement.parameters, Contains(Value(int64_t{42}))) << statement.sql;
    EXPECT_EQ(std::count(statement.sql.begin(), statement.sql.end(), '?'),
              static_cast<long>(statement.parameters.size()))
        << statement.sql;
  }
}

TEST(CompilerTest, EveryReadOfATableNamesTheProjectFirst) {
  // Tables of the store are only ever named right before "WHERE project = ?"; everything else a statement reads from is
  // its own.
  for (const Statement& statement : all_statements()) {
    for (const std::string table :
         {"day_totals", "player_days", "cohort_days", "event_days", "FROM events", "rejected_events"}) {
      for (size_t at = statement.sql.find(table); at != std::string::npos; at = statement.sql.find(table, at + 1)) {
        EXPECT_EQ(statement.sql.substr(at + table.size(), 18), " WHERE project = ?") << statement.sql;
      }
    }
  }
}

TEST(CompilerTest, DatesAreBoundAsDatesAndTextNeverEntersTheStatement) {
  const Compiler compiler;
  EXPECT_THAT(compiler.day_totals(kGame, kRange, {Measure::events}).parameters,
              ElementsAre(Value(int64_t{42}), Value(kRange.from), Value(kRange.to)));
  const Statement rejected = compiler.rejected(kGame, std::nullopt, "x' OR 1=1 --", 50);
  EXPECT_THAT(rejected.sql, Not(HasSubstr("OR 1=1")));
  EXPECT_THAT(rejected.parameters, ElementsAre(Value(int64_t{42}), Value("x' OR 1=1 --"), Value(int64_t{50})));
}

TEST(CompilerTest, RetentionReachesForwardToItsLastDayAndAlwaysReadsTheCohortsSize) {
  const Statement statement = Compiler().cohort_days(kGame, kRange, {1, 7});
  EXPECT_THAT(statement.parameters,
              ElementsAre(Value(int64_t{42}), Value(kRange.from), Value(kRange.to), Value(kRange.from),
                          Value(kRange.to + 7), Value(int64_t{0}), Value(int64_t{1}), Value(int64_t{7})));
}

}  // namespace
}  // namespace gm::query
