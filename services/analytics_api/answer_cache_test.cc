// Answers that are kept: only while they are true, only for their project, computed once for all who ask at one time.

#include "services/analytics_api/answer_cache.h"

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

#include "lib/store/stopped_by.h"
#include "lib/telemetry/catalog_queries.h"
#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

constexpr int64_t kSlotMs = 1000;
constexpr size_t kAnswerBytes = 1000;

struct CountedVersions final : store::DataVersion {
  uint64_t data_version(ProjectId project) const override { return project == kGame ? version.load() : 0; }
  std::atomic<uint64_t> version{1};
};

struct AnswerCacheTest : testing::Test {
  // The answer is the number of the computation that made it.
  struct Got {
    int answer = 0;
    Freshness freshness;
  };
  Got ask(const std::string& question, const CacheUse& use = {}, ProjectId project = kGame) {
    const auto found = cache->get(project, question, clock.now_ms(), use, [this] { return compute(); });
    EXPECT_TRUE(found.ok());
    return {*std::static_pointer_cast<const int>(found->answer), found->freshness};
  }
  Result<AnswerCache::Computed> compute() {
    return AnswerCache::Computed{std::make_shared<const int>(++computed), kAnswerBytes};
  }
  void make(int64_t bytes_max) {
    cache = std::make_unique<AnswerCache>(&versions, CacheSettings{bytes_max, kSlotMs}, clock, registry);
  }
  uint64_t hits(std::string_view kind) { return registry.counter(telemetry::kCacheHits, {kind}).value(); }
  uint64_t misses(std::string_view why) { return registry.counter(telemetry::kCacheMisses, {why}).value(); }
  uint64_t evictions(std::string_view why) { return registry.counter(telemetry::kCacheEvictions, {why}).value(); }

  ManualClock clock{1'000'000'000};
  telemetry::Registry registry;
  CountedVersions versions;
  std::atomic<int> computed{0};
  std::unique_ptr<AnswerCache> cache =
      std::make_unique<AnswerCache>(&versions, CacheSettings{1 << 20, kSlotMs}, clock, registry);
};

TEST_F(AnswerCacheTest, AnAnswerIsKeptWhileNothingChanges) {
  EXPECT_FALSE(ask("q").freshness.cached);
  clock.advance_ms(kSlotMs / 2);
  const Got again = ask("q");
  EXPECT_EQ(again.answer, 1);
  EXPECT_TRUE(again.freshness.cached && again.freshness.current);
  EXPECT_EQ(again.freshness.age_ms, kSlotMs / 2);
  EXPECT_EQ(ask("another").answer, 2);
  EXPECT_EQ(hits("current"), 1u);
  EXPECT_EQ(misses("unknown"), 2u);
}

TEST_F(AnswerCacheTest, NewDataMakesANewAnswer) {
  ask("q");
  ++versions.version;
  const Got again = ask("q");
  EXPECT_EQ(again.answer, 2);
  EXPECT_FALSE(again.freshness.cached);
  EXPECT_EQ(misses("changed"), 1u);
  EXPECT_EQ(evictions("outdated"), 1u);
  EXPECT_EQ(ask("q").answer, 2);
}

TEST_F(AnswerCacheTest, TheNextSlotOfTimeMakesANewAnswer) {
  ask("q");
  clock.advance_ms(kSlotMs);
  EXPECT_EQ(ask("q").answer, 2);
}

TEST_F(AnswerCacheTest, AProjectNeverGetsAnothersAnswer) {
  EXPECT_EQ(ask("q").answer, 1);
  EXPECT_EQ(ask("q", {}, kOtherGame).answer, 2);
  EXPECT_EQ(ask("q").answer, 1);
  ++versions.version;  // of kGame: the other's answer stays
  EXPECT_EQ(ask("q", {}, kOtherGame).answer, 2);
}

TEST_F(AnswerCacheTest, AnOldAnswerIsGivenToWhomItIsNewEnough) {
  ask("q");
  ++versions.version;
  clock.advance_ms(5000);
  const Got old = ask("q", {.max_age_ms = 6000});
  EXPECT_EQ(old.answer, 1);
  EXPECT_TRUE(old.freshness.cached);
  EXPECT_FALSE(old.freshness.current);
  EXPECT_EQ(old.freshness.age_ms, 5000);
  EXPECT_EQ(ask("q", {.max_age_ms = 5000}).answer, 2);
}

TEST_F(AnswerCacheTest, ABypassComputesAndKeeps) {
  ask("q");
  EXPECT_EQ(ask("q", {.bypass = true}).answer, 2);
  EXPECT_EQ(ask("q").answer, 2);
  EXPECT_EQ(misses("bypassed"), 1u);
}

TEST_F(AnswerCacheTest, WhatWasUsedLongestAgoMakesRoom) {
  make(3 * (kAnswerBytes + 300));
  for (const char* question : {"a", "b", "c"}) ask(question);
  ask("a");
  ask("d");
  EXPECT_EQ(evictions("room"), 1u);
  EXPECT_EQ(ask("a").answer, 1);
  EXPECT_EQ(ask("b").answer, 5);  // it had gone
  EXPECT_LE(registry.gauge(telemetry::kCacheBytes).value(), 3.0 * (kAnswerBytes + 300));
}

TEST_F(AnswerCacheTest, WhatIsLargerThanAllRoomIsNotKept) {
  make(kAnswerBytes);
  ask("q");
  EXPECT_EQ(ask("q").answer, 2);
  EXPECT_EQ(registry.gauge(telemetry::kCacheBytes).value(), 0);
}

TEST_F(AnswerCacheTest, WithoutRoomNothingIsKept) {
  make(0);
  ask("q");
  EXPECT_EQ(ask("q").answer, 2);
}

// Holds the first computation until it is let go.
struct Gate {
  void pass() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
  }
  void wait_for_one() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return waiting > 0; });
  }
  void let_go() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool open = false;
};

