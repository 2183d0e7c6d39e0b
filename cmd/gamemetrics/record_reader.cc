#include "cmd/gamemetrics/record_reader.h"

namespace gm::gamemetrics {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// TSV has no quotes; a tab or line break inside a value is written as \t or \n.
std::vector<std::string> split_tsv(std::string_view text) {
  std::vector<std::string> cells(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\t') {
      cells.emplace_back();
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      cells.back() += next == 't' ? '\t' : next == 'n' ? '\n' : next;
    } else {
      cells.back() += text[i];
    }
  }
  return cells;
}

}  // namespace

std::optional<FileFormat> parse_format(std::string_view text) {
  if (text == "ndjson" || text == "jsonl" || text == "json") return FileFormat::ndjson;
  if (text == "csv") return FileFormat::csv;
  if (text == "tsv") return FileFormat::tsv;
  return std::nullopt;
}

std::optional<FileFormat> format_of(const std::string& path) {
  std::string_view name = path;
  if (name.size() > 3 && name.substr(name.size() - 3) == ".gz") name.remove_suffix(3);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::nullopt : parse_format(name.substr(dot + 1));
}

std::optional<std::vector<std::string>> split_csv(std::string_view text, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cells.back() += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && cells.back().empty()) {
      quoted = true;
    } else if (c == separator) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  if (quoted) return std::nullopt;
  return cells;
}

// One row; in CSV it may hold line breaks between quotes.
Result<std::optional<std::string>> RecordReader::next_text() {
  auto line = lines_.next();
  if (!line || !*line || format_ != FileFormat::csv) return line;
  while (!split_csv(**line, ',')) {
    auto more = lines_.next();
    if (!more) return more;
    if (!*more) break;  // left open until the end of the file: told as a malformed row
    **line += '\n';
    **line += **more;
    if ((*line)->size() > LineReader::kLineBytesMax)
      return Error{"gm-import-malformed", "a quoted value goes on for more than 8 MiB"};
  }
  return line;
}

Result<std::optional<Record>> RecordReader::next() {
  while (true) {
    auto text = next_text();
    if (!text) return text.error();
    if (!*text) return std::optional<Record>();
    std::string& line = **text;
    if (row_ == 0 && columns_.empty() && line.rfind(kByteOrderMark, 0) == 0) line.erase(0, kByteOrderMark.size());
    if (line.empty()) continue;
    if (format_ == FileFormat::ndjson) {
      Record record{++row_, std::move(line), nullptr};
      auto value = nlohmann::ordered_json::parse(record.text, nullptr, false);
      if (value.is_object()) record.value = std::move(value);
      return std::optional<Record>(std::move(record));
    }
    const auto cells = format_ == FileFormat::csv ? split_csv(line, ',') : split_tsv(line);
    if (columns_.empty()) {
      if (!cells) return Error{"gm-import-malformed", "the header line has an open quote"};
      columns_ = *cells;
      continue;
    }
    Record record{++row_, std::move(line), nullptr};
    if (!cells || cells->size() != columns_.size()) return std::optional<Record>(std::move(record));
    record.value = nlohmann::ordered_json::object();
    for (size_t i = 0; i < columns_.size(); ++i) record.value[columns_[i]] = (*cells)[i];
    return std::optional<Record>(std::move(record));
  }
}

}  // namespace gm::gamemetrics
