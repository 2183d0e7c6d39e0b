#pragma once
// Writes the properties of an event whose dialect spreads them over several places, as one JSON object.

#include <string>
#include <string_view>
#include <vector>

#include "lib/codec/json_cursor.h"

namespace gm::event_ingestion {

// The first value written under a name stays: write what the dialect is sure of before what the game made up.
class PropertyWriter {
 public:
  // `name` is plain text of ours, without characters that JSON escapes.
  void text(std::string_view name, std::string_view value);
  void integer(std::string_view name, int64_t value);
  // A number as written in valid JSON.
  void number(std::string_view name, std::string_view value) { json(name, value); }
  // `value` is valid JSON; empty: nothing is written.
  void json(std::string_view name, std::string_view value);
  // `value` is valid JSON; `name` any text.
  void value(std::string_view name, std::string_view value);
  // A member as it stood in the source.
  void member(const codec::JsonText& key, const codec::JsonValue& value);
  bool empty() const { return names_.empty(); }
  // The object; the writer is spent.
  std::string finish() &&;

 private:
  bool begin(std::string_view name);

  std::string out_ = "{";
  std::vector<std::string> names_;  // as written, escapes included
};

// JSON text of `text`, with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);

// Two JSON objects as one; a name of both stays twice, the second one's last.
std::string joined_objects(std::string first, std::string_view second);

// The value as it stood in the source: with its quotes when it is a string.
std::string_view json_source(const codec::JsonValue& value);

}  // namespace gm::event_ingestion
