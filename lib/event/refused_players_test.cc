#include "lib/event/refused_players.h"

#include <gtest/gtest.h>

#include "lib/config/settings.h"

namespace gm::event {
namespace {

TEST(RefusedPlayersTest, TheDefaultHoldsWhatCarelessSdksSend) {
  const RefusedPlayers refused(config::Settings::defaults().text("ingest.refused_player_ids"));
  for (const char* player : {"0",
                             "00000000-0000-0000-0000-000000000000",
                             "[object Object]",
                             "[object object]",
                             "anonymous",
                             "Anonymous",
                             "anonymous-user",
                             "backend",
                             "distinct_id",
                             "distinctid",
                             "email",
                             "false",
                             "guest",
                             "GUEST",
                             "id",
                             "NaN",
                             "none",
                             "None",
                             "not_authenticated",
                             "null",
                             "NULL",
                             "system",
                             "true",
                             "undefined",
                             "user"}) {
    EXPECT_TRUE(refused.holds(player)) << player;
  }
  for (const char* player : {"", "1", "00", "p-17", "nullable", "user1", "guest-4711", "anonymou", "[object"}) {
    EXPECT_FALSE(refused.holds(player)) << player;
  }
}

TEST(RefusedPlayersTest, AListOfOnesOwnTakesTheDefaultsPlace) {
  const RefusedPlayers refused(" Test Player ,,bot,  ");
  EXPECT_TRUE(refused.holds("test player"));
  EXPECT_TRUE(refused.holds("BOT"));
  EXPECT_FALSE(refused.holds("null"));
  EXPECT_FALSE(refused.holds(""));
  EXPECT_FALSE(refused.holds(" bot"));
}

TEST(RefusedPlayersTest, AnEmptyListRefusesNobody) {
  const RefusedPlayers refused("");
  EXPECT_FALSE(refused.holds("null"));
  EXPECT_FALSE(refused.holds(""));
  EXPECT_FALSE(refused.holds(std::string(300, 'x')));
}

TEST(RefusedPlayersTest, AnIdThatNoPlayerCouldHaveIsLeftOut) {
  const RefusedPlayers refused(std::string(kNameBytesMax, 'A') + "," + std::string(kNameBytesMax + 1, 'b'));
  EXPECT_TRUE(refused.holds(std::string(kNameBytesMax, 'a')));
  EXPECT_FALSE(refused.holds(std::string(kNameBytesMax + 1, 'b')));
}

}  // namespace
}  // namespace gm::event
