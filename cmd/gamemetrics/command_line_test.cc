// Runs the real binary: help texts against test/golden/help, exit codes, suggestions.
// GM_UPDATE_GOLDEN=1 writes the help texts anew; look at the difference before committing it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/io/file.h"

namespace gm::gamemetrics {
namespace {

using testing::HasSubstr;

struct Outcome {
  int code = 0;
  std::string out;
};

// Both outputs, or with `quiet` only stdout. The arguments are the test's own, so a shell is safe.
Outcome run_binary(const std::string& arguments, bool quiet = false) {
  const std::string command = std::string("env -i PATH=/usr/bin:/bin ") + GM_BINARY + " " + arguments +
                              (quiet ? " 2>/dev/null" : " 2>&1") + " </dev/null";
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  for (size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) outcome.out.append(buffer.data(), n);
  outcome.code = WEXITSTATUS(pclose(pipe));
  return outcome;
}

class Help : public testing::TestWithParam<const char*> {};

TEST_P(Help, is_as_in_the_golden_file) {
  const std::string command = GetParam();
  const auto outcome = run_binary(command + " --help", true);
  EXPECT_EQ(outcome.code, 0);
  std::string name = command.empty() ? "gamemetrics" : command;
  for (char& c : name) c = c == ' ' ? '-' : c;
  const std::string path = std::string(GM_SOURCE_DIR) + "/test/golden/help/" + name + ".txt";
  io::PosixFileSystem files;
  if (std::getenv("GM_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(files.make_directories(io::parent_directory(path)).ok());
    ASSERT_TRUE(io::replace_file(files, path, outcome.out).ok());
  }
  const auto golden = io::read_file(files, path, 1 << 20);
  ASSERT_TRUE(golden.ok()) << path;
  EXPECT_EQ(outcome.out, *golden);
}

INSTANTIATE_TEST_SUITE_P(Commands, Help,
                         testing::Values("", "serve", "demo", "simulate", "import", "query", "key", "key create",
                                         "key rotate", "project", "project create", "user", "user create",
                                         "organisation", "member", "member invite", "audit", "audit list", "config",
                                         "config show", "doctor", "log", "version", "metrics-catalog", "privacy",
                                         "privacy erase", "privacy export", "privacy fetch", "privacy restrict",
                                         "privacy rectify", "alert", "alert apply", "backup", "backup create",
                                         "backup restore"));

TEST(CommandLine, unknown_words_are_usage_errors_with_a_suggestion) {
  const auto flag = run_binary("serve --http.adress=127.0.0.1:0");
  EXPECT_EQ(flag.code, 64);
  EXPECT_THAT(flag.out, HasSubstr("did you mean '--http.address'?"));
  const auto command = run_binary("qurey dau");
  EXPECT_EQ(command.code, 64);
  EXPECT_THAT(command.out, HasSubstr("did you mean 'query'?"));
  EXPECT_EQ(run_binary("query").code, 64);
  EXPECT_EQ(run_binary("query dau --key k -o xml").code, 64);
  EXPECT_EQ(run_binary("key").code, 64);
  EXPECT_EQ(run_binary("serve --target=moon").code, 64);
}

TEST(CommandLine, settings_are_checked_before_anything_starts) {
  const auto bad = run_binary("serve --http.threads=many");
  EXPECT_EQ(bad.code, 78);
  EXPECT_THAT(bad.out, HasSubstr("whole number"));
  EXPECT_EQ(run_binary("config check").code, 0);
  EXPECT_EQ(run_binary("config check --project.time_zone=Mars/Olympus").code, 78);
  EXPECT_EQ(run_binary("config check --config /does/not/exist.yaml").code, 78);
}

TEST(CommandLine, a_server_that_is_not_there_is_unavailable) {
  const auto outcome = run_binary("query dau --url http://127.0.0.1:1 --key gm_pk_x --from 2026-01-01 --to 2026-01-02");
  EXPECT_EQ(outcome.code, 69);
  EXPECT_THAT(outcome.out, HasSubstr("gm-http-client-failed"));
}

TEST(CommandLine, a_directory_without_a_project_has_no_keys) {
  const auto outcome = run_binary("key list --data_dir=/does/not/exist");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("gm-project-unknown"));
}

TEST(CommandLine, json_on_stdout_is_json_and_nothing_else) {
  EXPECT_TRUE(nlohmann::json::parse(run_binary("version --json", true).out, nullptr, false).is_object());
  EXPECT_TRUE(
      nlohmann::json::parse(run_binary("config show -o json", true).out, nullptr, false).contains("http.address"));
  EXPECT_GT(nlohmann::json::parse(run_binary("metrics-catalog -o json", true).out, nullptr, false).size(), 15u);
}

TEST(CommandLine, the_default_settings_file_is_accepted_and_changes_nothing) {
  const std::string path = testing::TempDir() + "default-settings.yaml";
  ASSERT_EQ(run_binary("config default > " + path).code, 0);
  EXPECT_EQ(run_binary("config check --config " + path).code, 0);
  const auto plain = nlohmann::json::parse(run_binary("config show -o json", true).out);
  const auto from_file = nlohmann::json::parse(run_binary("config show -o json --config " + path, true).out);
  for (const auto& [name, entry] : plain.items()) EXPECT_EQ(entry["value"], from_file[name]["value"]) << name;
  std::filesystem::remove(path);
}

TEST(CommandLine, the_module_map_names_every_port) {
  const auto outcome = run_binary("serve --list-targets", true);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(run_binary("--list-targets", true).out, outcome.out);
  for (const char* port : {"event log", "analytics store", "metadata", "live state"})
    EXPECT_THAT(outcome.out, HasSubstr(port));
}

TEST(CommandLine, references_are_not_empty) {
  EXPECT_THAT(run_binary("settings-reference", true).out, HasSubstr("| `http.address` |"));
  EXPECT_THAT(run_binary("errors-catalog", true).out, HasSubstr("`gm-key-missing`"));
  EXPECT_THAT(run_binary("help-reference", true).out, HasSubstr("## gamemetrics key create"));
}

}  // namespace
}  // namespace gm::gamemetrics
