#include "cmd/gamemetrics/currency.h"

#include <fmt/format.h>

#include <algorithm>

namespace gm::gamemetrics {

Status check_currency(std::string_view currency) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (currency.size() == 3 && std::all_of(currency.begin(), currency.end(), is_capital)) return {};
  return Error{"gm-config-invalid-value",
               fmt::format("'project.currency' must be three capital letters such as EUR, not '{}': revenue in any "
                           "other currency is in the sums only where a rate is known",
                           currency)};
}

}  // namespace gm::gamemetrics
