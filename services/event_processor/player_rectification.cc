#include "services/event_processor/player_rectification.h"

#include <utility>

namespace gm::event_processor {

// What the old properties taught is learned once more and taken back, as an erasure does; the new ones are learned.
Status PlayerRectifier::find_events(const event::Correction& correction, store::PlayerRectification& found) {
  SchemaLearner before(*store_, settings_->schema), after(*store_, settings_->schema);
  if (auto held = before.hold(found.project); !held) return held;
  if (auto held = after.hold(found.project); !held) return held;
  std::vector<store::EventsWanted> wanted;
  for (const store::PlayerKey player : found.players) wanted.push_back({player});
  const auto read = store_->visit_events(wanted, [&](std::span<const store::EventRow> rows) {
    for (const store::EventRow& row : rows) {
      event::Event event = *row.event;
      std::string properties;
      if (row.received_ms > found.until_ms || !event::correct(correction, event, properties)) continue;
      ++count_;
      if (properties.empty()) continue;  // a dimension of it
      before.learn(found.project, *row.event, row.received_ms);
      after.learn(found.project, event, row.received_ms);
      found.properties.push_back({row.log_partition, row.log_offset, std::move(properties)});
    }
    return Status();
  });
  if (!read) return read;
  before.finish(found.shapes);
  std::erase_if(found.shapes.property_shapes,
                [](const store::PropertyShapeDelta& delta) { return !delta.sample.empty(); });
  for (store::EventShapeDelta& delta : found.shapes.event_shapes) delta.events = -delta.events;
  for (store::PropertyShapeDelta& delta : found.shapes.property_shapes) delta.values = -delta.values;
  after.finish(found.shapes);
  found.shapes.shape_overflows.clear();
  return {};
}

Result<int64_t> PlayerRectifier::rectify(ProjectId project, const std::vector<std::string>& ids,
                                         const event::Correction& correction, int64_t until_ms) {
  auto* store = dynamic_cast<store::ErasableStore*>(store_);
  if (store == nullptr)
    return Error{"gm-erasure-unsupported", "this analytics store cannot put right what it has of a player"};
  auto keys = players_.keys_of(project, ids);
  if (!keys) return keys.error();
  store::PlayerRectification found{project, std::move(*keys), until_ms, correction.country, correction.platform, {},
                                   {}};
  if (found.players.empty()) return 0;
  if (auto read = find_events(correction, found); !read) return read.error();
  if (count_ == 0) return 0;
  if (auto done = store->rectify(found); !done) return done.error();
  return count_;
}

}  // namespace gm::event_processor
