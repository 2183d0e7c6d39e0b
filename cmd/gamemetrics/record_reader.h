#pragma once
// Rows of an NDJSON, CSV or TSV file as JSON objects.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cmd/gamemetrics/line_reader.h"

namespace gm::gamemetrics {

enum class FileFormat : uint8_t { ndjson, csv, tsv };
std::optional<FileFormat> parse_format(std::string_view text);
// From the name, without a trailing ".gz"; nullopt when it does not tell.
std::optional<FileFormat> format_of(const std::string& path);

struct Record {
  uint64_t row = 0;              // from 1, the header not counted
  std::string text;              // as in the file
  nlohmann::ordered_json value;  // null when the row is malformed
};

class RecordReader {
 public:
  RecordReader(LineReader lines, FileFormat format) : lines_(std::move(lines)), format_(format) {}

  // Empty lines are left out. nullopt at the end.
  Result<std::optional<Record>> next();
  const LineReader& lines() const { return lines_; }

 private:
  Result<std::optional<std::string>> next_text();

  LineReader lines_;
  FileFormat format_;
  std::vector<std::string> columns_;  // csv, tsv
  uint64_t row_ = 0;
};

// RFC 4180: quotes double inside quotes. nullopt when a quote is left open (the row goes on in the next line).
std::optional<std::vector<std::string>> split_csv(std::string_view text, char separator);

}  // namespace gm::gamemetrics
