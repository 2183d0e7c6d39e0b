// Small histories with numbers worked out by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "lib/behavior/funnel.h"
#include "lib/behavior/history_fixture.h"
#include "lib/behavior/retention.h"

namespace gm::behavior {
namespace {

using testing::ElementsAre;

class Questions : public testing::Test {
 protected:
  // "a0 b5 c9": events and the minutes at which they happen.
  void history(PlayerKey player, const std::string& text, const std::string& country = "DE") {
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find(' ', at), text.size());
      const int64_t minute = std::strtoll(text.substr(at + 1, end - at - 1).c_str(), nullptr, 10);
      ModelEvent event;
      event.player = player;
      event.name = text.substr(at, 1);
      event.time_ms = minute * kMsPerMinute;
      event.date = {static_cast<int32_t>(minute / (24 * 60))};
      event.attributes[0] = country;
      events.add(kTestProject, event);
      at = end + 1;
    }
  }
  Snapshot snapshot() {
    auto opened = PartitionIndex::open(files, identities, {"/index", 0, 1}, {});
    EXPECT_TRUE(opened.ok());
    index = std::move(*opened);
    events.feed(*index);
    Snapshot result;
    EXPECT_TRUE(index->collect(kTestProject, identities.of(kTestProject), result).ok());
    return result;
  }
  static FunnelQuery steps(const std::string& names, int64_t minutes) {
    FunnelQuery query;
    for (const char name : names) query.steps.push_back({{std::string(1, name)}, false, {}});
    query.window_ms = minutes * kMsPerMinute;
    return query;
  }

  io::FaultyFileSystem files;
  Identities identities;
  TestEvents events{0};
  std::unique_ptr<PartitionIndex> index;
};

TEST_F(Questions, an_ordered_funnel_counts_the_best_attempt_within_the_window) {
  history(1, "a0 x1 b5 c9");            // all three
  history(2, "a0 b50 a100 b105 c109");  // the second attempt
  history(3, "b0 a5 c6");               // b comes too early
  history(4, "a0 b30 c31");             // c is 31 minutes after a
  history(5, "b0 c1");                  // never begins
  const auto answer = funnel(snapshot(), steps("abc", 30));
  EXPECT_THAT(answer->total.units, ElementsAre(4, 3, 2));
  EXPECT_EQ(answer->total.since_first[2].mean_ms, 9.0 * kMsPerMinute);
  EXPECT_EQ(answer->total.since_before[2].median_ms, 4.0 * kMsPerMinute);
}

TEST_F(Questions, the_earliest_attempt_and_the_earliest_steps_give_time_and_breakdown) {
  history(1, "a0 a7 b10 b12");
  history(2, "a0 a40 b45");  // only the second attempt gets there
  const auto answer = funnel(snapshot(), steps("ab", 30));
  EXPECT_EQ(answer->total.since_first[1].mean_ms, (10.0 + 5.0) / 2 * kMsPerMinute);
}

TEST_F(Questions, of_one_moment_the_earlier_step_comes_first) {
  history(1, "b3 a3 c3");
  history(2, "c3 x3 b3 a3 c4");
  EXPECT_THAT(funnel(snapshot(), steps("abc", 30))->total.units, ElementsAre(2, 2, 2));
  auto query = steps("abc", 30);
  query.order = StepOrder::strict;
  EXPECT_THAT(funnel(snapshot(), query)->total.units, ElementsAre(2, 2, 2));
}

TEST_F(Questions, a_strict_funnel_allows_nothing_between) {
  history(1, "a0 b1 c2");
  history(2, "a0 x1 b2 c3");
  history(3, "a0 a1 b2 x3 c4");
  auto query = steps("abc", 30);
  query.order = StepOrder::strict;
  EXPECT_THAT(funnel(snapshot(), query)->total.units, ElementsAre(3, 2, 1));
}

TEST_F(Questions, a_funnel_in_any_order_begins_with_any_step) {
  history(1, "c0 a1 b2");
  history(2, "b0 x1 a2");
  history(3, "a0 b40 c41");  // two within the window
  auto query = steps("abc", 30);
  query.order = StepOrder::any;
  EXPECT_THAT(funnel(snapshot(), query)->total.units, ElementsAre(3, 3, 1));
}

TEST_F(Questions, an_exclusion_ends_the_attempt_and_not_what_was_taken) {
  history(1, "a0 x1 b2 c3");     // ends after a
  history(2, "a0 b1 x2 c3");     // ends after b
  history(3, "a0 x1 a2 b3 c4");  // tries again
  auto query = steps("abc", 30);
  query.exclusions = {{{"x"}, false, {}}};
  EXPECT_THAT(funnel(snapshot(), query)->total.units, ElementsAre(3, 2, 1));
  const auto dropped = funnel_players(snapshot(), query, {1, true, std::nullopt}, 10);
  EXPECT_THAT(dropped->players, ElementsAre(1));
}

TEST_F(Questions, what_cannot_be_asked_is_refused) {
  const Snapshot nothing;
  EXPECT_EQ(funnel(nothing, steps("", 5)).error().code, kInvalid);
  EXPECT_EQ(funnel(nothing, steps("ab", 0)).error().code, kInvalid);
  auto query = steps("ab", 5);
  query.order = StepOrder::any;
  query.exclusions = {{{"x"}, false, {}}};
  EXPECT_EQ(funnel(nothing, query).error().code, kInvalid);
  RetentionQuery retained;
  EXPECT_EQ(retention(nothing, retained).error().code, kInvalid);
  retained.spans = {{3, 2}};
  EXPECT_EQ(retention(nothing, retained).error().code, kInvalid);
}

TEST_F(Questions, an_empty_history_has_zeros) {
  const Snapshot nothing;
  EXPECT_THAT(funnel(nothing, steps("ab", 5))->total.units, ElementsAre(0, 0));
  RetentionQuery retained;
  retained.spans = {{0, 1}};
  EXPECT_TRUE(retention(nothing, retained)->total.cohorts.empty());
}

TEST_F(Questions, every_kind_of_retention_of_one_player) {
  // Day 0 at 23:00, then 01:00 two days later (26 hours), and day 3.
  history(1, "a1380 b2940 b4400");
  RetentionQuery query;
  query.start = {{"a"}, false, {}};
  query.comeback = {{"b"}, false, {}};
  const Snapshot seen = snapshot();
  const auto ask = [&](RetentionKind kind, RetentionDays days, std::vector<RetentionSpan> spans) {
    query.kind = kind;
    query.days = days;
    query.spans = std::move(spans);
    return retention(seen, query)->total.cohorts.at(0).players;
  };
  const std::vector<RetentionSpan> each = {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}};
  EXPECT_THAT(ask(RetentionKind::classic, RetentionDays::calendar, each), ElementsAre(0, 0, 1, 1, 0));
  EXPECT_THAT(ask(RetentionKind::classic, RetentionDays::hours_24, each), ElementsAre(0, 1, 1, 0, 0));
  EXPECT_THAT(ask(RetentionKind::rolling, RetentionDays::calendar, each), ElementsAre(1, 1, 1, 1, 0));
  EXPECT_THAT(ask(RetentionKind::ranged, RetentionDays::calendar, {{1, 1}, {1, 2}, {4, 9}}), ElementsAre(0, 1, 0));
  EXPECT_THAT(ask(RetentionKind::full, RetentionDays::calendar, {{2, 3}, {1, 3}}), ElementsAre(1, 0));
}

}  // namespace
}  // namespace gm::behavior
