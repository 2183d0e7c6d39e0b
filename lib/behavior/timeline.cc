#include "lib/behavior/timeline.h"

#include <algorithm>

#include "lib/behavior/section_format.h"

namespace gm::behavior {

Result<std::vector<TimelineEntry>> timeline(const Snapshot& snapshot, PlayerKey player, size_t skip, size_t limit) {
  for (const Source& source : snapshot.sources) {
    if (source.remap && source.remap->stale)
      return Error{std::string(kStale), "an identity merge was taken back; its sections are being rewritten"};
    if (Status verified = source.section->verify({ColumnId::player_keys, ColumnId::player_rows, ColumnId::events,
                                                  ColumnId::times, ColumnId::dates, ColumnId::offsets});
        !verified) {
      return verified.error();
    }
  }
  std::vector<TimelineEntry> entries;
  PlayerMerge players(snapshot.sources, {player, player});
  if (!players.next()) return entries;
  for (const Span& span : players.spans()) {
    const Section& section = *snapshot.sources[span.source].section;
    for (Row row = span.begin; row < span.end; ++row) {
      entries.push_back({section.time_ms(row), section.header().partition, section.offset(row), section.date(row),
                         section.names()[section.event(row)]});
    }
  }
  std::sort(entries.begin(), entries.end(), [](const TimelineEntry& a, const TimelineEntry& b) {
    return std::tie(b.time_ms, b.partition, b.offset) < std::tie(a.time_ms, a.partition, a.offset);
  });
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(std::min(skip, entries.size())));
  entries.resize(std::min(limit, entries.size()));
  return entries;
}

}  // namespace gm::behavior
