// Every file of test/corpus/ingestion against the line that says what must come of it (expected.tsv beside the files).

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include "lib/base/time.h"
#include "lib/http/message.h"
#include "services/event_ingestion/dialect_table.h"

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

// A source may have several dialects: the one that answers at `path`, else the first.
const Dialect& dialect_called(std::string_view name, std::string_view path) {
  const Dialect* first = nullptr;
  for (const Dialect* dialect : dialects()) {
    if (event::source_name(dialect->source()) != name) continue;
    if (!first) first = dialect;
    for (const Endpoint& endpoint : dialect->endpoints()) {
      if (endpoint.path == path) return *dialect;
    }
  }
  if (!first) throw std::invalid_argument("no dialect " + std::string(name));
  return *first;
}

// A file of the corpus as a request: ".bin" is the body of a POST to the dialect's first path; ".http" is a request
// line
// ("POST /path?query"), header lines, an empty line and the body.
class CorpusRequest {
 public:
  CorpusRequest(const Dialect& dialect, const std::filesystem::path& file) : text_(read_file(file)) {
    request_.method = http::Method::post;
    request_.trace_id = "0123456789abcdef0123456789abcdef";
    request_.received_ms = *parse_iso8601_ms("2026-11-23T12:00:00Z");
    size_t body = 0;
    if (file.extension() == ".http") {
      body = read_head();
    } else {
      path_ = dialect.endpoints().front().path;
      request_.path = path_;
    }
    body_bytes_ = text_.size() - body;
    text_.resize(text_.size() + http::kBodyPadding);
    body_ = text_.substr(body);
  }
  Call call() {
    request_.body = std::string_view(body_).substr(0, body_bytes_);
    return {request_, request_.body};
  }

 private:
  size_t read_head() {
    const size_t end = text_.find("\n\n");
    if (end == std::string::npos) throw std::invalid_argument("no empty line behind the head");
    std::istringstream head(text_.substr(0, end));
    std::string method, target;
    head >> method >> target >> std::ws;
    if (method == "GET") request_.method = http::Method::get;
    const size_t question = target.find('?');
    path_ = target.substr(0, question);
    query_ = question == std::string::npos ? "" : target.substr(question + 1);
    request_.path = path_;
    request_.query = query_;
    for (std::string line; std::getline(head, line);) {
      const size_t colon = line.find(": ");
      headers_.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    for (const auto& [name, value] : headers_) request_.headers.emplace_back(name, value);
    // The router's work: "/v2/{game_key}/events" names the segment behind "/v2/".
    if (path_.starts_with("/v2/")) request_.path_parameters.push_back(request_.path.substr(4, path_.find('/', 4) - 4));
    return end + 2;
  }

  std::string text_, body_, path_, query_;
  size_t body_bytes_ = 0;
  std::deque<std::pair<std::string, std::string>> headers_;
  http::Request request_;
};

std::string decode(const std::string& name, const std::filesystem::path& file) {
  CorpusRequest request(dialect_called(name, ""), file);
  const Dialect& dialect = dialect_called(name, request.call().request.path);
  const auto decoded = dialect.decode(request.call(), IngestSettings::from(config::Settings::defaults()));
  return decoded ? describe(decoded->batch) : "error=" + decoded.error().code;
}

class Corpus : public testing::TestWithParam<std::string> {};

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
    if (entry.path().extension() != ".bin" && entry.path().extension() != ".http") continue;
    ++files;
    const std::string name = entry.path().filename();
    ASSERT_TRUE(expected.contains(name)) << name << " has no line in expected.tsv";
    EXPECT_EQ(decode(GetParam(), entry.path()), expected[name]) << name;
  }
  EXPECT_EQ(files, expected.size());
  EXPECT_GE(files, 25u);
}

std::set<std::string> every_source() {
  std::set<std::string> names;
  for (const Dialect* dialect : dialects()) names.emplace(event::source_name(dialect->source()));
  return names;
}

INSTANTIATE_TEST_SUITE_P(Dialects, Corpus, testing::ValuesIn(every_source()),
                         [](const auto& dialect) { return dialect.param; });

}  // namespace
}  // namespace gm::event_ingestion
