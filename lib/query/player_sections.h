#pragma once
// All that the store holds of one player, a section at a time: for the copy of his data that he may ask for.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/store/analytics_store.h"
#include "lib/store/row_source.h"

namespace gm::query {

struct PlayerSection {
  std::string_view name;  // of its file, too
  std::string_view meaning;
};
// "player", "events", "sessions", "days", "links", "refused_events".
const std::vector<PlayerSection>& player_sections();

// Whose rows, and how they are read.
struct PlayerCopy {
  ProjectId project;
  std::vector<std::string> ids;  // all of his
  int64_t rows_max = 0;          // of one page
  int64_t timeout_ms = 0;        // of one page
};
// The rows of a section, page by page; what is stored meanwhile may be in it. Events are in the order of the log.
// Precondition: `name` is one of player_sections(). The store outlives the source. Errors: those of the store.
std::unique_ptr<store::RowSource> read_player_section(store::AnalyticsStore& store, std::string_view name,
                                                      PlayerCopy whose);

}  // namespace gm::query
