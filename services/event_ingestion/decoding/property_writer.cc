#include "services/event_ingestion/decoding/property_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace gm::event_ingestion {

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view json_source(const codec::JsonValue& value) {
  if (value.kind != codec::JsonKind::string) return value.raw;
  return {value.raw.data() - 1, value.raw.size() + 2};
}

std::string joined_objects(std::string first, std::string_view second) {
  if (second.empty() || second[second.find_first_not_of(" \t\r\n", 1)] == '}') return first;
  if (first == "{}") return std::string(second);
  first.back() = ',';
  return first.append(second.substr(1));
}

bool PropertyWriter::begin(std::string_view name) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) return false;
  if (!names_.empty()) out_ += ',';
  names_.emplace_back(name);
  out_.append("\"").append(name).append("\":");
  return true;
}

void PropertyWriter::text(std::string_view name, std::string_view value) {
  if (begin(name)) out_ += json_quoted(value);
}

void PropertyWriter::integer(std::string_view name, int64_t value) {
  if (begin(name)) out_ += std::to_string(value);
}

void PropertyWriter::json(std::string_view name, std::string_view value) {
  if (!value.empty() && begin(name)) out_ += value;
}

void PropertyWriter::value(std::string_view name, std::string_view value) {
  const std::string quoted = json_quoted(name);
  json(std::string_view(quoted).substr(1, quoted.size() - 2), value);
}

void PropertyWriter::member(const codec::JsonText& key, const codec::JsonValue& value) {
  if (begin(key.raw)) out_ += json_source(value);
}

std::string PropertyWriter::finish() && { return std::move(out_) + '}'; }

}  // namespace gm::event_ingestion
