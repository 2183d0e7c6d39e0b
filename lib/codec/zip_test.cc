#include "lib/codec/zip.h"

#include <gtest/gtest.h>

namespace gm::codec {
namespace {

std::string archive_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string bytes;
  ZipWriter zip([&bytes](std::string_view more) {
    bytes += more;
    return Status();
  });
  for (const auto& [name, content] : files) EXPECT_TRUE(zip.add(name, content).ok());
  EXPECT_TRUE(zip.finish().ok());
  return bytes;
}

uint32_t number_at(const std::string& bytes, size_t at, int width) {
  uint32_t number = 0;
  for (int i = width; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + static_cast<size_t>(i)]);
  return number;
}

// The whole archive as the specification lays it out; that programs of others open it is tested with Python's zipfile
// in test/integration/test_privacy_export.py.
TEST(ZipTest, AFileIsThereAsItIsWithItsChecksumInBothHeaders) {
  const std::string bytes = archive_of({{"a.json", "123456789"}});
  EXPECT_EQ(number_at(bytes, 0, 4), 0x04034b50u);
  EXPECT_EQ(number_at(bytes, 14, 4), 0xcbf43926u) << "CRC-32's check value";
  EXPECT_EQ(bytes.substr(30, 15), "a.json123456789");
  const size_t end = bytes.size() - 22;
  EXPECT_EQ(number_at(bytes, end, 4), 0x06054b50u);
  EXPECT_EQ(number_at(bytes, end + 10, 2), 1u);
  const size_t directory = number_at(bytes, end + 16, 4);
  EXPECT_EQ(directory, 45u);
  EXPECT_EQ(number_at(bytes, end + 12, 4), end - directory);
  EXPECT_EQ(number_at(bytes, directory, 4), 0x02014b50u);
  EXPECT_EQ(number_at(bytes, directory + 16, 4), 0xcbf43926u);
  EXPECT_EQ(number_at(bytes, directory + 42, 4), 0u);
}

TEST(ZipTest, EachFileIsFoundWhereTheDirectorySays) {
  const std::string bytes = archive_of({{"one", ""}, {"two", "bytes"}, {"three", std::string(100'000, 'x')}});
  const size_t end = bytes.size() - 22;
  EXPECT_EQ(number_at(bytes, end + 10, 2), 3u);
  size_t entry = number_at(bytes, end + 16, 4);
  for (const std::string name : {"one", "two", "three"}) {
    const size_t at = number_at(bytes, entry + 42, 4);
    EXPECT_EQ(number_at(bytes, at, 4), 0x04034b50u);
    EXPECT_EQ(bytes.substr(at + 30, name.size()), name);
    entry += 46 + name.size();
  }
  EXPECT_EQ(entry, end);
}

TEST(ZipTest, WhatTheSinkCannotTakeIsTheArchivesError) {
  ZipWriter zip([](std::string_view) { return Status(Error{"gm-io-no-space", "full"}); });
  EXPECT_EQ(zip.add("a", "b").error().code, "gm-io-no-space");
}

}  // namespace
}  // namespace gm::codec
