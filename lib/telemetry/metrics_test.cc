#include "lib/telemetry/metrics.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "lib/telemetry/catalog.h"

namespace gm::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ACounterIsExposedWithHelpTypeAndLabels) {
  Registry registry;
  registry.counter(kIngestEvents, {"native", "accepted"}).add(3);
  registry.counter(kIngestEvents, {"native", "accepted"}).add(2);
  EXPECT_EQ(registry.expose(),
            "# HELP gamemetrics_ingest_events_total Events received, by dialect and by what became of them: accepted, "
            "rejected, "
            "throttled.\n"
            "# TYPE gamemetrics_ingest_events_total counter\n"
            "gamemetrics_ingest_events_total{source=\"native\",outcome=\"accepted\"} 5\n");
}

TEST(Metrics, LabelValuesAreEscaped) {
  Registry registry;
  registry.counter(kIngestRejected, {"a\"b\\c\nd"}).add();
  EXPECT_THAT(registry.expose(), HasSubstr("{reason=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Metrics, HistogramBucketsAreCumulativeAndEndWithInfinity) {
  static const MetricDeclaration declaration{"h", Kind::histogram, "Help.", {}, {0.5, 1}};
  Registry registry;
  Histogram& histogram = registry.histogram(declaration);
  for (const double value : {0.25, 0.5, 0.75, 4.0}) histogram.observe(value);
  EXPECT_EQ(
      registry.expose(),
      "# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"0.5\"} 2\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 4\n"
      "h_sum 5.5\nh_count 4\n");
}

TEST(Metrics, UpdatesRunBeforeExposition) {
  Registry registry;
  Gauge& gauge = registry.gauge(kHttpConnections);
  registry.before_expose([&] { gauge.set(7); });
  EXPECT_THAT(registry.expose(), HasSubstr("gamemetrics_http_connections 7\n"));
}

TEST(Metrics, ThreadsLoseNothing) {
  Registry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        registry.counter(kIngestRejected, {i % 2 == 0 ? "even" : "odd"}).add();
        registry.histogram(kQueryDuration, {"x"}).observe(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(registry.counter(kIngestRejected, {"even"}).value(), 20'000u);
  EXPECT_EQ(registry.histogram(kQueryDuration, {"x"}).sum(), 40'000);
}

size_t declarations_in(const std::filesystem::path& header) {
  std::ifstream lines(header);
  size_t declared = 0;
  for (std::string line; std::getline(lines, line);) declared += line.starts_with("inline const MetricDeclaration ");
  return declared;
}

// A declaration that is missing from the list would be invisible in `metrics-catalog`. All headers are read: with one
// of them, a missing entry was once made up for by one of the other header's.
TEST(Catalog, ListsEveryDeclarationOfTheHeadersOnce) {
  size_t declared = 0;
  for (const auto& file : std::filesystem::directory_iterator(GM_SOURCE_DIR "/lib/telemetry")) {
    const std::string name = file.path().filename();
    if (name.starts_with("catalog") && name.ends_with(".h")) declared += declarations_in(file.path());
  }
  std::set<std::string_view> names;
  for (const auto* declaration : catalog()) names.insert(declaration->name);
  EXPECT_GT(declared, 0u);
  EXPECT_EQ(names.size(), declared);
  EXPECT_EQ(catalog().size(), declared);
}

TEST(Catalog, FollowsTheNamingRules) {
  for (const auto* declaration : catalog()) {
    EXPECT_TRUE(declaration->name.starts_with("gamemetrics_") || declaration->name.starts_with("http_server_"))
        << declaration->name;
    EXPECT_EQ(declaration->name.ends_with("_total"), declaration->kind == Kind::counter) << declaration->name;
    EXPECT_EQ(declaration->buckets.empty(), declaration->kind != Kind::histogram) << declaration->name;
    EXPECT_TRUE(declaration->help.ends_with(".")) << declaration->name;
    for (const auto label : declaration->labels)
      EXPECT_THAT(std::string(label), Not(HasSubstr("player"))) << declaration->name;
  }
}

}  // namespace
}  // namespace gm::telemetry