TEST_F(AnswerCacheTest, FiftyEqualQuestionsAtOnceAreComputedOnce) {
  Gate gate;
  std::vector<std::thread> askers;
  std::atomic<int> ones{0};
  for (int i = 0; i < 50; ++i) {
    askers.emplace_back([&] {
      const auto found = cache->get(kGame, "q", clock.now_ms(), {}, [&] {
        gate.pass();
        return compute();
      });
      if (*std::static_pointer_cast<const int>(found->answer) == 1) ++ones;
    });
  }
  gate.wait_for_one();
  gate.let_go();
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(ones, 50);
  EXPECT_EQ(hits("shared") + hits("current"), 49u);
}

TEST_F(AnswerCacheTest, WhoAsksAfterAChangeDoesNotGetWhatWasBegunBeforeIt) {
  Gate gate;
  std::thread first([&] {
    (void)cache->get(kGame, "q", clock.now_ms(), {}, [&] {
      const int mine = ++computed;
      gate.pass();
      return Result<AnswerCache::Computed>(AnswerCache::Computed{std::make_shared<const int>(mine), kAnswerBytes});
    });
  });
  gate.wait_for_one();
  ++versions.version;
  EXPECT_EQ(ask("q").answer, 2);
  gate.let_go();
  first.join();
  EXPECT_EQ(ask("q").answer, 2);  // the late, older answer has not taken its place
}

TEST_F(AnswerCacheTest, ACancelledAskerTakesNobodyWithHim) {
  Gate gate;
  std::thread first([&] {
    const auto found = cache->get(kGame, "q", clock.now_ms(), {}, [&]() -> Result<AnswerCache::Computed> {
      gate.pass();
      return Error{"gm-query-cancelled", "cancelled"};
    });
    EXPECT_FALSE(found.ok());
  });
  gate.wait_for_one();
  std::thread second([&] { EXPECT_EQ(ask("q").answer, 1); });
  gate.let_go();
  first.join();
  second.join();
}

