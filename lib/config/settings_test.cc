#include "lib/config/settings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lib/config/quantity.h"

namespace gm::config {
namespace {

TEST(SettingsTest, DeclarationsAreSortedUniqueAndHaveProse) {
  const auto& all = declarations();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name == b.name; }),
            all.end());
  for (const auto& d : all) EXPECT_FALSE(d.prose.empty()) << d.name;
}

TEST(SettingsTest, EveryDefaultAndExampleIsValid) {
  Settings settings = Settings::defaults();
  for (const auto& d : declarations()) {
    EXPECT_TRUE(settings.set(d.name, d.default_value, "test").ok()) << d.name;
    EXPECT_TRUE(settings.set(d.name, d.example, "test").ok()) << d.name;
  }
}

TEST(SettingsTest, LaterSourcesWin) {
  Settings settings = Settings::defaults();
  ASSERT_TRUE(settings.load_yaml("ingest:\n  body_bytes_max: 4MiB\nhttp.threads: 3\n", "a.yaml").ok());
  EXPECT_EQ(settings.bytes("ingest.body_bytes_max"), 4 * 1024 * 1024);
  EXPECT_EQ(settings.integer("http.threads"), 3);
  EXPECT_EQ(settings.entries().find("ingest.body_bytes_max")->second.origin, "a.yaml:2");
  ASSERT_TRUE(settings.load_environment({{"GAMEMETRICS_INGEST_BODY_BYTES_MAX", "8MiB"}, {"HOME", "/root"}}).ok());
  EXPECT_EQ(settings.bytes("ingest.body_bytes_max"), 8 * 1024 * 1024);
}

TEST(SettingsTest, AMistypedVariableIsRefusedLikeAMistypedKey) {
  Settings settings = Settings::defaults();
  const auto status = settings.load_environment({{"GAMEMETRICS_HTTP_ADRESS", "127.0.0.1:1"}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "gm-config-unknown-key");
  EXPECT_EQ(status.error().message,
            "environment: unknown variable 'GAMEMETRICS_HTTP_ADRESS'; did you mean 'GAMEMETRICS_HTTP_ADDRESS'?");
}

TEST(SettingsTest, VariablesOfCommandsAndOfKubernetesAreNoSettings) {
  Settings settings = Settings::defaults();
  const auto status = settings.load_environment({{"GAMEMETRICS_URL", "http://x"},
                                                 {"GAMEMETRICS_CONFIG", "a.yaml"},
                                                 {"GAMEMETRICS_WRITE_KEY", "gm_wk_"},
                                                 {"GAMEMETRICS_PROJECT_KEY", "gm_pk_"},
                                                 {"GAMEMETRICS_INGEST_SERVICE_HOST", "10.0.0.1"},
                                                 {"GAMEMETRICS_INGEST_SERVICE_PORT_HTTP", "8080"},
                                                 {"GAMEMETRICS_PORT", "tcp://10.0.0.1:8080"},
                                                 {"GAMEMETRICS_PORT_8080_TCP_ADDR", "10.0.0.1"}});
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_FALSE(settings.load_environment({{"GAMEMETRICS_HTTP_PORT", "8080"}}).ok());
}

TEST(SettingsTest, UnknownKeyNamesLineAndSuggestion) {
  Settings settings = Settings::defaults();
  const auto status = settings.load_yaml("data_dir: /tmp/x\ningest:\n  body_byte_max: 4MiB\n", "a.yaml");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "gm-config-unknown-key");
  EXPECT_EQ(status.error().message,
            "a.yaml:3: unknown setting 'ingest.body_byte_max'; did you mean 'ingest.body_bytes_max'?");
}

TEST(SettingsTest, AllProblemsOfAFileAreReportedAtOnce) {
  Settings settings = Settings::defaults();
  const auto status = settings.load_yaml("http:\n  threads: many\n  header_timeout: 5 parsecs\n", "a.yaml");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "gm-config-invalid-value");
  EXPECT_NE(status.error().message.find("a.yaml:2"), std::string::npos);
  EXPECT_NE(status.error().message.find("a.yaml:3"), std::string::npos);
}

TEST(SettingsTest, MalformedYamlNamesTheLine) {
  Settings settings = Settings::defaults();
  const auto status = settings.load_yaml("http:\n  threads: [1\n", "a.yaml");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "gm-config-malformed");
}

TEST(SettingsTest, BoundsAreEnforcedAndPrintedInTheSettingsUnit) {
  Settings settings = Settings::defaults();
  const auto status = settings.set("ingest.event_bytes_max", "100", "--ingest.event_bytes_max");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("between 1KiB and 960KiB"), std::string::npos) << status.error().message;
}

TEST(QuantityTest, ReadsUnitsAndRefusesOthers) {
  EXPECT_EQ(parse_bytes("2MiB"), 2 * 1024 * 1024);
  EXPECT_EQ(parse_duration_ms("90s"), 90'000);
  EXPECT_EQ(parse_duration_ms("7d"), 7 * 86'400'000);
  EXPECT_FALSE(parse_bytes("2 MB"));
  EXPECT_FALSE(parse_duration_ms("10"));
  EXPECT_FALSE(parse_bytes("9223372036854775807GiB"));
  EXPECT_FALSE(parse_integer(""));
  EXPECT_EQ(format_quantity(SettingType::duration, 90'000), "90s");
  EXPECT_EQ(format_quantity(SettingType::bytes, 2 * 1024 * 1024), "2MiB");
}

}  // namespace
}  // namespace gm::config
