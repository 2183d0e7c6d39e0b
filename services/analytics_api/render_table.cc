#include "services/analytics_api/render_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "lib/base/time.h"
#include "lib/query/analysis/question_reader.h"
#include "lib/query/metric.h"
#include "services/analytics_api/render.h"

namespace gm::analytics_api {
namespace {

using Json = nlohmann::ordered_json;
using store::Value;

Json shown(const Value& value, query::ColumnType type) {
  if (store::is_null(value)) return nullptr;
  switch (type) {
    case query::ColumnType::flag:
      return store::as_int(value) != 0;
    case query::ColumnType::moment:
      return format_iso8601(store::as_int(value));
    case query::ColumnType::number:
      return store::as_double(value);
    default:
      break;
  }
  if (const auto* date = std::get_if<Date>(&value)) return date->to_string();
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return store::as_int(value);
}

Json row_json(const query::AnswerTable& table, const std::vector<Value>& row) {
  Json json = Json::object();
  for (size_t i = 0; i < table.columns.size(); ++i) {
    json[table.columns[i].name] = shown(row[i], table.columns[i].type);
  }
  return json;
}

// What spreadsheets take for a formula (OWASP, "CSV injection"); some take the wide forms of East Asian keyboards as
// well.
bool runs_in_a_spreadsheet(std::string_view text) {
  static constexpr std::string_view kWide[] = {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos) return true;
  return std::any_of(std::begin(kWide), std::end(kWide), [&](auto wide) { return text.starts_with(wide); });
}

Json columns_json(const query::AnswerTable& table) {
  Json columns = Json::array();
  for (const query::Column& column : table.columns) {
    columns.push_back(
        {{"name", column.name}, {"type", column_type_name(column.type)}, {"coordinate", column.coordinate}});
  }
  return columns;
}

// Watches a parser for a member that its object has already.
struct RepeatedMember {
  std::optional<std::string> name;
  std::vector<std::set<std::string>> open;  // the names of each object that has not ended

  bool operator()(int, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::object_start) open.emplace_back();
    if (event == nlohmann::json::parse_event_t::object_end) open.pop_back();
    if (event == nlohmann::json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second)
      name = value.get<std::string>();
    return true;
  }
};

Json nullable_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::string json_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string_view column_type_name(query::ColumnType type) {
  static constexpr std::string_view kTypes[] = {"text", "date", "moment", "integer", "number", "flag"};
  return kTypes[static_cast<size_t>(type)];
}

Json rows_json(const query::AnswerTable& table) {
  Json rows = Json::array();
  for (const auto& row : table.rows) rows.push_back(row_json(table, row));
  return rows;
}

Json facts_json(const query::TableAnswer& answer) {
  Json facts = Json::object();
  for (const auto& [name, value] : answer.facts) {
    const bool whole = std::holds_alternative<int64_t>(value);
    facts[name] = shown(value, whole ? query::ColumnType::integer : query::ColumnType::number);
  }
  return facts;
}

std::string csv_cell(const Json& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return json_text(value);
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty()) return "\"\"";  // null has no quotes
  std::string cell = runs_in_a_spreadsheet(text) ? "'" + text : text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::optional<nlohmann::json> read_body(const http::Request& request, std::vector<Problem>& problems) {
  if (request.body.size() > query::kQuestionBytesMax) {
    problems.push_back({"", fmt::format("the question is longer than {} bytes", query::kQuestionBytesMax)});
    return std::nullopt;
  }
  RepeatedMember repeated;
  auto json = nlohmann::json::parse(request.body, std::ref(repeated), false);
  if (json.is_discarded()) {
    problems.push_back({"", "the body is not JSON"});
    return std::nullopt;
  }
  // The last one would count, and whoever wrote the other would not know.
  if (repeated.name) {
    problems.push_back({"", fmt::format("the member '{}' stands twice in one object", *repeated.name)});
    return std::nullopt;
  }
  return json;
}

std::string render(const query::TableAnswer& answer) {
  Json json = explanation_json(answer.explanation);
  json["engine"] = answer.explanation.engine;
  json["engine_reason"] = nullable_text(answer.explanation.engine_reason);
  json.update(facts_json(answer));
  json["columns"] = columns_json(answer.tables.front());
  for (const query::AnswerTable& table : answer.tables) json[table.name] = rows_json(table);
  return json_text(json);
}

std::string render(const query::PlayersAnswer& answer) {
  Json json = {{"total", answer.total}, {"players", Json::array()}};
  for (const query::ListedPlayer& player : answer.players) {
    json["players"].push_back({{"player_id", player.id},
                               {"first_seen", format_iso8601(player.first_seen_ms)},
                               {"last_seen", format_iso8601(player.last_seen_ms)},
                               {"country", nullable_text(player.country)},
                               {"platform", nullable_text(player.platform)},
                               {"build", nullable_text(player.build)},
                               {"events", player.events},
                               {"sessions", player.sessions},
                               {"revenue", static_cast<double>(player.revenue_micros) / query::kMicros}});
  }
  json["next"] = answer.next ? Json(*answer.next) : Json(nullptr);
  return json_text(json);
}

std::string render(const query::PlayerTimeline& timeline) {
  std::string text = "{\"events\":[";
  for (size_t i = 0; i < timeline.events.size(); ++i) {
    if (i > 0) text += ',';
    text += render_feed_entry(timeline.events[i]);
  }
  return text + "],\"next\":" + json_text(timeline.next ? Json(*timeline.next) : Json(nullptr)) + "}";
}

}  // namespace gm::analytics_api
