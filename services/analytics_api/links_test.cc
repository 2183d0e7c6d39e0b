// The merge log by its routes, and taking a link back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

constexpr const char* kLinks = "/api/v1/identity/links";
constexpr const char* kUndo = "/api/v1/identity/links/{id}/undo";

class LinksTest : public ApiTest {
 protected:
  LinksTest() {
    store::MicroBatch batch;
    add(batch, 1, store::LinkKind::identify, "device", "anna", "joined");
    add(batch, 2, store::LinkKind::identify, "device", "bert", "already_known");
    add(batch, 3, store::LinkKind::alias, "old", "bert", "joined");
    add(batch, 3, store::LinkKind::undo, "old", "bert", "parted");
    add(batch, 4, store::LinkKind::alias, "x", "y", "joined");
    batch.links.back().project = kOtherGame;
    apply(batch);
  }

  static void add(store::MicroBatch& batch, uint64_t id, store::LinkKind kind, const char* member, const char* player,
                  const char* outcome) {
    const int64_t at_ms = moment("2026-11-23T09:00:00Z") + static_cast<int64_t>(batch.links.size()) * kMsPerMinute;
    batch.links.push_back({kGame, Uuid{0, id}, kind, member, player, at_ms, 0, batch.links.size(), outcome});
  }
  static std::string id(uint64_t number) { return Uuid{0, number}.to_string(); }
};

TEST_F(LinksTest, TheNewestComesFirstWithWhatCameOfItAndWhenItWasTakenBack) {
  const Json answer = get_json(kLinks);
  ASSERT_EQ(answer["links"].size(), 3u) << "an undo is no line of its own, and the other game's are its own";
  EXPECT_EQ(answer["links"][0], Json::parse(R"({"id":")" + id(3) +
                                            R"(","kind":"alias","member":"old","player":"bert",)"
                                            R"("received_at":"2026-11-23T09:02:00.000Z","outcome":"joined",)"
                                            R"("undone_at":"2026-11-23T09:03:00.000Z"})"));
  EXPECT_EQ(answer["links"][1]["outcome"], "already_known");
  EXPECT_EQ(answer["links"][2]["id"], id(1));
  EXPECT_TRUE(answer["links"][2]["undone_at"].is_null());
  EXPECT_TRUE(answer["next"].is_null());
}

TEST_F(LinksTest, PagesFollowEachOther) {
  const Json first = get_json(kLinks, "limit=2");
  ASSERT_EQ(first["links"].size(), 2u);
  const Json second = get_json(kLinks, "limit=2&before=" + first["next"].dump());
  ASSERT_EQ(second["links"].size(), 1u);
  EXPECT_EQ(second["links"][0]["id"], id(1));
  EXPECT_EQ(get_json(kLinks, "player=anna")["links"].size(), 1u);
  EXPECT_EQ(get_json(kLinks, "player=device")["links"].size(), 2u);
}

TEST_F(LinksTest, OnlyALinkOfTheGameThatJoinsSomebodyIsTakenBack) {
  EXPECT_EQ(get_json(kUndo, "", id(1)), Json::parse(R"({"id":")" + id(1) + R"(","accepted":true})"));
  EXPECT_THAT(undone, ::testing::ElementsAre(Uuid{0, 1}));
  for (const std::string& other : {id(2), id(3), id(4), id(5), std::string("nonsense")}) {
    const auto refused = get(kUndo, "", "", other);
    EXPECT_EQ(refused.status, 404) << other;
    EXPECT_EQ(Json::parse(refused.body)["code"], "gm-link-unknown");
  }
  EXPECT_EQ(undone.size(), 1u);
}

}  // namespace
}  // namespace gm::analytics_api
