#include "services/data_retention/record_corrector.h"

#include <gtest/gtest.h>

namespace gm::data_retention {
namespace {

const ProjectId kGame = ProjectId::from_stored(1), kOther = ProjectId::from_stored(2);

std::string record(ProjectId project, int64_t received_ms,
                   const std::vector<std::pair<std::string, std::string>>& events) {
  event::BatchEncoder encoder({project, event::Source::native, false, received_ms, 0});
  for (const auto& [player, properties] : events) {
    event::Event event;
    event.name = "play";
    event.player = player;
    event.country = "DE";
    event.properties = properties;
    encoder.add(event);
  }
  return std::move(encoder).take();
}

PlayerCorrection correction() {
  return {
      kGame, {"anna", "device-1"}, *event::parse_correction(R"({"country":"AT","properties":{"mail":null}})"), 1000};
}

TEST(RecordCorrectorTest, HisEventsArePutRightAndTheOthersOfTheRecordStay) {
  const PlayerCorrection what = correction();
  RecordCorrector corrector(what);
  const std::string payload =
      record(kGame, 1000, {{"anna", R"({"mail":"m"})"}, {"ben", R"({"mail":"b"})"}, {"device-1", R"({"x":1})"}});
  const auto parts = corrector.edit(log::Topic::events_raw, payload, 3);
  ASSERT_TRUE(parts.has_value());
  ASSERT_EQ(parts->size(), 1u);
  EXPECT_EQ(parts->front().count, 3u);
  const auto batch = event::decode_batch(parts->front().payload);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->info.received_ms, 1000);
  EXPECT_EQ(batch->events[0].properties, "{}");
  EXPECT_EQ(batch->events[0].country, "AT");
  EXPECT_EQ(batch->events[1].properties, R"({"mail":"b"})");
  EXPECT_EQ(batch->events[1].country, "DE");
  EXPECT_EQ(batch->events[2].country, "AT");
  EXPECT_EQ(corrector.corrected(), 2);
  EXPECT_FALSE(corrector.edit(log::Topic::events_raw, parts->front().payload, 3).has_value()) << "once more";
}

TEST(RecordCorrectorTest, OtherProjectsLaterEventsAndOtherTopicsStay) {
  const PlayerCorrection what = correction();
  RecordCorrector corrector(what);
  const std::vector<std::pair<std::string, std::string>> his = {{"anna", R"({"mail":"m"})"}};
  EXPECT_FALSE(corrector.edit(log::Topic::events_raw, record(kOther, 1000, his), 1).has_value());
  EXPECT_FALSE(corrector.edit(log::Topic::events_raw, record(kGame, 1001, his), 1).has_value());
  EXPECT_FALSE(corrector.edit(log::Topic::events_rejected, record(kGame, 1000, his), 1).has_value());
  EXPECT_FALSE(corrector.edit(log::Topic::events_raw, "anna, but no record", 1).has_value());
  EXPECT_FALSE(corrector.edit(log::Topic::events_raw, record(kGame, 1000, {{"anna-marie", R"({"mail":"m"})"}}), 1));
  EXPECT_EQ(corrector.corrected(), 0);
}

}  // namespace
}  // namespace gm::data_retention
