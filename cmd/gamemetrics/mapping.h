#pragma once
// How the rows of a foreign file become events. A mapping file is YAML:
//
//   format: csv                     # ndjson, csv or tsv; from the file's name when absent
//   event: action                   # where the event's name is: a column, or for NDJSON also a path such as /data/name
//   player_id: user
//   time: at                        # ISO 8601, or Unix time in time_unit (s or ms, default ms)
//   session_id: "{user}-{visit}"    # a template: columns in braces, {row} is the row's number
//   platform: "=web"                # a fixed text
//   event_id: "shop-{row}"          # absent: made from the row's content and number
//   revenue: {amount: price, currency: "=EUR"}
//   properties: [page, referrer]    # these columns; or {name: column}; or a path to an object; or all (what is not
//   used above) numbers: [price]                # columns of CSV and TSV whose values are numbers in the properties

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/gamemetrics/record_reader.h"
#include "lib/base/result.h"

namespace YAML {
class Node;
}

namespace gm::gamemetrics {

class Mapping {
 public:
  // Errors: gm-mapping-malformed, with the line and what to do.
  static Result<Mapping> parse(const std::string& yaml, const std::string& file_name);
  // For rows that have the field names of the native API already.
  static Mapping native();

  // The event as the native API takes it. Fields that the row does not have are left out: the server says what is
  // missing.
  nlohmann::ordered_json event_of(const Record& record) const;

  std::optional<FileFormat> format() const { return format_; }

 private:
  enum class Properties : uint8_t { none, all, object, list };

  std::optional<std::string> text_of(const std::string& source, const Record& record) const;
  nlohmann::ordered_json properties_of(const Record& record) const;
  nlohmann::ordered_json typed(const std::string& source, const nlohmann::ordered_json& value) const;
  std::optional<std::string> time_of(const Record& record) const;
  std::string read_entry(const std::string& key, const YAML::Node& value);
  void read_revenue(const YAML::Node& value);
  void read_properties(const YAML::Node& value);
  void note_used(const std::string& source);

  std::optional<FileFormat> format_;
  std::vector<std::pair<std::string, std::string>> fields_;  // name in the API -> source
  std::string time_;
  int64_t time_unit_ms_ = 1;
  std::string event_id_;
  std::string revenue_amount_, revenue_currency_;
  Properties properties_ = Properties::none;
  std::string properties_object_;
  std::vector<std::pair<std::string, std::string>> properties_list_;  // name -> source
  std::set<std::string> numbers_;
  std::set<std::string> used_;  // columns that went into fields
};

}  // namespace gm::gamemetrics
