#include "lib/graphql/query_error.h"

#include <fmt/format.h>

#include "lib/codec/text_codecs.h"

namespace gm::graphql {
namespace {

// How many UTF-16 code units the character that begins with `lead` takes; 0 for the bytes that follow a lead.
uint32_t utf16_units(unsigned char lead) {
  if ((lead & 0xC0U) == 0x80U) return 0;
  return lead >= 0xF0U ? 2 : 1;
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void append_escaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

// The bytes of the well-formed character at the beginning; 0 when there is none.
size_t character_bytes(std::string_view text) {
  for (size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes) {
    if (codec::is_utf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t bytes = character_bytes(text);
    out += bytes > 0 ? text.substr(0, bytes) : kReplacement;
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  return out;
}

void append_path(const std::vector<PathStep>& path, std::string& out) {
  out += ",\"path\":[";
  for (size_t i = 0; i < path.size(); ++i) {
    if (i > 0) out += ',';
    if (const auto* key = std::get_if<std::string>(&path[i])) {
      append_json_string(*key, out);
    } else {
      out += std::to_string(std::get<size_t>(path[i]));
    }
  }
  out += ']';
}

}  // namespace

Location locate(std::string_view source, size_t offset) {
  Location found{1, 1};
  for (size_t i = 0; i < offset && i < source.size(); ++i) {
    const char c = source[i];
    const bool ends_line = c == '\n' || (c == '\r' && !(i + 1 < source.size() && source[i + 1] == '\n'));
    if (ends_line) {
      ++found.line;
      found.column = 1;
    } else {
      found.column += utf16_units(static_cast<unsigned char>(c));
    }
  }
  return found;
}

void append_json_string(std::string_view text, std::string& out) {
  std::string mended;
  if (!text.empty() && !codec::is_utf8(text)) {
    mended = repaired(text);
    text = mended;
  }
  out += '"';
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') {
      append_escaped(c, out);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(const QueryError& error, std::string& out) {
  out += "{\"message\":";
  append_json_string(error.message, out);
  if (!error.locations.empty()) {
    out += ",\"locations\":[";
    for (size_t i = 0; i < error.locations.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}{{\"line\":{},\"column\":{}}}", i > 0 ? "," : "",
                     error.locations[i].line, error.locations[i].column);
    }
    out += ']';
  }
  if (!error.path.empty()) append_path(error.path, out);
  out += ",\"extensions\":{\"code\":";
  append_json_string(error.code, out);
  if (!error.rule.empty()) {
    out += ",\"rule\":";
    append_json_string(error.rule, out);
  }
  out += "}}";
}

}  // namespace gm::graphql
