#pragma once
// The rates of exchange for the processor, read again when others were kept.

#include <map>
#include <memory>
#include <string>

#include "lib/base/result.h"
#include "lib/event/rate_table.h"
#include "lib/store/project_changes.h"

namespace gm::gamemetrics {

// One thread.
class RateLookup {
 public:
  explicit RateLookup(store::ProjectChanges& changes) : changes_(&changes) {}
  Result<std::shared_ptr<const event::RateTable>> to(const std::string& base);
  // From now on these are the rates to `base`, whatever is kept.
  void replace(const std::string& base, const std::vector<event::Rate>& rates);

 private:
  store::ProjectChanges* changes_;
  int64_t revision_ = -1;
  std::map<std::string, std::shared_ptr<const event::RateTable>> read_, replaced_;
};

}  // namespace gm::gamemetrics
