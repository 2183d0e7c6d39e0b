#include "lib/behavior/store_reader.h"

#include <fmt/format.h>

namespace gm::behavior {
namespace {

using store::as_int;
using store::Value;

// One row even where nothing was ever applied.
constexpr const char* kState =
    "SELECT g.id, p.partition, CAST(p.next_offset AS BIGINT) FROM generation g LEFT JOIN log_positions p ON p.topic = "
    "'events.raw'";
constexpr const char* kLinks =
    "SELECT project, CAST(member AS BIGINT), CAST(canonical AS BIGINT) FROM player_links WHERE member > {} ORDER BY "
    "member LIMIT {}";
// The numbers are literals, which take the columns' own types: bound ones would have to be of them for zone maps to be
// of use.
constexpr const char* kEvents =
    "SELECT project, CAST(player AS BIGINT), ts, date, event, session, source, country, platform, build, "
    "revenue_micros, CAST(log_offset AS BIGINT) FROM events WHERE log_partition = {} AND log_offset >= {} AND "
    "log_offset < {} ORDER BY log_offset";

std::string_view text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace

Result<StoreState> StoreReader::state() const {
  const auto table = store_.run({kState, {}}, timeout_ms_);
  if (!table) return table.error();
  StoreState state;
  for (const auto& row : table->rows) {
    state.generation = static_cast<uint64_t>(as_int(row[0]));
    if (store::is_null(row[1])) continue;
    state.next[static_cast<log::Partition>(as_int(row[1]))] = static_cast<log::Offset>(as_int(row[2]));
  }
  return state;
}

Result<std::map<ProjectId, std::vector<Identity::Link>>> StoreReader::links(int64_t read_max) const {
  std::map<ProjectId, std::vector<Identity::Link>> links;
  for (PlayerKey after = 0;;) {
    const auto table = store_.run({fmt::format(fmt::runtime(kLinks), after, read_max), {}}, timeout_ms_);
    if (!table) return table.error();
    for (const auto& row : table->rows) {
      after = static_cast<PlayerKey>(as_int(row[1]));
      links[ProjectId::from_stored(static_cast<uint32_t>(as_int(row[0])))].emplace_back(
          after, static_cast<PlayerKey>(as_int(row[2])));
    }
    if (static_cast<int64_t>(table->rows.size()) < read_max) return links;
  }
}

Result<StoredEvents> StoreReader::events(log::Partition partition, log::Offset from, log::Offset upto) const {
  auto table = store_.run({fmt::format(fmt::runtime(kEvents), partition, from, upto), {}}, timeout_ms_);
  if (!table) return table.error();
  StoredEvents stored{std::move(*table), {}, {}};
  stored.rows.reserve(stored.table.rows.size());
  for (const auto& row : stored.table.rows) {
    event::Event& event = stored.events.emplace_back();
    event.name = text_of(row[4]);
    event.session = text_of(row[5]);
    event.country = text_of(row[7]);
    event.platform = text_of(row[8]);
    event.build = text_of(row[9]);
    if (!store::is_null(row[10])) event.revenue_micros = as_int(row[10]);
    store::EventRow& known = stored.rows.emplace_back();
    known.project = ProjectId::from_stored(static_cast<uint32_t>(as_int(row[0])));
    known.player = static_cast<store::PlayerKey>(as_int(row[1]));
    if (const auto* time = std::get_if<store::TimestampMs>(&row[2])) known.time_ms = time->unix_ms;
    if (const auto* date = std::get_if<Date>(&row[3])) known.date = *date;
    known.source = static_cast<event::Source>(as_int(row[6]));
    known.log_partition = partition;
    known.log_offset = static_cast<log::Offset>(as_int(row[11]));
    known.event = &event;
  }
  return stored;
}

}  // namespace gm::behavior
