#include "services/event_processor/schema_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/event_processor/fake_store.h"

namespace gm::event_processor {
namespace {

using event::PropertyType;

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOtherGame = ProjectId::from_stored(2);
constexpr SchemaLimits kWide = {100, 100, 1000, 50, 20};

class SchemaLearnerTest : public ::testing::Test {
 protected:
  void start(const SchemaLimits& limits = kWide) { learner_.emplace(store_, limits); }

  void learn(std::string_view name, std::string_view properties, int64_t received_ms = 1000,
             ProjectId project = kGame) {
    event::Event event;
    event.name = name;
    event.properties = properties;
    ASSERT_TRUE(learner_->hold(project).ok());
    learner_->learn(project, event, received_ms);
  }
  void store() {
    store::MicroBatch batch;
    learner_->finish(batch);
    ASSERT_TRUE(store_.apply(batch).ok());
  }
  FakeStore::Shape shape(std::string_view event, std::string_view property, PropertyType type,
                         ProjectId project = kGame) {
    const auto found = store_.property_shapes.find({project, std::string(event), std::string(property), type});
    return found == store_.property_shapes.end() ? FakeStore::Shape() : found->second;
  }

  FakeStore store_;
  std::optional<SchemaLearner> learner_;
};

TEST_F(SchemaLearnerTest, EveryTypeIsCountedAsItCame) {
  start();
  learn("play", R"({"a":"1","b":1,"c":true,"d":[1,"x"],"e":{"a":2},"f":null})", 2000);
  learn("play", R"({"a":1,"b":1e400,"c":false,"d":[],"e":{},"f":null})", 1000);
  learn("play", "", 3000);
  store();
  EXPECT_EQ(shape("play", "a", PropertyType::string), (FakeStore::Shape{1, 2000, 2000, "1"}));
  EXPECT_EQ(shape("play", "a", PropertyType::number), (FakeStore::Shape{1, 1000, 1000, "1"}));
  EXPECT_EQ(shape("play", "b", PropertyType::number), (FakeStore::Shape{2, 1000, 2000, "1"}));
  EXPECT_EQ(shape("play", "c", PropertyType::boolean), (FakeStore::Shape{2, 1000, 2000, "true"}));
  EXPECT_EQ(shape("play", "d", PropertyType::list), (FakeStore::Shape{2, 1000, 2000, R"([1,"x"])"}));
  EXPECT_EQ(shape("play", "e", PropertyType::object), (FakeStore::Shape{2, 1000, 2000, R"({"a":2})"}));
  EXPECT_EQ(shape("play", "f", PropertyType::null), (FakeStore::Shape{2, 1000, 2000, "null"}));
  EXPECT_EQ(store_.event_shapes.at({kGame, "play"}), (FakeStore::Shape{3, 1000, 3000, ""}));
  EXPECT_EQ(store_.property_shapes.size(), 7u);
}

TEST_F(SchemaLearnerTest, AnyOrderOfTheMembersIsTheSame) {
  start();
  for (const char* text : {R"({"a":1,"b":1,"c":1})", R"({"c":1,"a":1,"b":1})", R"({"b":1})", R"({"a":1,"c":1})",
                           R"({ "c" : 1 , "b" : 1 , "a" : 1 })", R"({"\u0061":1})"}) {
    learn("play", text);
  }
  store();
  EXPECT_EQ(shape("play", "a", PropertyType::number).count, 5);
  EXPECT_EQ(shape("play", "b", PropertyType::number).count, 4);
  EXPECT_EQ(shape("play", "c", PropertyType::number).count, 4);
  EXPECT_EQ(store_.property_shapes.size(), 3u) << "an escaped name is the same name";
}

TEST_F(SchemaLearnerTest, ALearnerThatStartsAnewGoesOn) {
  start();
  learn("play", R"({"a":"first"})", 1000);
  store();
  start();
  learn("play", R"({"a":"second","b":1})", 2000);
  store();
  learner_->clear();
  learn("play", R"({"a":"third"})", 500);
  store();
  EXPECT_EQ(shape("play", "a", PropertyType::string), (FakeStore::Shape{3, 500, 2000, "first"}));
  EXPECT_EQ(shape("play", "b", PropertyType::number).count, 1);
}

TEST_F(SchemaLearnerTest, ProjectsShareNothing) {
  start({1, 1, 1, 50, 20});
  learn("play", R"({"a":1})");
  learn("pause", R"({"a":"x"})", 1000, kOtherGame);
  store();
  EXPECT_EQ(shape("play", "a", PropertyType::number).count, 1);
  EXPECT_EQ(shape("pause", "a", PropertyType::string, kOtherGame).count, 1);
  EXPECT_EQ(store_.property_shapes.size(), 2u);
  EXPECT_TRUE(store_.shape_overflows.empty());
}

TEST_F(SchemaLearnerTest, WhatIsBeyondALimitIsCountedByReasonAndWhatIsKnownGoesOn) {
  start({2, 2, 3, 5, 20});
  learn("a", R"({"x":1,"y":1,"z":1,"x":2})");
  learn("b", R"({"x":1,"y":1})");
  learn("c", R"({"x":1})");
  learn("a", R"({"longer":1,"y":"s"})");
  store();
  EXPECT_EQ(shape("a", "x", PropertyType::number).count, 2);
  EXPECT_EQ(shape("a", "y", PropertyType::string).count, 1) << "another type of a known property takes no room";
  EXPECT_EQ(shape("b", "y", PropertyType::number).count, 0) << "the project is full";
  EXPECT_FALSE(store_.event_shapes.contains({kGame, "c"}));
  const std::map<std::pair<ProjectId, std::string>, int64_t> expected = {{{kGame, "too_many_properties"}, 2},
                                                                         {{kGame, "too_many_event_names"}, 1},
                                                                         {{kGame, "property_name_too_long"}, 1}};
  EXPECT_EQ(store_.shape_overflows, expected);
  start({2, 2, 3, 5, 20});
  learn("a", R"({"z":1})");
  store();
  EXPECT_EQ(store_.shape_overflows.at({kGame, "too_many_properties"}), 3) << "a restart makes no room";
}

TEST_F(SchemaLearnerTest, ASampleIsCutBetweenCharacters) {
  start({10, 10, 10, 50, 4});
  learn("a", "{\"x\":\"abcé\",\"y\":\"éé\"}");
  store();
  EXPECT_EQ(shape("a", "x", PropertyType::string).sample, "abc");
  EXPECT_EQ(shape("a", "y", PropertyType::string).sample, "éé");
}

TEST_F(SchemaLearnerTest, TheServersOwnPropertiesAndBrokenTextAreLeftOut) {
  start();
  learn("a", R"({"$gm_original_amount":1,"x":1})");
  learn("a", R"({"x":1,"y":)");
  learn("a", "[1]");
  store();
  EXPECT_EQ(shape("a", "x", PropertyType::number).count, 2);
  EXPECT_EQ(store_.property_shapes.size(), 1u);
  EXPECT_EQ(store_.event_shapes.at({kGame, "a"}).count, 3);
}

TEST_F(SchemaLearnerTest, AStoreThatCannotAnswerIsAskedAgain) {
  start();
  store_.fault = [](std::string_view call) {
    return call == "known_shapes" ? FakeStore::Fault::before : FakeStore::Fault::none;
  };
  EXPECT_FALSE(learner_->hold(kGame).ok());
  store_.fault = [](std::string_view) { return FakeStore::Fault::none; };
  learn("a", R"({"x":1})");
  store();
  EXPECT_EQ(shape("a", "x", PropertyType::number).count, 1);
}

}  // namespace
}  // namespace gm::event_processor
