#include "services/event_processor/money.h"

#include <fmt/format.h>

namespace gm::event_processor {
namespace {

constexpr uint64_t kMicrosPerUnit = 1'000'000;

std::string amount_text(int64_t micros) {
  const uint64_t size = micros < 0 ? 0 - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  return fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", size / kMicrosPerUnit, size % kMicrosPerUnit);
}

// Put first into the object; ingestion has left out what clients call by these names.
std::string with_original(const event::Event& event) {
  const std::string_view properties = event.properties;
  const size_t inside = properties.find('{');
  std::string_view rest = inside == std::string_view::npos ? std::string_view("}") : properties.substr(inside + 1);
  const size_t first = rest.find_first_not_of(" \t\r\n");
  const bool empty = first == std::string_view::npos || rest[first] == '}';
  return fmt::format(R"({{"{}":{},"{}":"{}"{}{})", kOriginalAmount, amount_text(*event.revenue_micros),
                     kOriginalCurrency, event.currency, empty ? "" : ",", empty ? "}" : rest);
}

}  // namespace

const event::Event* MoneyConverter::convert(const event::Event& event, const ProjectProfile& profile, Date date) {
  if (!event.revenue_micros || event.currency == profile.currency || !profile.rates) return &event;
  const auto rate = profile.rates->find(event.currency, date);
  if (!rate) return &event;
  event::Event& converted = events_.emplace_back(event);
  converted.properties = texts_.emplace_back(with_original(event));
  converted.revenue_micros = event::converted_micros(*event.revenue_micros, *rate);
  converted.currency = texts_.emplace_back(profile.currency);
  return &converted;
}

void MoneyConverter::clear() {
  events_.clear();
  texts_.clear();
}

}  // namespace gm::event_processor
