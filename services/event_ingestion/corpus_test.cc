// Every file of test/corpus/ingestion against the line that says what must come of it (expected.tsv beside the files).

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "lib/base/time.h"
#include "lib/http/message.h"
#include "services/event_ingestion/native_decoder.h"
#include "services/event_ingestion/posthog_decoder.h"

namespace gm::event_ingestion {
namespace {

const std::filesystem::path kCorpus = GM_SOURCE_DIR "/test/corpus/ingestion";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

// "accepted=1 refused=tag,tag warnings=tag", without the last part when there are none.
std::string describe(const DecodedBatch& batch) {
  std::string text = "accepted=" + std::to_string(batch.encoder.count()) + " refused=";
  for (size_t i = 0; i < batch.refused.size(); ++i) {
    text += (i > 0 ? "," : "") + std::string(declaration_of(batch.refused[i].tag).name);
  }
  std::string warnings;
  for (const EventVerdict& one : batch.verdicts) {
    if (declaration_of(one.tag).verdict == Verdict::warning)
      warnings += " warnings=" + std::string(declaration_of(one.tag).name);
  }
  return text + warnings;
}

std::string decode(const std::string& dialect, const std::string& body) {
  const auto settings = IngestSettings::from(config::Settings::defaults());
  const DecodeInput input{body, ProjectId::from_stored(1), *parse_iso8601_ms("2026-11-23T12:00:00Z"), 0};
  if (dialect == "native") {
    const auto decoded = decode_native(input, settings);
    return decoded ? describe(*decoded) : "error=" + decoded.error().code;
  }
  const auto decoded = decode_posthog(input, settings);
  return decoded ? describe(decoded->batch) : "error=" + decoded.error().code;
}

class Corpus : public testing::TestWithParam<const char*> {};

TEST_P(Corpus, EveryFileGetsItsVerdict) {
  const auto folder = kCorpus / GetParam();
  std::ifstream table(folder / "expected.tsv");
  std::map<std::string, std::string> expected;
  for (std::string line; std::getline(table, line);) {
    const size_t tab = line.find('\t');
    if (!line.starts_with('#') && tab != std::string::npos) expected[line.substr(0, tab)] = line.substr(tab + 1);
  }
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".bin") continue;
    ++files;
    const std::string name = entry.path().filename();
    ASSERT_TRUE(expected.contains(name)) << name << " has no line in expected.tsv";
    EXPECT_EQ(decode(GetParam(), read_file(entry.path())), expected[name]) << name;
  }
  EXPECT_EQ(files, expected.size());
  EXPECT_GE(files, 25u);
}

INSTANTIATE_TEST_SUITE_P(Dialects, Corpus, testing::Values("native", "posthog"));

}  // namespace
}  // namespace gm::event_ingestion
