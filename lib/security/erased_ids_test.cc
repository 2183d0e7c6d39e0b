#include "lib/security/erased_ids.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOther = ProjectId::from_stored(2);

TEST(ErasedIds, HoldsWhatWasAddedInItsOwnProjectOnly) {
  ErasedIds erased(std::string(kErasureKeyBytes, 'k'));
  EXPECT_FALSE(erased.any(kGame));
  erased.add(kGame, {erased.mark_of(kGame, "anna"), erased.mark_of(kGame, "device-1")});
  EXPECT_TRUE(erased.any(kGame));
  EXPECT_TRUE(erased.holds(kGame, "anna"));
  EXPECT_TRUE(erased.holds(kGame, "device-1"));
  EXPECT_FALSE(erased.any(kOther));
  EXPECT_FALSE(erased.holds(kOther, "anna"));
  for (int i = 0; i < 200'000; ++i) ASSERT_FALSE(erased.holds(kGame, "player-" + std::to_string(i)));
}

TEST(ErasedIds, AMarkTellsTheIdOnlyToWhoHasTheKey) {
  const ErasedIds one(std::string(kErasureKeyBytes, 'k'));
  const ErasedIds other(std::string(kErasureKeyBytes, 'l'));
  EXPECT_EQ(one.mark_of(kGame, "anna").hash.size(), 32u);
  EXPECT_NE(one.mark_of(kGame, "anna").hash, other.mark_of(kGame, "anna").hash);
  EXPECT_NE(one.mark_of(kGame, "anna").hash, one.mark_of(kOther, "anna").hash);
}

TEST(ErasedIds, AFilledListTellsOthersFromErasedOnes) {
  ErasedIds erased(std::string(kErasureKeyBytes, 'k'));
  std::vector<ErasedMark> marks;
  for (int i = 0; i < 20'000; ++i) marks.push_back(erased.mark_of(kGame, "gone-" + std::to_string(i)));
  erased.add(kGame, marks);
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(erased.holds(kGame, "gone-" + std::to_string(i)));
    ASSERT_FALSE(erased.holds(kGame, "here-" + std::to_string(i)));
  }
}

}  // namespace
}  // namespace gm::security
