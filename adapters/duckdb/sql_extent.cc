#include "adapters/duckdb/sql_extent.h"

#include <algorithm>
#include <map>
#include <string>

namespace gm::duckdb {
namespace {

using Json = nlohmann::json;
using Known = std::map<std::string, SqlExtent>;  // what stands behind the names of WITH

constexpr size_t kMost = size_t{1} << 30;  // beyond it, more is the same

size_t sum(size_t a, size_t b) { return std::min(kMost, a + b); }

SqlExtent operator+(SqlExtent a, SqlExtent b) { return {sum(a.columns, b.columns), sum(a.tables, b.tables)}; }

bool is_type(const Json& node, const char* type) {
  const auto found = node.find("type");
  return found != node.end() && found->is_string() && found->get_ref<const std::string&>() == type;
}

const Json& member_of(const Json& node, const char* name) {
  static const Json nothing;
  const auto found = node.find(name);
  return found == node.end() ? nothing : *found;
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

  // What the part gives to the one around it.
  SqlExtent reckon(const Json& node, const Known& known) {
    if (!node.is_structured()) return {};
    if (!node.is_object()) return query(node, known);
    if (is_type(node, "BASE_TABLE")) return table(node, known);
    const Json& names = member_of(member_of(node, "cte_map"), "map");
    return names.empty() ? query(node, known) : query(node, with_names(names, known));
  }

 private:
  SqlExtent query(const Json& node, const Known& known) {
    if (node.is_object() && node.contains("select_list")) return select(node, known);
    SqlExtent all;
    for (const auto& [name, member] : node.items()) {
      if (name != "cte_map") all = all + reckon(member, known);
    }
    return note(all);
  }

  SqlExtent note(SqlExtent extent) {
    widest_ = {std::max(widest_.columns, extent.columns), std::max(widest_.tables, extent.tables)};
    return extent;
  }

  static SqlExtent table(const Json& node, const Known& known) {
    const auto found = known.find(word_at(node, "table_name"));
    return found == known.end() ? SqlExtent{kColumnsOfATable, 1} : found->second;
  }

  // A copy: a name is known inside of its query only, and from the next name on.
  Known with_names(const Json& names, Known known) {
    for (const Json& entry : names) known[word_at(entry, "key")] = reckon(member_of(entry, "value"), known);
    return known;
  }

  SqlExtent select(const Json& node, const Known& known) {
    const SqlExtent from = note(reckon(member_of(node, "from_table"), known));
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
