#include "cmd/gamemetrics/mapping.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/base/calendar_range.h"
#include "lib/base/time.h"
#include "lib/base/uuid.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;

// Plain fields: from the mapping to the event under one name.
constexpr std::array<std::string_view, 7> kFields = {"event",    "player_id", "session_id", "country",
                                                     "platform", "device",    "build"};
constexpr std::array<std::string_view, 7> kOthers = {"format",  "time",       "time_unit", "event_id",
                                                     "revenue", "properties", "numbers"};

// "name" is a key of the row, "/a/b" a path into it. Null when there is nothing.
const Json* find(const Json& row, const std::string& source) {
  if (source.empty()) return nullptr;
  if (source.front() != '/') {
    const auto it = row.find(source);
    return it == row.end() ? nullptr : &*it;
  }
  const Json* at = &row;
  for (size_t pos = 0; pos < source.size();) {
    const size_t end = std::min(source.find('/', pos + 1), source.size());
    const std::string key = source.substr(pos + 1, end - pos - 1);
    if (!at->is_object()) return nullptr;
    const auto it = at->find(key);
    if (it == at->end()) return nullptr;
    at = &*it;
    pos = end;
  }
  return at;
}

std::optional<std::string> scalar_text(const Json* value) {
  if (value == nullptr || value->is_null() || value->is_object() || value->is_array()) return std::nullopt;
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Mapping Mapping::native() {
  Mapping mapping;
  for (const std::string_view field : kFields) mapping.fields_.emplace_back(field, field);
  mapping.time_ = "time";
  mapping.event_id_ = "{event_id}";
  mapping.revenue_amount_ = "/revenue/amount";
  mapping.revenue_currency_ = "/revenue/currency";
  mapping.properties_ = Properties::object;
  mapping.properties_object_ = "properties";
  return mapping;
}

void Mapping::note_used(const std::string& source) {
  if (source.find('{') == std::string::npos) used_.insert(source);
}

void Mapping::read_revenue(const YAML::Node& value) {
  revenue_amount_ = value["amount"].as<std::string>();
  revenue_currency_ = value["currency"].as<std::string>("=USD");
  note_used(revenue_amount_);
  note_used(revenue_currency_);
}

void Mapping::read_properties(const YAML::Node& value) {
  if (value.IsScalar()) {
    properties_ = value.Scalar() == "all" ? Properties::all : Properties::object;
    properties_object_ = value.Scalar();
    return;
  }
  properties_ = Properties::list;
  for (const auto& item : value) {
    const auto name = value.IsMap() ? item.first.as<std::string>() : item.as<std::string>();
    properties_list_.emplace_back(name, value.IsMap() ? item.second.as<std::string>() : name);
  }
}

// What is wrong with the entry; empty when nothing is.
std::string Mapping::read_entry(const std::string& key, const YAML::Node& value) {
  const bool field = std::find(kFields.begin(), kFields.end(), key) != kFields.end();
  if (!field && std::find(kOthers.begin(), kOthers.end(), key) == kOthers.end()) {
    return fmt::format("unknown key '{}'; there are {}, {}", key, fmt::join(kFields, ", "), fmt::join(kOthers, ", "));
  }
  if (key == "revenue") {
    if (!value.IsMap() || !value["amount"]) return "revenue needs {amount: column, currency: column}";
    read_revenue(value);
  } else if (key == "numbers") {
    if (!value.IsSequence()) return "numbers is a list of columns: [price, score]";
    for (const auto& column : value) numbers_.insert(column.as<std::string>());
  } else if (key == "properties") {
    read_properties(value);
  } else if (!value.IsScalar()) {
    return fmt::format("'{}' needs a single value", key);
  } else if (key == "format") {
    format_ = parse_format(value.Scalar());
    if (!format_) return "format is ndjson, csv or tsv";
  } else if (key == "time_unit") {
    if (value.Scalar() != "s" && value.Scalar() != "ms") return "time_unit is s or ms";
    time_unit_ms_ = value.Scalar() == "s" ? kMsPerSecond : 1;
  } else {
    note_used(value.Scalar());
    if (key == "time") time_ = value.Scalar();
    if (key == "event_id") event_id_ = value.Scalar();
    if (field) fields_.emplace_back(key, value.Scalar());
  }
  return "";
}

Result<Mapping> Mapping::parse(const std::string& yaml, const std::string& file) {
  Mapping mapping;
  try {
    const YAML::Node root = YAML::Load(yaml);
    if (!root.IsMap()) return Error{"gm-mapping-malformed", file + ": expected 'event: column' lines"};
    for (const auto& entry : root) {
      const std::string problem = mapping.read_entry(entry.first.Scalar(), entry.second);
      if (!problem.empty())
        return Error{"gm-mapping-malformed", fmt::format("{}:{}: {}", file, entry.first.Mark().line + 1, problem)};
    }
  } catch (const YAML::Exception& e) {
    return Error{"gm-mapping-malformed", fmt::format("{}:{}: {}", file, e.mark.line + 1, e.msg)};
  }
  for (const char* required : {"event", "player_id"}) {
    const bool there =
        std::any_of(mapping.fields_.begin(), mapping.fields_.end(), [&](const auto& f) { return f.first == required; });
    if (!there)
      return Error{"gm-mapping-malformed", fmt::format("{}: '{}' is missing: say which column has it", file, required)};
  }
  return mapping;
}

std::optional<std::string> Mapping::text_of(const std::string& source, const Record& record) const {
  if (source.empty()) return std::nullopt;
  if (source.front() == '=') return source.substr(1);
  if (source.find('{') == std::string::npos) return scalar_text(find(record.value, source));
  std::string text;
  for (size_t pos = 0; pos < source.size();) {
    const size_t open = source.find('{', pos);
    text += source.substr(pos, open - pos);
    if (open == std::string::npos) break;
    const size_t close = source.find('}', open);
    if (close == std::string::npos) break;
    const std::string name = source.substr(open + 1, close - open - 1);
    const auto value = name == "row" ? std::to_string(record.row) : scalar_text(find(record.value, name));
    if (!value) return std::nullopt;
    text += *value;
    pos = close + 1;
  }
  return text;
}

std::optional<std::string> Mapping::time_of(const Record& record) const {
  const auto text = text_of(time_, record);
  if (!text) return std::nullopt;
  if (const auto number = number_in(*text)) {
    const double ms = *number * static_cast<double>(time_unit_ms_);
    if (!(ms >= double{kYear1Ms} && ms < double{kYear10000Ms})) return text;  // also what is no number, or not finite
    return format_iso8601(static_cast<int64_t>(ms));
  }
  if (const auto ms = parse_iso8601_ms(*text)) return format_iso8601(*ms);
  return text;  // the server refuses it and says why
}

Json Mapping::typed(const std::string& source, const Json& value) const {
  if (!value.is_string() || !numbers_.count(source)) return value;
  const Json number = Json::parse(value.get_ref<const std::string&>(), nullptr, false);
  return number.is_number() ? number : value;
}

Json Mapping::properties_of(const Record& record) const {
  Json properties = Json::object();
  switch (properties_) {
    case Properties::none:
      break;
    case Properties::object: {
      const Json* object = find(record.value, properties_object_);
      if (object != nullptr && object->is_object()) properties = *object;
      break;
    }
    case Properties::list:
      for (const auto& [name, source] : properties_list_) {
        if (const Json* value = find(record.value, source)) properties[name] = typed(source, *value);
      }
      break;
    case Properties::all:
      for (const auto& [name, value] : record.value.items()) {
        if (name != time_ && !used_.count(name)) properties[name] = typed(name, value);
      }
      break;
  }
  return properties;
}

Json Mapping::event_of(const Record& record) const {
  Json event = Json::object();
  const auto id = text_of(event_id_, record);
  // With the row's number, because two equal rows are two events; a repeated import of one file gives the same ids.
  event["event_id"] = id ? *id : Uuid::derived_from(fmt::format("{}\n{}", record.row, record.text)).to_string();
  for (const auto& [name, source] : fields_) {
    if (auto text = text_of(source, record)) event[name] = std::move(*text);
  }
  if (auto time = time_of(record)) event["time"] = std::move(*time);
  if (const auto amount = text_of(revenue_amount_, record); amount && !amount->empty()) {
    event["revenue"] = {{"amount", *amount}, {"currency", text_of(revenue_currency_, record).value_or("USD")}};
  }
  event["properties"] = properties_of(record);
  return event;
}

}  // namespace gm::gamemetrics
