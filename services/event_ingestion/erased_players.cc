#include "services/event_ingestion/erased_players.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "lib/event/mentioned_ids.h"

namespace gm::event_ingestion {
namespace {

// The places in the request of the events that were taken, in their order.
std::vector<uint32_t> places_of_taken(const DecodedBatch& batch) {
  std::set<uint32_t> dropped;
  for (const EventVerdict& one : batch.verdicts) {
    if (declaration_of(one.tag).verdict == Verdict::drop) dropped.insert(one.index);
  }
  std::vector<uint32_t> places;
  for (uint32_t i = 0; i < batch.events; ++i) {
    if (!dropped.contains(i)) places.push_back(i);
  }
  return places;
}

// $identify and its like name a second player in their properties.
bool is_of_erased(const security::ErasedIds& erased, ProjectId project, const event::Event& event) {
  if (erased.holds(project, event.player)) return true;
  return event.name.starts_with('$') && mentions_erased(erased, project, event.properties);
}

uint64_t withhold_events(const security::ErasedIds& erased, DecodedBatch& batch) {
  const std::string record = std::move(batch.encoder).take();
  batch.encoder = event::BatchEncoder(batch.info);
  const auto decoded = event::decode_batch(record);
  if (!decoded) std::abort();  // this process has just encoded it
  const std::vector<uint32_t> places = places_of_taken(batch);
  uint64_t withheld = 0;
  for (size_t i = 0; i < decoded->events.size(); ++i) {
    const event::Event& event = decoded->events[i];
    if (!is_of_erased(erased, batch.info.project, event)) {
      batch.encoder.add(event);
      continue;
    }
    batch.verdicts.push_back({places[i], Tag::player_id_refused, event.id});
    batch.refused.push_back({Tag::player_id_refused, {}});
    ++withheld;
  }
  return withheld;
}

}  // namespace

bool mentions_erased(const security::ErasedIds& erased, ProjectId project, std::string_view text) {
  return erased.any(project) &&
         event::mentions(text, [&](std::string_view word) { return erased.holds(project, word); });
}

uint64_t withhold_erased(const security::ErasedIds& erased, DecodedBatch& batch) {
  const ProjectId project = batch.info.project;
  if (!erased.any(project)) return 0;
  uint64_t withheld = 0;
  for (RefusedEvent& one : batch.refused) {
    if (!mentions_erased(erased, project, one.raw)) continue;
    one.raw = {};
    ++withheld;
  }
  return withheld + withhold_events(erased, batch);
}

}  // namespace gm::event_ingestion
