#include "adapters/duckdb/sql_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/duckdb/sql_extent.h"
#include "adapters/duckdb/sql_functions.h"

namespace gm::duckdb {
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

constexpr size_t kNodesMax = 4000;
constexpr int kDepthMax = 200;  // of the tree; a level of SQL takes several
constexpr size_t kTableReferencesMax = 16;
constexpr size_t kColumnsMax = 1000;
constexpr size_t kGroupingSetsMax = 16;
constexpr size_t kTextGrowthMax = 64;
constexpr uint64_t kNowhere = UINT64_MAX;

constexpr auto kClasses = std::to_array<std::string_view>({
    "BETWEEN",
    "CASE",
    "CAST",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    // What `properties -> 'level'` is parsed as. No function on the list takes one, so it can only be that.
    "LAMBDA",
    "OPERATOR",
    "POSITIONAL_REFERENCE",
    "STAR",
    "SUBQUERY",
    "WINDOW",
});

constexpr auto kTypes = std::to_array<std::string_view>({
    // queries and what they read
    "BASE_TABLE",
    "EMPTY",
    "EXPRESSION_LIST",
    "JOIN",
    "SELECT_NODE",
    "SET_OPERATION_NODE",
    "SUBQUERY",
    "TABLE_FUNCTION",
    // what follows a query
    "DISTINCT_MODIFIER",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "ORDER_MODIFIER",
    "ORDER_DEFAULT",
    "ASCENDING",
    "DESCENDING",
    // expressions
    "CASE_EXPR",
    "COLUMN_REF",
    "COMPARE_BETWEEN",
    "COMPARE_DISTINCT_FROM",
    "COMPARE_EQUAL",
    "COMPARE_GREATERTHAN",
    "COMPARE_GREATERTHANOREQUALTO",
    "COMPARE_IN",
    "COMPARE_LESSTHAN",
    "COMPARE_LESSTHANOREQUALTO",
    "COMPARE_NOT_DISTINCT_FROM",
    "COMPARE_NOT_IN",
    "COMPARE_NOTEQUAL",
    "COMPARE_NOT_BETWEEN",
    "CONJUNCTION_AND",
    "CONJUNCTION_OR",
    "FUNCTION",
    "GROUPING_FUNCTION",
    "LAMBDA",
    "OPERATOR_CAST",
    "OPERATOR_COALESCE",
    "OPERATOR_IS_NOT_NULL",
    "OPERATOR_IS_NULL",
    "OPERATOR_NOT",
    "OPERATOR_NULLIF",
    "OPERATOR_TRY",
    "POSITIONAL_REFERENCE",
    "STAR",
    "VALUE_CONSTANT",
    // windows
    "WINDOW_AGGREGATE",
    "WINDOW_CUME_DIST",
    "WINDOW_FIRST_VALUE",
    "WINDOW_LAG",
    "WINDOW_LAST_VALUE",
    "WINDOW_LEAD",
    "WINDOW_NTH_VALUE",
    "WINDOW_NTILE",
    "WINDOW_PERCENT_RANK",
    "WINDOW_RANK",
    "WINDOW_RANK_DENSE",
    "WINDOW_ROW_NUMBER",
    // what types are made of
    "DECIMAL_TYPE_INFO",
});

// Types that a cast may name and a constant may have.
constexpr auto kValueTypes = std::to_array<std::string_view>({
    "BIGINT",    "BOOLEAN",      "DATE",         "DECIMAL",     "DOUBLE",   "FLOAT",   "HUGEINT",
    "INTEGER",   "INTERVAL",     "JSON",         "NULL",        "SMALLINT", "SQLNULL", "TIME",
    "TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP_S", "TINYINT",  "UBIGINT", "UHUGEINT",
    "UINTEGER",  "USMALLINT",    "UTINYINT",     "UUID",        "VARCHAR",
});

// Without a table that has such a column, these words tell about the session instead.
constexpr auto kSessionWords = std::to_array<std::string_view>({
    "current_catalog",
    "current_database",
    "current_role",
    "current_schema",
    "current_user",
    "session_user",
    "user",
});

template <typename List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

std::string text_at(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

size_t size_at(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_array() ? found->size() : 0;
}

bool is_set(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && !found->is_null();
}

std::string too_many_tables() {
  return fmt::format("more than {} tables are not read at once; a name of WITH counts as what stands behind it",
                     kTableReferencesMax);
}

// Follows the tree from its root; the first thing that is not allowed ends it.
class Judge {
 public:
  Judge(std::string_view text, const std::vector<std::string_view>& tables) : text_(text), tables_(tables) {}

  Status judge(const Json& tree) {
    visit(tree, {}, 0);
    if (refusal_) return *refusal_;
    return {};
  }
  size_t table_references() const { return table_references_; }

 private:
  void refuse(const Json& node, std::string_view why) {
    if (refusal_) return;
    uint64_t offset = kNowhere;
    const auto location = node.find("query_location");
    if (location != node.end() && location->is_number_unsigned()) offset = location->get<uint64_t>();
    if (offset == kNowhere) offset = last_place_;
    refusal_ = Error{"gm-sql-refused", place_in(text_, offset) + std::string(why)};
  }

  void visit(const Json& node, const Names& known, int depth) {
    if (refusal_) return;
    if (++nodes_ > kNodesMax || depth > kDepthMax) return refuse(Json::object(), "the statement has too many parts");
    if (node.is_array()) {
      for (const Json& each : node) visit(each, known, depth + 1);
    } else if (node.is_object()) {
      note_place(node);
      check(node, known);
      if (node.contains("cte_map")) return visit_query(node, known, depth);
      for (const auto& [name, member] : node.items()) visit(member, known, depth + 1);
    }
  }

  // A name of WITH is known from the next one on, in everything that stands inside of the query.
  void visit_query(const Json& node, Names known, int depth) {
    for (const Json& entry : node["cte_map"].value("map", Json::array())) {
      visit(entry.value("value", Json()), known, depth + 1);
      known.push_back(lower(text_at(entry, "key")));
    }
    for (const auto& [name, member] : node.items()) {
      if (name != "cte_map") visit(member, known, depth + 1);
    }
  }

  void note_place(const Json& node) {
    const auto location = node.find("query_location");
    if (location == node.end() || !location->is_number_unsigned()) return;
    const auto offset = location->get<uint64_t>();
    if (offset < text_.size()) last_place_ = offset;
  }

  void check(const Json& node, const Names& known) {
    if (const std::string word = text_at(node, "class"); !word.empty() && !holds(kClasses, word)) {
      return refuse(node, fmt::format("{} is not offered here", lower(word)));
    }
    const std::string type = text_at(node, "type");
    if (type == "RECURSIVE_CTE_NODE") return refuse(node, "WITH RECURSIVE is not offered here");
    if (type == "SHOW_REF") return refuse(node, "only SELECT is offered here; GET /api/v1/sql/tables lists them");
    if (!type.empty() && !holds(kTypes, type)) return refuse(node, fmt::format("{} is not offered here", lower(type)));
    if (node.contains("type_info")) return check_value_type(node);
    if (is_set(node, "sample")) return refuse(node, "samples are not offered here");
    if (size_at(node, "group_sets") > kGroupingSetsMax) {
      return refuse(node, fmt::format("more than {} sets of groups are not offered here", kGroupingSetsMax));
    }
    if (type == "BASE_TABLE") return check_table(node, known);
    if (type == "TABLE_FUNCTION") return check_table_function(node);
    if (type == "COLUMN_REF") return check_column(node);
    if (node.contains("function_name")) check_function(node);
  }

  void check_value_type(const Json& node) {
    const std::string id = text_at(node, "id");
    if (!holds(kValueTypes, id)) refuse(node, fmt::format("the type {} is not offered here", id));
  }

  void check_table(const Json& node, const Names& known) {
    const std::string name = text_at(node, "table_name");
    if (!text_at(node, "schema_name").empty() || !text_at(node, "catalog_name").empty()) {
      return refuse(node, fmt::format("tables go by their name alone: {}", fmt::join(tables_, ", ")));
    }
    if (is_set(node, "at_clause")) return refuse(node, "AT is not offered here");
    const std::string word = lower(name);
    if (holds(known, word)) return;
    if (!holds(tables_, word)) {
      return refuse(node, fmt::format("there is no table '{}'; there are: {}", name, fmt::join(tables_, ", ")));
    }
    if (++table_references_ > kTableReferencesMax) {
      refuse(node, too_many_tables());
    }
  }

  void check_table_function(const Json& node) {
    const auto function = node.find("function");
    const std::string name = function == node.end() ? "" : text_at(*function, "function_name");
    const bool qualified =
        function != node.end() && (!text_at(*function, "schema").empty() || !text_at(*function, "catalog").empty());
    if (qualified || !is_allowed_table_function(lower(name))) {
      return refuse(node,
                    fmt::format("the function {}() is no table here; there are: {}", name, fmt::join(tables_, ", ")));
    }
    allowed_once_ = &*function;
  }

  void check_column(const Json& node) {
    const auto names = node.find("column_names");
    if (names == node.end() || names->size() != 1 || !names->front().is_string()) return;
    const std::string word = lower(names->front().get<std::string>());
    if (holds(kSessionWords, word)) refuse(node, fmt::format("{} is not offered here", word));
  }

  void check_function(const Json& node) {
    if (&node == allowed_once_) return;
    const std::string name = lower(text_at(node, "function_name"));
    if (!text_at(node, "schema").empty() || !text_at(node, "catalog").empty()) {
      return refuse(node, "functions go by their name alone");
    }
    const auto arguments_max = allowed_arguments(name);
    if (!arguments_max) {
      return refuse(node, fmt::format("the function {}() is not offered here; docs/reference/sql.md lists those that "
                                      "are",
                                      name));
    }
    const size_t arguments = size_at(node, "children");
    if (arguments > *arguments_max) return refuse(node, fmt::format("{}() takes fewer arguments here", name));
    if (!joins_texts(name)) return;
    // Said of a column that is itself put together, directly or by way of a subquery, each time multiplies.
    const auto& children = node["children"];
    const auto grows = std::count_if(children.begin(), children.end(),
                                     [](const Json& child) { return text_at(child, "class") != "CONSTANT"; });
    text_growth_ *= std::max<size_t>(1, static_cast<size_t>(grows));
    if (text_growth_ > kTextGrowthMax) refuse(node, "the statement puts too many texts together");
  }

  std::string_view text_;
  const std::vector<std::string_view>& tables_;
  std::optional<Error> refusal_;
  const Json* allowed_once_ = nullptr;  // the function of a relation, which has been judged with it
  uint64_t last_place_ = kNowhere;
  size_t nodes_ = 0;
  size_t table_references_ = 0;
  size_t text_growth_ = 1;
};

uint64_t position_of(const Json& failure) {
  const std::string text = text_at(failure, "position");
  uint64_t position = kNowhere;
  if (!text.empty() && text.size() < 10 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    position = std::stoull(text);
  }
  return position;
}

Error not_parsed(std::string_view text, const Json& failure) {
  const std::string why = text_at(failure, "error_message");
  if (text_at(failure, "error_type") == "not implemented") {
    return {"gm-sql-refused", "only SELECT is offered here, and of it what docs/reference/sql.md lists"};
  }
  return {"gm-sql-malformed", place_in(text, position_of(failure)) + why};
}

}  // namespace

Result<CheckedSql> check_sql(std::string_view text, std::string_view tree,
                             const std::vector<std::string_view>& tables) {
  const Json parsed = Json::parse(tree, nullptr, false);
  if (!parsed.is_object()) return Error{"gm-sql-malformed", "the statement cannot be read"};
  if (parsed.value("error", true)) return not_parsed(text, parsed);
  const auto statements = parsed.find("statements");
  if (statements == parsed.end() || !statements->is_array() || statements->empty()) {
    return Error{"gm-sql-malformed", "there is no statement"};
  }
  if (statements->size() > 1) return Error{"gm-sql-refused", "one statement a request"};
  Judge judge(text, tables);
  const Json& statement = statements->front();
  if (const Json parameters = statement.value("named_param_map", Json::array()); !parameters.empty()) {
    return Error{"gm-sql-refused", "parameters have no values here: write them into the statement"};
  }
  if (auto judged = judge.judge(statement); !judged) return judged.error();
  if (const SqlExtent extent = extent_of(statement); extent.tables > kTableReferencesMax) {
    return Error{"gm-sql-refused", too_many_tables()};
  } else if (extent.columns > kColumnsMax) {
    return Error{"gm-sql-refused", fmt::format("more than {} columns are not made at once", kColumnsMax)};
  }
  return CheckedSql{judge.table_references()};
}

std::string place_in(std::string_view text, uint64_t offset) {
  if (offset >= text.size() + 1) return {};
  size_t line = 1, column = 1;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  return fmt::format("line {}, column {}: ", line, column);
}

}  // namespace gm::duckdb
