#include "services/event_processor/player_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/event_processor/player_cache.h"

namespace gm::event_processor {
namespace {

using store::LinkKind;
using ::testing::ElementsAre;

std::optional<LinkClaim> read(std::string_view name, std::string_view properties) {
  LinkReader reader;
  event::Event event;
  event.name = name;
  event.properties = properties;
  return reader.read(event);
}

TEST(LinkReaderTest, AnIdentifyNamesTheAnonymousId) {
  const auto claim = read("$identify", R"({"$set":{"$anon_distinct_id":"inner"},"$anon_distinct_id":"device-1"})");
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->kind, LinkKind::identify);
  EXPECT_EQ(claim->other, "device-1");
}

TEST(LinkReaderTest, AnIdentifyWithoutOneOnlySaysThatItsPlayerIsKnown) {
  for (const char* properties :
       {"{}", "", R"({"$anon_distinct_id":null})", R"({"$anon_distinct_id":""})", R"({"$anon_distinct_id":{"a":1}})"}) {
    const auto claim = read("$identify", properties);
    ASSERT_TRUE(claim) << properties;
    EXPECT_EQ(claim->other, "") << properties;
  }
}

TEST(LinkReaderTest, AnAliasNamesTheOtherId) {
  EXPECT_EQ(read("$create_alias", R"({"alias":"a\"b"})")->other, "a\"b");
  EXPECT_EQ(read("$merge_dangerously", R"({"alias":17})")->other, "17");
  EXPECT_EQ(read("$create_alias", R"({"alias":"x"})")->kind, LinkKind::alias);
  EXPECT_FALSE(read("$create_alias", "{}"));
}

TEST(LinkReaderTest, OtherEventsSayNothing) {
  EXPECT_FALSE(read("level_start", R"({"alias":"x","$anon_distinct_id":"y"})"));
  EXPECT_FALSE(read("$set", R"({"alias":"x"})"));
  EXPECT_FALSE(read("", "{}"));
}

class LinkRulesTest : public ::testing::Test {
 protected:
  LinkRulesTest() {
    anna_.row.player_id = "anna";
    device_.row.player_id = "device";
  }
  LinkRules rules_{event::RefusedPlayers("null, guest"), 4};
  LinkClaim identify_{LinkKind::identify, "device"};
  LinkClaim alias_{LinkKind::alias, "device"};
  Player anna_, device_;
};

TEST_F(LinkRulesTest, PlaceholdersJoinNobody) {
  EXPECT_EQ(refusal_of({LinkKind::alias, "GUEST"}, "anna", rules_), "id_refused");
  EXPECT_EQ(refusal_of({LinkKind::identify, "device"}, "Null", rules_), "id_refused");
  EXPECT_EQ(refusal_of({LinkKind::alias, std::string(201, 'x')}, "anna", rules_), "id_too_long");
  EXPECT_EQ(refusal_of({LinkKind::alias, "anna"}, "anna", rules_), kLinkSamePlayer);
  EXPECT_EQ(refusal_of(alias_, "anna", rules_), "");
}

TEST_F(LinkRulesTest, AnIdentifyDoesNotTakeAKnownPlayerAndAnAliasDoes) {
  EXPECT_EQ(outcome_of(identify_, anna_, device_, rules_), store::kLinkJoined);
  device_.row.known = true;
  EXPECT_EQ(outcome_of(identify_, anna_, device_, rules_), "already_known");
  EXPECT_EQ(outcome_of(alias_, anna_, device_, rules_), store::kLinkJoined);
  anna_.row.known = true;
  device_.row.known = false;
  EXPECT_EQ(outcome_of(identify_, anna_, device_, rules_), store::kLinkJoined) << "one player, many devices";
}

TEST_F(LinkRulesTest, APlayerHasNotMoreIdsThanTheLimit) {
  anna_.members = {{1, "a"}, {2, "b"}};
  EXPECT_EQ(outcome_of(alias_, anna_, device_, rules_), store::kLinkJoined);
  device_.members = {{3, "c"}};
  EXPECT_EQ(outcome_of(alias_, anna_, device_, rules_), "too_many_ids");
  EXPECT_EQ(outcome_of(alias_, anna_, anna_, rules_), kLinkSamePlayer);
}

store::LinkRow link(uint64_t id, std::string member, std::string player) {
  store::LinkRow row;
  row.link = {0, id};
  row.member_id = std::move(member);
  row.player_id = std::move(player);
  return row;
}

std::vector<std::pair<std::string, std::vector<std::string>>> parts(uint64_t without,
                                                                    const std::vector<store::LinkRow>& links) {
  std::vector<std::pair<std::string, std::vector<std::string>>> found;
  for (const PlayerPart& part : parts_without({0, without}, links)) found.emplace_back(part.player_id, part.ids);
  return found;
}

TEST(PlayerPartsTest, TheCanonicalIdIsThatOfThePlayerWhoWasJoinedLast) {
  using P = std::pair<std::string, std::vector<std::string>>;
  const std::vector<store::LinkRow> chain = {link(1, "a", "b"), link(2, "b", "c"), link(3, "d", "a")};
  EXPECT_THAT(parts(1, chain), ElementsAre(P("a", {"a", "d"}), P("c", {"b", "c"})));
  EXPECT_THAT(parts(2, chain), ElementsAre(P("b", {"a", "b", "d"}), P("c", {"c"})));
  EXPECT_THAT(parts(3, chain), ElementsAre(P("c", {"a", "b", "c"}), P("d", {"d"})));
}

TEST(PlayerCacheLinks, APlayerIsFoundByEveryIdUntilHeIsDropped) {
  const ProjectId project = ProjectId::from_stored(1);
  PlayerCache cache(1);
  const auto find = [&](const char* id) { return cache.find(project, id, PlayerCache::hash(project, id)); };
  const auto put = [&](const char* id, store::PlayerKey key, std::list<store::PlayerMember> members = {}) {
    Player player;
    player.row.project = project;
    player.row.player_id = id;
    player.row.player = key;
    player.members = std::move(members);
    return cache.put(std::move(player));
  };
  Player* device = put("device", 1, {{2, "older device with a long name of its own"}});
  Player* anna = put("anna", 3);
  cache.join(*anna, *device);
  EXPECT_EQ(find("device"), anna);
  EXPECT_EQ(find("older device with a long name of its own"), anna);
  EXPECT_EQ(anna->key_of("device"), 1u);
  EXPECT_EQ(anna->key_of("older device with a long name of its own"), 2u);
  EXPECT_EQ(anna->key_of("anna"), 3u);
  EXPECT_EQ(cache.size(), 1u);
  put("anna", 3, {{1, "device"}});
  EXPECT_EQ(find("older device with a long name of its own"), nullptr) << "replaced together with the player";
  EXPECT_EQ(find("device"), anna);
  put("bert", 4);
  cache.evict();
  EXPECT_EQ(find("device"), nullptr);
  cache.drop(*find("bert"));
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace gm::event_processor
