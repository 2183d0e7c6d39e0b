#include "adapters/duckdb/sql_functions.h"

#include <algorithm>
#include <array>

namespace gm::duckdb {
namespace {

constexpr size_t kManyArguments = 64;

// Operators go by their signs; LIKE is ~~, ILIKE ~~*, GLOB ~~~. Each list is sorted.
constexpr std::array kOperators = {
    std::string_view("!~~"), std::string_view("!~~*"), std::string_view("%"),  std::string_view("&"),
    std::string_view("*"),   std::string_view("+"),    std::string_view("-"),  std::string_view("->"),
    std::string_view("->>"), std::string_view("/"),    std::string_view("//"), std::string_view("^"),
    std::string_view("^@"),  std::string_view("|"),    std::string_view("||"), std::string_view("~~"),
    std::string_view("~~*"), std::string_view("~~~"),
};

constexpr auto kAggregates = std::to_array<std::string_view>({
    "any_value",   "approx_count_distinct",
    "arbitrary",   "arg_max",
    "arg_min",     "argmax",
    "argmin",      "avg",
    "bool_and",    "bool_or",
    "corr",        "count",
    "count_if",    "count_star",
    "countif",     "covar_pop",
    "covar_samp",  "first",
    "fsum",        "kahan_sum",
    "kurtosis",    "last",
    "max",         "max_by",
    "mean",        "min",
    "min_by",      "product",
    "regr_count",  "regr_intercept",
    "regr_r2",     "regr_slope",
    "sem",         "skewness",
    "stddev",      "stddev_pop",
    "stddev_samp", "string_agg",
    "sum",         "sumkahan",
    "var_pop",     "var_samp",
    "variance",
});

constexpr auto kWindows = std::to_array<std::string_view>({
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "rank_dense",
    "row_number",
});

constexpr auto kTexts = std::to_array<std::string_view>({
    "ascii",
    "bit_length",
    "chr",
    "concat",
    "concat_ws",
    "contains",
    "ends_with",
    "ilike_escape",
    "instr",
    "lcase",
    "left",
    "length",
    "like_escape",
    "lower",
    "ltrim",
    "md5",
    "not_ilike_escape",
    "not_like_escape",
    "ord",
    "position",
    "prefix",
    "regexp_extract",
    "regexp_full_match",
    "regexp_matches",
    "reverse",
    "right",
    "row",
    "rtrim",
    "split_part",
    "starts_with",
    "strlen",
    "strpos",
    "substr",
    "substring",
    "suffix",
    "trim",
    "ucase",
    "unicode",
    "upper",
});

constexpr auto kNumbers = std::to_array<std::string_view>({
    "abs",     "acos",   "add",     "asin",  "atan",  "atan2", "cbrt",     "ceil",     "ceiling",  "cos",
    "degrees", "divide", "even",    "exp",   "floor", "gcd",   "greatest", "hash",     "isfinite", "isinf",
    "isnan",   "lcm",    "least",   "ln",    "log",   "log10", "log2",     "mod",      "multiply", "pi",
    "pow",     "power",  "radians", "round", "sign",  "sin",   "sqrt",     "subtract", "tan",      "trunc",
});

constexpr auto kTimes = std::to_array<std::string_view>({
    "age",        "date_diff",      "date_part",   "date_sub",    "date_trunc",
    "datediff",   "datepart",       "datesub",     "datetrunc",   "day",
    "dayname",    "dayofmonth",     "dayofweek",   "dayofyear",   "epoch",
    "epoch_ms",   "hour",           "isodow",      "isoyear",     "last_day",
    "make_date",  "make_timestamp", "microsecond", "millisecond", "minute",
    "month",      "monthname",      "quarter",     "second",      "strftime",
    "strptime",   "time_bucket",    "to_days",     "to_hours",    "to_milliseconds",
    "to_minutes", "to_months",      "to_seconds",  "to_weeks",    "to_years",
    "today",      "try_strptime",   "week",        "weekday",     "weekofyear",
    "year",       "yearweek",
});

constexpr auto kJson = std::to_array<std::string_view>({
    "json_array_length",
    "json_contains",
    "json_exists",
    "json_extract",
    "json_extract_path",
    "json_extract_path_text",
    "json_extract_string",
    "json_type",
    "json_valid",
});

constexpr auto kChoices = std::to_array<std::string_view>({"coalesce", "if", "ifnull", "nullif"});

// With more arguments these give a list of the n best, which is kept outside of what the memory limit sees.
struct Bounded {
  std::string_view name;
  size_t arguments;
};
constexpr std::array<Bounded, 9> kBounded = {{{"arg_max", 2},
                                              {"arg_min", 2},
                                              {"argmax", 2},
                                              {"argmin", 2},
                                              {"max", 1},
                                              {"max_by", 2},
                                              {"min", 1},
                                              {"min_by", 2},
                                              // With a list of names it gives a struct.
                                              {"regexp_extract", 3}}};

template <typename List>
bool holds(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

std::optional<size_t> allowed_arguments(std::string_view name) {
  for (const Bounded& bounded : kBounded) {
    if (bounded.name == name) return bounded.arguments;
  }
  const bool known = holds(kOperators, name) || holds(kAggregates, name) || holds(kWindows, name) ||
                     holds(kTexts, name) || holds(kNumbers, name) || holds(kTimes, name) || holds(kJson, name) ||
                     holds(kChoices, name);
  return known ? std::optional<size_t>(kManyArguments) : std::nullopt;
}

bool joins_texts(std::string_view name) { return name == "||" || name == "concat" || name == "concat_ws"; }

bool is_allowed_table_function(std::string_view name) { return name == "range" || name == "generate_series"; }

}  // namespace gm::duckdb
