#include "lib/behavior/identity_keeper.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gm::behavior {
namespace {

constexpr int kReadsMax = 10;

}  // namespace

Status IdentityKeeper::load(const StoreReader& reader, int64_t read_max) {
  for (int i = 0; i < kReadsMax; ++i) {
    const uint64_t version = version_;
    const auto before = reader.state();
    if (!before) return before.error();
    const auto links = reader.links(read_max);
    if (!links) return links.error();
    const auto now = reader.state();  // the links are of this moment or earlier
    if (!now) return now.error();
    const std::lock_guard lock(mutex_);
    if (version != version_ || now->generation != before->generation) continue;
    for (const ProjectId project : identities_.projects()) {
      if (!links->contains(project)) identities_.set(project, nullptr);
    }
    for (const auto& [project, pairs] : *links)
      identities_.set(project, std::make_shared<Identity>(pairs, std::vector<PlayerKey>()));
    move_on(now->next);
    generation_ = now->generation;
    return {};
  }
  return Error{std::string(kBehind), "the links of ids change faster than they are read"};
}

void IdentityKeeper::feed(const store::MicroBatch& batch) {
  if (batch.player_links.empty()) return;
  std::map<ProjectId, std::vector<Identity::Change>> changes;
  for (const store::PlayerLinkRow& row : batch.player_links)
    changes[row.project].emplace_back(row.member, row.canonical);
  std::map<log::Partition, log::Offset> positions;
  for (const store::LogPosition& position : batch.positions) {
    if (position.topic == log::Topic::events_raw) positions[position.partition] = position.next;
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [project, pairs] : changes) {
    const IdentityPtr known = identities_.of(project);
    identities_.set(project, std::make_shared<Identity>((known ? *known : Identity()).with(pairs)));
  }
  move_on(positions);
}

void IdentityKeeper::move_on(const std::map<log::Partition, log::Offset>& positions) {
  for (const auto& [partition, next] : positions) newest_[partition] = next;
  ++version_;
}

std::optional<uint64_t> IdentityKeeper::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

bool IdentityKeeper::belongs_to(std::span<const Position> positions) const {
  const std::lock_guard lock(mutex_);
  return std::all_of(positions.begin(), positions.end(), [&](const Position& position) {
    const auto found = newest_.find(position.partition);
    return found == newest_.end() || position.next >= found->second;
  });
}

}  // namespace gm::behavior
