#include "services/event_processor/player_removal.h"

#include <set>

#include "services/event_processor/player.h"

namespace gm::event_processor {
namespace {

const Error kUnsupported{"gm-erasure-unsupported", "this analytics store cannot forget a player"};

}  // namespace

Result<std::vector<std::string>> PlayerRemoval::ids_of(ProjectId project, const std::string& player_id) {
  const store::PlayerWanted wanted{project, player_id, kBeginningMs, kBeginningDate};
  const auto states = store_->load_players(std::span(&wanted, 1));
  if (!states) return states.error();
  const store::PlayerState& state = states->front();
  std::vector<std::string> ids{player_id};
  if (state.row.version == 0) return ids;
  if (state.row.player_id != player_id) ids.push_back(state.row.player_id);
  for (const store::PlayerMember& member : state.members) {
    if (member.player_id != player_id) ids.push_back(member.player_id);
  }
  return ids;
}

Result<std::vector<store::PlayerKey>> PlayerRemoval::keys_of(ProjectId project, const std::vector<std::string>& ids) {
  std::vector<store::PlayerWanted> wanted;
  for (const std::string& id : ids) wanted.push_back({project, id, kBeginningMs, kBeginningDate});
  const auto states = store_->load_players(wanted);
  if (!states) return states.error();
  std::set<store::PlayerKey> keys;
  for (const store::PlayerState& state : *states) {
    if (state.row.version == 0) continue;
    keys.insert(state.row.player);
    for (const store::PlayerMember& member : state.members) keys.insert(member.player);
  }
  return std::vector<store::PlayerKey>(keys.begin(), keys.end());
}

// His events are learned once more, from what is known now: what they add is what is taken back. What would be learned
// for the first time was not learned of them when they came, for a limit was reached then.
Status PlayerRemoval::take_back_shapes(store::PlayerErasure& erasure) {
  SchemaLearner learner(*store_, settings_->schema);
  if (auto held = learner.hold(erasure.project); !held) return held;
  std::vector<store::EventsWanted> wanted;
  for (const store::PlayerKey player : erasure.players) wanted.push_back({player});
  const auto read = store_->visit_events(wanted, [&](std::span<const store::EventRow> rows) {
    for (const store::EventRow& row : rows) learner.learn(erasure.project, *row.event, row.received_ms);
    return Status();
  });
  if (!read) return read;
  learner.finish(erasure.shapes);
  std::erase_if(erasure.shapes.property_shapes,
                [](const store::PropertyShapeDelta& delta) { return !delta.sample.empty(); });
  erasure.shapes.shape_overflows.clear();
  for (store::EventShapeDelta& delta : erasure.shapes.event_shapes) delta.events = -delta.events;
  for (store::PropertyShapeDelta& delta : erasure.shapes.property_shapes) delta.values = -delta.values;
  return {};
}

Result<store::ErasedRows> PlayerRemoval::erase(ProjectId project, const std::vector<std::string>& ids) {
  auto* erasable = dynamic_cast<store::ErasableStore*>(store_);
  if (erasable == nullptr) return kUnsupported;
  const auto profile = projects_->find(project);
  if (!profile) return profile.error();
  auto keys = keys_of(project, ids);
  if (!keys) return keys.error();
  store::PlayerErasure erasure{
      project, std::move(*keys), ids, profile->value_or(ProjectProfile{}).currency, settings_->late_after_ms, {}};
  if (auto taken = take_back_shapes(erasure); !taken) return taken.error();
  return erasable->erase(erasure);
}

Status PlayerRemoval::rewrite() {
  auto* erasable = dynamic_cast<store::ErasableStore*>(store_);
  return erasable == nullptr ? Status(kUnsupported) : erasable->rewrite();
}

}  // namespace gm::event_processor
