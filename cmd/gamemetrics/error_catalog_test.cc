#include "cmd/gamemetrics/error_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "lib/io/file.h"

namespace gm::gamemetrics {
namespace {

// Every "gm-..." literal of the product's sources; prefixes that end in a hyphen and names of threads are not codes.
std::set<std::string> codes_in_sources() {
  std::set<std::string> codes;
  const std::regex literal("\"(gm-[a-z0-9]+(-[a-z0-9]+)*)\"");
  const std::set<std::string> threads = {"gm-http", "gm-log", "gm-subscribers", "gm-worker"};
  io::PosixFileSystem files;
  for (const char* folder : {"lib", "services", "adapters", "cmd"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(GM_SOURCE_DIR) + "/" + folder)) {
      const std::string path = entry.path().string();
      const bool source = path.ends_with(".cc") || path.ends_with(".h");
      const std::string stem = entry.path().stem().string();
      if (!source || stem.ends_with("_test") || stem.ends_with("_fuzz") || stem == "error_catalog" ||
          stem.starts_with("fake_"))
        continue;
      const auto text = io::read_file(files, path, 4u << 20);
      EXPECT_TRUE(text.ok()) << path;
      for (std::sregex_iterator it(text->begin(), text->end(), literal), end; it != end; ++it)
        if (!threads.count((*it)[1])) codes.insert((*it)[1]);
    }
  }
  return codes;
}

TEST(ErrorCatalog, is_sorted_and_has_each_code_once) {
  const auto& table = error_catalog();
  for (size_t i = 1; i < table.size(); ++i) EXPECT_LT(table[i - 1].code, table[i].code);
}

TEST(ErrorCatalog, holds_exactly_the_codes_that_the_sources_use) {
  std::set<std::string> listed;
  for (const ErrorEntry& entry : error_catalog()) listed.emplace(entry.code);
  const auto used = codes_in_sources();
  ASSERT_GT(used.size(), 30u);
  for (const std::string& code : used)
    EXPECT_TRUE(listed.count(code)) << code << " is not in cmd/gamemetrics/error_catalog.cc";
  for (const std::string& code : listed)
    EXPECT_TRUE(used.count(code)) << code << " is in the catalogue, but nothing gives it";
}

}  // namespace
}  // namespace gm::gamemetrics
