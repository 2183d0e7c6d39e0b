#include "cmd/gamemetrics/text_table.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace gm::gamemetrics {
namespace {

bool is_number(std::string_view text) {
  if (text.empty()) return true;  // a gap does not turn a column of numbers into text
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) {
                       return std::isdigit(c) || c == '.' || c == '-' || c == ',' || c == '%' || c == ' ';
                     }) &&
         std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) || c == '-'; });
}

// Continuation bytes of UTF-8 take no place on the screen.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void append_cell(std::string& out, std::string_view text, size_t width, bool right, bool last) {
  const std::string padding(width - width_of(text), ' ');
  if (right) out += padding;
  out += text;
  if (!right && !last) out += padding;
  if (!last) out += "  ";
}

void append_csv(std::string& out, const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      out += cells[i];
      continue;
    }
    out += '"';
    for (const char c : cells[i]) out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  out += "\r\n";
}

}  // namespace

std::string render_aligned(const TextTable& table) {
  const size_t n = table.columns.size();
  std::vector<size_t> widths(n);
  std::vector<bool> right(n, !table.rows.empty());
  for (size_t i = 0; i < n; ++i) {
    widths[i] = width_of(table.columns[i]);
    for (const auto& row : table.rows) {
      widths[i] = std::max(widths[i], width_of(row[i]));
      if (!is_number(row[i])) right[i] = false;
    }
  }
  std::string out;
  const auto append_row = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < n; ++i) append_cell(out, cells[i], widths[i], right[i], i + 1 == n);
    out += '\n';
  };
  append_row(table.columns);
  for (const auto& row : table.rows) append_row(row);
  return out;
}

std::string render_csv(const TextTable& table) {
  std::string out;
  append_csv(out, table.columns);
  for (const auto& row : table.rows) append_csv(out, row);
  return out;
}

}  // namespace gm::gamemetrics
