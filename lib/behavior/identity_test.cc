#include "lib/behavior/identity.h"

#include <gtest/gtest.h>

#include <map>

#include "lib/base/random.h"
#include "lib/behavior/identity_keeper.h"

namespace gm::behavior {
namespace {

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOtherGame = ProjectId::from_stored(2);

TEST(Identity, changes_lead_to_what_a_map_of_all_of_them_says) {
  SeededRandom random(7);
  std::map<PlayerKey, PlayerKey> expected;
  Identity identity;
  for (int i = 0; i < 500; ++i) {
    std::vector<Identity::Change> changes;
    for (uint64_t n = random.below(6); n > 0; --n) changes.emplace_back(1 + random.below(40), random.below(41));
    for (const auto& [player, canonical] : changes) {
      expected.erase(player);
      if (canonical != Identity::kNobody && canonical != player) expected[player] = canonical;
    }
    identity = identity.with(changes);
    ASSERT_EQ(identity.links(), std::vector<Identity::Link>(expected.begin(), expected.end()));
  }
}

TEST(Identity, has_another_epoch_when_a_link_is_taken_back) {
  const Identity none;
  const std::vector<Identity::Change> joined = {{1, 2}, {3, 2}}, parted = {{1, Identity::kNobody}};
  const Identity some = none.with(joined);
  EXPECT_EQ(some.epoch(), none.epoch());
  EXPECT_NE(some.with(parted).epoch(), some.epoch());
  EXPECT_NE(Identity().epoch(), Identity().epoch());
}

TEST(IdentityKeeper, believes_a_link_of_no_events_that_are_older_than_it) {
  IdentityKeeper keeper;
  store::MicroBatch batch;
  batch.positions = {{log::Topic::events_raw, 3, 200}};
  keeper.feed(batch);
  EXPECT_TRUE(keeper.belongs_to(std::vector<Position>{{3, 150}})) << "no link came with it";
  batch.player_links = {{kGame, 1, "one", 2}};
  keeper.feed(batch);
  EXPECT_FALSE(keeper.belongs_to(std::vector<Position>{{0, 0}, {3, 199}}));
  EXPECT_TRUE(keeper.belongs_to(std::vector<Position>{{0, 0}, {3, 200}}));
  EXPECT_EQ(keeper.identities().of(kGame)->canonical(1), 2u);
  EXPECT_EQ(keeper.identities().of(kOtherGame), nullptr);
}

}  // namespace
}  // namespace gm::behavior
