#pragma once
// What money in other currencies is worth in a base currency, by day, and the file that people keep such rates in.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/base/time.h"

namespace gm::event {

inline constexpr int64_t kRateOne = 1'000'000'000;            // a rate is told in billionths
inline constexpr int64_t kRateMax = kRateOne * kRateOne / 2;  // so that it fits 64 bits

struct Rate {
  std::string currency;    // ISO 4217
  Date from;               // the first day that it holds for
  int64_t billionths = 0;  // of the base currency, for one unit
  auto operator<=>(const Rate&) const = default;
};

// Never changes; several threads may read it.
class RateTable {
 public:
  RateTable() = default;
  explicit RateTable(const std::vector<Rate>& rates);
  // Of the latest day at or before `date`; nullopt: none is known.
  std::optional<int64_t> find(std::string_view currency, Date date) const;

 private:
  std::map<std::string, std::map<Date, int64_t>, std::less<>> by_currency_;
};

// To the nearest millionth, halves away from zero; stops at the bounds of lib/base/saturating.h.
int64_t converted_micros(int64_t micros, int64_t rate_billionths);

// Lines of date,currency,rate below a line that says just that. Error gm-rates-invalid, with the line: a date, currency
// or rate that is none, a rate of `base` itself, the same day and currency twice.
Result<std::vector<Rate>> parse_rates(std::string_view text, std::string_view base);

// "0.0065".
std::string rate_text(int64_t billionths);

}  // namespace gm::event
