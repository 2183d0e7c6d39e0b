#include "lib/event/rate_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "lib/base/saturating.h"

namespace gm::event {
namespace {

constexpr std::string_view kHeading = "date,currency,rate";
constexpr size_t kRateDigits = 9;  // after the point
constexpr size_t kFields = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Digits with at most one point. Of the digits after it the tenth rounds, the others are left out.
std::optional<int64_t> parse_rate(std::string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == text.size() ? "" : text.substr(point + 1);
  if (whole.empty() || whole.size() > kRateDigits || (point < text.size() && part.empty())) return std::nullopt;
  if (!std::all_of(whole.begin(), whole.end(), is_digit) || !std::all_of(part.begin(), part.end(), is_digit))
    return std::nullopt;
  int64_t billionths = 0;
  for (const char c : whole) billionths = billionths * 10 + (c - '0');
  for (size_t i = 0; i < kRateDigits; ++i) billionths = billionths * 10 + (i < part.size() ? part[i] - '0' : 0);
  if (part.size() > kRateDigits && part[kRateDigits] >= '5') ++billionths;
  if (billionths <= 0 || billionths > kRateMax) return std::nullopt;
  return billionths;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (size_t from = 0; from <= line.size();) {
    const size_t comma = std::min(line.find(',', from), line.size());
    fields.push_back(line.substr(from, comma - from));
    from = comma + 1;
  }
  return fields;
}

Error invalid(size_t line, const std::string& what) {
  return {"gm-rates-invalid", "line " + std::to_string(line) + ": " + what};
}

Result<Rate> parse_line(std::string_view line, size_t number, std::string_view base) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() != kFields) return invalid(number, "not a date, a currency and a rate");
  const auto date = Date::parse(fields[0]);
  if (!date) return invalid(number, "'" + std::string(fields[0]) + "' is no date such as 2026-11-01");
  if (!is_currency(fields[1])) return invalid(number, "'" + std::string(fields[1]) + "' is no currency such as EUR");
  if (fields[1] == base) return invalid(number, std::string(base) + " is what the rates are told in");
  const auto rate = parse_rate(fields[2]);
  if (!rate) return invalid(number, "'" + std::string(fields[2]) + "' is no rate such as 1.0832");
  return Rate{std::string(fields[1]), *date, *rate};
}

std::string_view next_line(std::string_view& rest) {
  const size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

RateTable::RateTable(const std::vector<Rate>& rates) {
  for (const Rate& rate : rates) by_currency_[rate.currency][rate.from] = rate.billionths;
}

std::optional<int64_t> RateTable::find(std::string_view currency, Date date) const {
  const auto days = by_currency_.find(currency);
  if (days == by_currency_.end()) return std::nullopt;
  const auto later = days->second.upper_bound(date);
  if (later == days->second.begin()) return std::nullopt;
  return std::prev(later)->second;
}

int64_t converted_micros(int64_t micros, int64_t rate_billionths) {
  const __int128 product = static_cast<__int128>(micros) * rate_billionths;
  const __int128 half = product < 0 ? -kRateOne / 2 : kRateOne / 2;
  const __int128 rounded = (product + half) / kRateOne;
  if (rounded > kSumMax) return kSumMax;
  return rounded < kSumMin ? kSumMin : static_cast<int64_t>(rounded);
}

Result<std::vector<Rate>> parse_rates(std::string_view text, std::string_view base) {
  std::string_view rest = text;
  if (next_line(rest) != kHeading) return invalid(1, "not the heading " + std::string(kHeading));
  std::vector<Rate> rates;
  std::set<std::pair<std::string, Date>> seen;
  for (size_t number = 2; !rest.empty(); ++number) {
    const std::string_view line = next_line(rest);
    if (line.empty()) continue;
    auto rate = parse_line(line, number, base);
    if (!rate) return rate.error();
    if (!seen.emplace(rate->currency, rate->from).second)
      return invalid(number, "a rate of " + rate->currency + " for this day was given before");
    rates.push_back(std::move(*rate));
  }
  return rates;
}

std::string rate_text(int64_t billionths) {
  std::string part = std::to_string(billionths % kRateOne);
  part.insert(0, kRateDigits - part.size(), '0');
  part.erase(part.find_last_not_of('0') + 1);
  return std::to_string(billionths / kRateOne) + (part.empty() ? "" : "." + part);
}

}  // namespace gm::event
