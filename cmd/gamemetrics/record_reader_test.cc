#include "cmd/gamemetrics/record_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "lib/io/faulty_file.h"

namespace gm::gamemetrics {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Read {
  std::vector<Record> records;
  std::string error;
};

Read read_all(const std::string& path, const std::string& bytes, FileFormat format) {
  io::FaultyFileSystem files;
  files.put(path, bytes);
  auto lines = LineReader::open(files, path);
  EXPECT_TRUE(lines.ok());
  RecordReader reader(std::move(*lines), format);
  Read read;
  while (true) {
    auto record = reader.next();
    if (!record) {
      read.error = record.error().code;
      return read;
    }
    if (!*record) return read;
    read.records.push_back(std::move(**record));
  }
}

TEST(RecordReader, reads_ndjson_with_gaps_and_bad_lines) {
  const auto read = read_all("f.ndjson", "\xEF\xBB\xBF{\"a\":1}\r\n\nnot json\n[1]\n{\"a\":2}", FileFormat::ndjson);
  ASSERT_EQ(read.records.size(), 4u);
  EXPECT_EQ(read.records[0].value["a"], 1);
  EXPECT_TRUE(read.records[1].value.is_null());
  EXPECT_TRUE(read.records[2].value.is_null());
  EXPECT_EQ(read.records[3].row, 4u);
  EXPECT_EQ(read.records[3].value["a"], 2);
}

TEST(RecordReader, reads_csv_with_line_breaks_in_quotes_and_short_rows) {
  const auto read = read_all("f.csv", "a,b\n1,\"two\nlines\"\n3\n4,5\n", FileFormat::csv);
  ASSERT_EQ(read.records.size(), 3u);
  EXPECT_EQ(read.records[0].value["b"], "two\nlines");
  EXPECT_TRUE(read.records[1].value.is_null());
  EXPECT_EQ(read.records[2].value["a"], "4");
  EXPECT_EQ(read.records[2].row, 3u);
}

TEST(RecordReader, reads_tsv_with_escapes) {
  const auto read = read_all("f.tsv", "a\tb\n1\tx\\ty\n", FileFormat::tsv);
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].value["b"], "x\ty");
}

TEST(RecordReader, reads_gzip_members_of_any_size_and_tells_a_cut_off_file) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "{\"n\":" + std::to_string(i) + "}\n";
  const std::string two_members = gzipped(text) + gzipped("{\"n\":-1}\n");
  const auto read = read_all("f.ndjson.gz", two_members, FileFormat::ndjson);
  EXPECT_EQ(read.error, "");
  ASSERT_EQ(read.records.size(), 50'001u);
  EXPECT_EQ(read.records[49'999].value["n"], 49'999);
  EXPECT_EQ(read.records.back().value["n"], -1);
  EXPECT_EQ(read_all("f.ndjson.gz", gzipped(text).substr(0, 2000), FileFormat::ndjson).error, "gm-import-malformed");
  EXPECT_EQ(read_all("f.ndjson.gz", "plain text", FileFormat::ndjson).error, "gm-import-malformed");
}

TEST(FormatOf, looks_at_the_name) {
  EXPECT_EQ(format_of("a/b.csv.gz"), FileFormat::csv);
  EXPECT_EQ(format_of("b.jsonl"), FileFormat::ndjson);
  EXPECT_EQ(format_of("b.tsv"), FileFormat::tsv);
  EXPECT_EQ(format_of("data"), std::nullopt);
}

}  // namespace
}  // namespace gm::gamemetrics
