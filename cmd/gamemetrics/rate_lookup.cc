#include "cmd/gamemetrics/rate_lookup.h"

namespace gm::gamemetrics {

Result<std::shared_ptr<const event::RateTable>> RateLookup::to(const std::string& base) {
  if (const auto replaced = replaced_.find(base); replaced != replaced_.end()) return replaced->second;
  const auto revision = changes_->rates_revision();
  if (!revision) return revision.error();
  if (*revision != revision_) read_.clear();
  revision_ = *revision;
  auto& table = read_[base];
  if (table) return table;
  const auto rates = changes_->rates(base);
  if (!rates) return rates.error();
  table = std::make_shared<const event::RateTable>(*rates);
  return table;
}

void RateLookup::replace(const std::string& base, const std::vector<event::Rate>& rates) {
  replaced_[base] = std::make_shared<const event::RateTable>(rates);
}

}  // namespace gm::gamemetrics
