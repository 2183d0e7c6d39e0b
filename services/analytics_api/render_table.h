#pragma once
// Private to this folder: questions as they come in, tables as they go out.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/http/message.h"
#include "lib/query/analysis/analyst.h"
#include "services/analytics_api/parameters.h"

namespace gm::analytics_api {

std::string_view column_type_name(query::ColumnType type);
// An object a row, and one of the answer's single values.
nlohmann::ordered_json rows_json(const query::AnswerTable& table);
nlohmann::ordered_json facts_json(const query::TableAnswer& answer);

// JSON text; a wrong byte of stored text becomes U+FFFD.
std::string json_text(const nlohmann::ordered_json& json);
// A value as a cell of CSV (RFC 4180); null is empty. A text that a spreadsheet would run as a formula gets an
// apostrophe in front.
std::string csv_cell(const nlohmann::ordered_json& value);

// The body as JSON; nullopt and a problem when it is none.
std::optional<nlohmann::json> read_body(const http::Request& request, std::vector<Problem>& problems);

std::string render(const query::TableAnswer& answer);
std::string render(const query::PlayersAnswer& answer);
std::string render(const query::PlayerTimeline& timeline);

}  // namespace gm::analytics_api
