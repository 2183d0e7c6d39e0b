#include "lib/behavior/timeline.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "lib/behavior/section_format.h"

namespace gm::behavior {
namespace {

Status verify(const Snapshot& snapshot, ColumnSet columns) {
  columns.add({ColumnId::player_keys, ColumnId::player_rows, ColumnId::times, ColumnId::dates});
  for (const Source& source : snapshot.sources) {
    if (source.remap && source.remap->stale)
      return Error{std::string(kStale), "an identity merge was taken back; its sections are being rewritten"};
    if (Status verified = source.section->verify(columns); !verified) return verified;
  }
  return {};
}

// Calls each(section, row) for every event of the player, in no order.
template <typename Each>
void for_each_event(const Snapshot& snapshot, PlayerKey player, const Each& each) {
  PlayerMerge players(snapshot.sources, {player, player});
  if (!players.next()) return;
  for (const Span& span : players.spans()) {
    const Section& section = *snapshot.sources[span.source].section;
    for (Row row = span.begin; row < span.end; ++row) each(section, row);
  }
}

template <typename T>
void keep_each_once(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Result<std::vector<TimelineEntry>> timeline(const Snapshot& snapshot, PlayerKey player, size_t skip, size_t limit) {
  if (Status verified = verify(snapshot, {ColumnId::events, ColumnId::offsets}); !verified) return verified.error();
  std::vector<TimelineEntry> entries;
  for_each_event(snapshot, player, [&](const Section& section, Row row) {
    entries.push_back({section.time_ms(row), section.header().partition, section.offset(row), section.date(row),
                       section.names()[section.event(row)]});
  });
  std::sort(entries.begin(), entries.end(), [](const TimelineEntry& a, const TimelineEntry& b) {
    return std::tie(b.time_ms, b.partition, b.offset) < std::tie(a.time_ms, a.partition, a.offset);
  });
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(std::min(skip, entries.size())));
  entries.resize(std::min(limit, entries.size()));
  return entries;
}

Result<TimelineMoments> timeline_moments(const Snapshot& snapshot, PlayerKey player, int64_t until_ms, size_t count) {
  if (Status verified = verify(snapshot, {}); !verified) return verified.error();
  std::vector<std::pair<int64_t, Date>> events;  // newest first
  for_each_event(snapshot, player, [&](const Section& section, Row row) {
    if (section.time_ms(row) <= until_ms) events.emplace_back(section.time_ms(row), section.date(row));
  });
  std::sort(events.begin(), events.end(), std::greater<>());
  const auto newest =
      std::find_if(events.begin(), events.end(), [&](const auto& each) { return each.first != events.front().first; });
  events.resize(std::min(events.size(), static_cast<size_t>(newest - events.begin()) + count));
  TimelineMoments moments;
  for (const auto& [time_ms, date] : events) {
    moments.times_ms.push_back(time_ms);
    moments.dates.push_back(date);
  }
  keep_each_once(moments.times_ms);
  keep_each_once(moments.dates);
  return moments;
}

}  // namespace gm::behavior
