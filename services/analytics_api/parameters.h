#pragma once
// Private to this folder: strict reading of a query string. Every problem is collected with a pointer to the parameter,
// so that a caller learns all of them at once; a parameter nobody asked for is a problem too, because a misspelt filter
// must not be ignored.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/query/calendar.h"
#include "lib/query/language/problem.h"

namespace gm::analytics_api {

using query::Problem;

class Parameters {
 public:
  explicit Parameters(std::string_view raw_query);

  // from and to; both required, from <= to, at most `days_max` days.
  query::DateRange range(int days_max);
  // A decimal integer; `fallback` when absent.
  int64_t integer(std::string_view name, int64_t fallback, int64_t min, int64_t max);
  std::optional<int64_t> optional_integer(std::string_view name, int64_t min, int64_t max);
  // "0,1,7": rising, no value twice.
  std::vector<int> integers(std::string_view name, std::string_view fallback, int min, int max, size_t count_max);
  // A stable name such as player_id_missing.
  std::optional<std::string> tag(std::string_view name, size_t length_max);

  // Any text of 1 to `bytes_max` bytes.
  std::optional<std::string> text(std::string_view name, size_t bytes_max);
  void complain(std::string_view name, std::string detail);

  // All problems, those of parameters that nobody asked for included. Call it last.
  std::vector<Problem> problems();

 private:
  struct Entry {
    std::string value;
    bool used = false;
  };
  const std::string* take(std::string_view name);
  std::optional<Date> date(std::string_view name);

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<Problem> problems_;
};

}  // namespace gm::analytics_api
