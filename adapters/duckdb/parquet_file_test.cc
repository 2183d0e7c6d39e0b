// Parquet files: read back by DuckDB, of any length in bounded memory, and broken off.

#include "adapters/duckdb/parquet_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/duckdb/connection.h"

namespace gm::duckdb {
namespace {

using store::ColumnKind;
using store::RowBlock;
using store::TimestampMs;

class ListedRows final : public store::RowSource {
 public:
  ListedRows(std::vector<store::RowColumn> columns, RowBlock rows)
      : columns_(std::move(columns)), rows_(std::move(rows)) {}
  const std::vector<store::RowColumn>& columns() const override { return columns_; }
  Result<RowBlock> next() override { return std::exchange(rows_, {}); }

 private:
  std::vector<store::RowColumn> columns_;
  RowBlock rows_;
};

// `count` rows of a number and a text; then an error, if there is one.
class MadeRows final : public store::RowSource {
 public:
  explicit MadeRows(int64_t count, std::optional<Error> failure = {}) : left_(count), failure_(std::move(failure)) {}
  const std::vector<store::RowColumn>& columns() const override { return columns_; }
  Result<RowBlock> next() override {
    RowBlock block;
    for (; left_ > 0 && block.size() < 2048; --left_) block.push_back({left_, fmt::format("text {}", left_ * 7919)});
    read += static_cast<int64_t>(block.size());
    if (block.empty() && failure_) return *failure_;
    return block;
  }
  int64_t read = 0;

 private:
  const std::vector<store::RowColumn> columns_ = {{"i", ColumnKind::integer}, {"t", ColumnKind::text}};
  int64_t left_;
  std::optional<Error> failure_;
};

struct ParquetFileTest : testing::Test {
  ParquetFileTest() {
    // As in the program: a reader that has gone is an error of the writer, not its end.
    std::signal(SIGPIPE, SIG_IGN);
    std::string name = (std::filesystem::temp_directory_path() / "gm_parquet_XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~ParquetFileTest() override { std::filesystem::remove_all(folder); }

  std::string path() const { return folder + "/answer.parquet"; }
  Status write(store::RowSource& rows) {
    std::ofstream out(path(), std::ios::binary);
    return file.write(rows, [&](std::string_view bytes) {
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      return true;
    });
  }
  // The first column of what DuckDB reads, as text.
  std::vector<std::string> read(const std::string& select) {
    auto database = Database::open(":memory:", {});
    auto connection = Connection::open(*database);
    auto rows = connection->query(fmt::format("SELECT CAST(x AS VARCHAR) FROM ({} FROM '{}') t(x)", select, path()));
    EXPECT_TRUE(rows.ok()) << (rows ? "" : rows.error().message);
    std::vector<std::string> all;
    while (const size_t count = rows ? rows->next_chunk() : 0) {
      for (size_t row = 0; row < count; ++row) {
        all.push_back(rows->is_null(0, row) ? "null" : std::string(rows->text(0, row)));
      }
    }
    return all;
  }

  std::string folder;
  ParquetFile file{64 << 20};
};

TEST_F(ParquetFileTest, EveryKindIsReadBackAsItWas) {
  ListedRows rows({{"t", ColumnKind::text},
                   {"i", ColumnKind::integer},
                   {"n", ColumnKind::number},
                   {"f", ColumnKind::flag},
                   {"d", ColumnKind::date},
                   {"m", ColumnKind::moment}},
                  {{std::string("ä, \"x\"\n\0z", 10), INT64_MIN, 0.1, int64_t{1}, Date::parse("2026-11-26").value(),
                    TimestampMs{1'764'151'200'123}},
                   {{}, {}, {}, {}, {}, {}}});
  ASSERT_TRUE(write(rows).ok());
  EXPECT_EQ(read("SELECT t"), (std::vector<std::string>{std::string("ä, \"x\"\n\0z", 10), "null"}));
  EXPECT_EQ(read("SELECT i"), (std::vector<std::string>{"-9223372036854775808", "null"}));
  EXPECT_EQ(read("SELECT n"), (std::vector<std::string>{"0.1", "null"}));
  EXPECT_EQ(read("SELECT f"), (std::vector<std::string>{"true", "null"}));
  EXPECT_EQ(read("SELECT d"), (std::vector<std::string>{"2026-11-26", "null"}));
  EXPECT_EQ(read("SELECT epoch_ms(m)"), (std::vector<std::string>{"1764151200123", "null"}));
  EXPECT_EQ(read("SELECT DISTINCT typeof(m)"), (std::vector<std::string>{"TIMESTAMP WITH TIME ZONE"}));
}

TEST_F(ParquetFileTest, ColumnsOfOneNameAreToldApart) {
  ListedRows rows({{"a", ColumnKind::integer}, {"a", ColumnKind::integer}}, {{int64_t{1}, int64_t{2}}});
  ASSERT_TRUE(write(rows).ok());
  EXPECT_EQ(read("SELECT a"), (std::vector<std::string>{"1"}));
  EXPECT_EQ(read("SELECT a_2"), (std::vector<std::string>{"2"}));
}

TEST_F(ParquetFileTest, NoRowIsAFileToo) {
  MadeRows rows(0);
  ASSERT_TRUE(write(rows).ok());
  EXPECT_EQ(read("SELECT count(i)"), (std::vector<std::string>{"0"}));
}

TEST_F(ParquetFileTest, ManyRowsComeInPartsAndWhole) {
  MadeRows rows(300'000);
  size_t bytes = 0, first_at = 0;
  std::ofstream out(path(), std::ios::binary);
  const Status written = file.write(rows, [&](std::string_view part) {
    if (bytes == 0) first_at = static_cast<size_t>(rows.read);
    bytes += part.size();
    out.write(part.data(), static_cast<std::streamsize>(part.size()));
    return true;
  });
  out.close();
  ASSERT_TRUE(written.ok());
  EXPECT_LT(first_at, 300'000u);  // something was sent before the last row was read
  EXPECT_EQ(read("SELECT count(DISTINCT t)"), (std::vector<std::string>{"300000"}));
  EXPECT_EQ(read("SELECT sum(i)"), (std::vector<std::string>{"45000150000"}));
}

TEST_F(ParquetFileTest, AnErrorOfTheRowsIsTheErrorOfTheFile) {
  MadeRows rows(100'000, Error{"gm-sql-timeout", "stopped"});
  const Status written = write(rows);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, "gm-sql-timeout");
}

TEST_F(ParquetFileTest, AReaderThatWantsNoMoreStopsTheReading) {
  MadeRows rows(5'000'000);
  int parts = 0;
  const Status written = file.write(rows, [&](std::string_view) { return ++parts < 3; });
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, "gm-export-unwanted");
  EXPECT_EQ(parts, 3);
  EXPECT_LT(rows.read, 5'000'000);
}

}  // namespace
}  // namespace gm::duckdb