TEST_F(AnswerCacheTest, WhoWaitsForAnothersAnswerCanBeCancelled) {
  Gate gate;
  std::thread first([&] {
    (void)cache->get(kGame, "q", clock.now_ms(), {}, [&] {
      gate.pass();
      return compute();
    });
  });
  gate.wait_for_one();
  std::stop_source stop;
  stop.request_stop();
  {
    const store::StoppedBy stopped_by(stop.get_token());
    const auto found = cache->get(kGame, "q", clock.now_ms(), {}, [this] { return compute(); });
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, "gm-query-cancelled");
  }
  gate.let_go();
  first.join();
  EXPECT_EQ(computed, 1);
}

TEST(CacheUse, IsReadFromTheHeader) {
  const auto read = [](std::string_view value) {
    http::Request request;
    request.headers.emplace_back("Cache-Control", value);
    return cache_use(request);
  };
  EXPECT_TRUE(read("no-cache").bypass);
  EXPECT_TRUE(read("max-age=0, No-Store").bypass);
  EXPECT_EQ(read("max-age=60").max_age_ms, 60'000);
  EXPECT_EQ(read("max-age=0").max_age_ms, 0);
  EXPECT_EQ(read("max-age=x").max_age_ms, 0);
  EXPECT_EQ(read("max-age=-5").max_age_ms, 0);
  EXPECT_EQ(read("max-age=99999999999999999999").max_age_ms, 0);
  EXPECT_EQ(read("max-age=9999999999").max_age_ms, 86'400'000);
}

// The routes: what they say of it, and that a batch of the store is what ends it.
struct KeptAnswersTest : ApiTest {
  std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }
  http::Response dau() { return metric("dau", "from=2026-11-20&to=2026-11-23"); }
};

TEST_F(KeptAnswersTest, AMetricIsKeptUntilABatchChangesItsProject) {
  EXPECT_EQ(header(dau(), "X-Cache"), "miss");
  clock.advance_ms(3000);
  const auto kept = dau();
  EXPECT_EQ(header(kept, "X-Cache"), "hit");
  EXPECT_EQ(header(kept, "Age"), "3");
  // Nothing has changed since: the answer is as of now.
  EXPECT_EQ(Json::parse(kept.body)["as_of"], format_iso8601(clock.now_ms()));
  store::MicroBatch others;
  others.days.push_back({.project = kOtherGame, .date = day("2026-11-23"), .players = 5});
  apply(others);
  EXPECT_EQ(header(dau(), "X-Cache"), "hit");
  store::MicroBatch own;
  own.days.push_back({.project = kGame, .date = day("2026-11-23"), .players = 7});
  apply(own);
  const auto changed = dau();
  EXPECT_EQ(header(changed, "X-Cache"), "miss");
  EXPECT_EQ(Json::parse(changed.body)["points"][3]["value"], 7);
}

TEST_F(KeptAnswersTest, AnotherProjectsKeyIsAnsweredWithItsOwn) {
  store::MicroBatch own;
  own.days.push_back({.project = kGame, .date = day("2026-11-23"), .players = 7});
  apply(own);
  EXPECT_EQ(Json::parse(dau().body)["points"][3]["value"], 7);
  const auto theirs = get("/api/v1/metrics/{name}", "from=2026-11-20&to=2026-11-23", other_project_key, "dau");
  EXPECT_EQ(header(theirs, "X-Cache"), "miss");
  EXPECT_EQ(Json::parse(theirs.body)["points"][3]["value"], 0);
}

TEST_F(KeptAnswersTest, GraphqlAndRestShareAnswers) {
  dau();
  http::Request request;
  request.method = http::Method::post;
  const std::string authorization = "Bearer " + project_key;
  const std::string body =
      Json{{"query", R"({ metric(name: "dau", from: "2026-11-20", to: "2026-11-23") { total } })"}}.dump();
  request.headers.emplace_back("Authorization", authorization);
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = body;
  const auto answer = router->handlers.at("/graphql")(request);
  EXPECT_THAT(answer.body, testing::HasSubstr("\"data\"")) << answer.body;
  EXPECT_EQ(registry.counter(telemetry::kCacheHits, {"current"}).value(), 1u) << answer.body;
}

}  // namespace
}  // namespace gm::analytics_api
