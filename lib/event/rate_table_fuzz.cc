// What is read comes back when it is written, and whatever the amount, converting it stays within the bounds.

#include <cstdlib>
#include <string>

#include "lib/base/saturating.h"
#include "lib/event/rate_table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm::event;
  const auto rates = parse_rates({reinterpret_cast<const char*>(data), size}, "USD");
  if (!rates) return 0;
  std::string text = "date,currency,rate\n";
  for (const Rate& rate : *rates) {
    if (rate.billionths <= 0 || rate.billionths > kRateMax) std::abort();
    const int64_t most = converted_micros(INT64_MIN, rate.billionths);
    if (most < gm::kSumMin || most > 0) std::abort();
    text += rate.from.to_string() + "," + rate.currency + "," + rate_text(rate.billionths) + "\n";
  }
  const auto again = parse_rates(text, "USD");
  if (!again || *again != *rates) std::abort();
  return 0;
}
