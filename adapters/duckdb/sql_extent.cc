#include "adapters/duckdb/sql_extent.h"

#include <algorithm>
#include <map>
#include <string>

namespace gm::duckdb {
namespace {

using Json = nlohmann::json;

constexpr size_t kMost = size_t{1} << 30;  // beyond it, more is the same

size_t sum(size_t a, size_t b) { return std::min(kMost, a + b); }

SqlExtent operator+(SqlExtent a, SqlExtent b) { return {sum(a.columns, b.columns), sum(a.tables, b.tables)}; }

bool is_type(const Json& node, const char* type) {
  const auto found = node.find("type");
  return found != node.end() && found->is_string() && found->get_ref<const std::string&>() == type;
}

std::string word_at(const Json& node, const char* name) {
  std::string word = node.value(name, std::string());
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return word;
}

// Also inside of an expression, where COLUMNS(*) makes one of each column.
bool has_star(const Json& node) {
  if (node.is_object() && is_type(node, "STAR")) return true;
  return node.is_structured() && std::any_of(node.begin(), node.end(), has_star);
}

class Reckoner {
 public:
  SqlExtent widest() const { return widest_; }

  // What the part gives to the one around it. By value: a name of WITH is known inside of its query only.
  SqlExtent reckon(const Json& node, std::map<std::string, SqlExtent> known) {
    if (!node.is_structured()) return {};
    if (node.is_object()) {
      if (is_type(node, "BASE_TABLE")) return table(node, known);
      if (const auto with = node.find("cte_map"); with != node.end()) add_names(*with, known);
      if (node.contains("select_list")) return select(node, known);
    }
    SqlExtent all;
    for (const auto& [name, member] : node.items()) {
      if (name != "cte_map") all = all + reckon(member, known);
    }
    return note(all);
  }

 private:
  SqlExtent note(SqlExtent extent) {
    widest_ = {std::max(widest_.columns, extent.columns), std::max(widest_.tables, extent.tables)};
    return extent;
  }

  static SqlExtent table(const Json& node, const std::map<std::string, SqlExtent>& known) {
    const auto found = known.find(word_at(node, "table_name"));
    return found == known.end() ? SqlExtent{kColumnsOfATable, 1} : found->second;
  }

  void add_names(const Json& with, std::map<std::string, SqlExtent>& known) {
    for (const Json& entry : with.value("map", Json::array())) {
      known[word_at(entry, "key")] = reckon(entry.value("value", Json()), known);
    }
  }

  SqlExtent select(const Json& node, const std::map<std::string, SqlExtent>& known) {
    const SqlExtent from = note(reckon(node.value("from_table", Json()), known));
    SqlExtent made{0, from.tables};
    for (const Json& entry : node["select_list"]) {
      made.columns = sum(made.columns, has_star(entry) ? from.columns : 1);
      made.tables = sum(made.tables, reckon(entry, known).tables);
    }
    for (const auto& [name, member] : node.items()) {
      if (name == "from_table" || name == "select_list" || name == "cte_map") continue;
      made.tables = sum(made.tables, reckon(member, known).tables);
    }
    return note(made);
  }

  SqlExtent widest_;
};

}  // namespace

SqlExtent extent_of(const Json& tree) {
  Reckoner reckoner;
  reckoner.reckon(tree, {});
  return reckoner.widest();
}

}  // namespace gm::duckdb
