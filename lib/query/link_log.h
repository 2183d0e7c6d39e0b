#pragma once
// The merge log: which ids were said to be one player, and what came of it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/base/uuid.h"
#include "lib/store/analytics_store.h"

namespace gm::query {

struct ListedLink {
  int64_t position = 0;  // in the log
  std::string id;        // of the event that said it
  std::string kind;      // "identify", "alias"
  std::string member, player;
  int64_t received_ms = 0;
  std::string outcome;               // "joined", or why nothing came of it
  std::optional<int64_t> undone_ms;  // when it was taken back
};

struct LinkPage {
  std::vector<ListedLink> links;  // newest first
  std::optional<int64_t> next;    // the `before` of the page that follows
};

// Safe to call from several threads.
class LinkLog {
 public:
  // `store` outlives this.
  LinkLog(store::AnalyticsStore& store, int64_t timeout_ms) : store_(store), timeout_ms_(timeout_ms) {}

  // `player`: links that name this id, on either side.
  Result<LinkPage> page(ProjectId project, const std::optional<std::string>& player, std::optional<int64_t> before,
                        int limit) const;
  // Does the link join two ids now?
  Result<bool> joins(ProjectId project, const Uuid& link) const;

 private:
  store::AnalyticsStore& store_;
  int64_t timeout_ms_;
};

}  // namespace gm::query
