#include "lib/graphql/string_literal.h"

#include <algorithm>
#include <vector>

namespace gm::graphql {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t end = text.find_first_of("\n\r");
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    const bool pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (pair ? 2 : 1));
  }
}

size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

}  // namespace

std::optional<uint32_t> hex_value(std::string_view digits) {
  uint32_t value = 0;
  for (const char c : digits) {
    uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
    value = (value << 4U) | digit;
  }
  return value;
}

std::optional<uint32_t> hex_unit(std::string_view text) {
  constexpr size_t kDigits = 4;
  if (!text.starts_with("\\u") || text.size() < 2 + kDigits) return std::nullopt;
  return hex_value(text.substr(2, kDigits));
}

void append_utf8(uint32_t point, std::string& out) {
  const auto add = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  const auto rest = [&](unsigned shift) { add(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0U | (point >> 6U));
    rest(0);
  } else if (point < 0x10000) {
    add(0xE0U | (point >> 12U));
    rest(6);
    rest(0);
  } else {
    add(0xF0U | (point >> 18U));
    rest(12);
    rest(6);
    rest(0);
  }
}

std::string block_string_value(std::string_view raw) {
  const std::vector<std::string_view> lines = lines_of(raw);
  size_t shared = std::string_view::npos;
  size_t first = lines.size(), last = 0;  // lines that are not blank
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t indent = indentation(lines[i]);
    if (indent == lines[i].size()) continue;
    first = std::min(first, i);
    last = i;
    if (i > 0) shared = std::min(shared, indent);
  }
  std::string value;
  for (size_t i = first; i < lines.size() && i <= last; ++i) {
    if (i > first) value += '\n';
    value += i == 0 ? lines[i] : lines[i].substr(std::min(shared, lines[i].size()));
  }
  return value;
}

}  // namespace gm::graphql
