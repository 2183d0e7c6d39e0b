#include "services/data_retention/record_editor.h"

#include <gtest/gtest.h>

#include "lib/event/event.h"

namespace gm::data_retention {
namespace {

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOther = ProjectId::from_stored(2);
constexpr auto kRaw = log::Topic::events_raw;
constexpr auto kRejected = log::Topic::events_rejected;

std::string record(ProjectId project, const std::vector<std::string>& players) {
  event::BatchEncoder encoder({project, event::Source::native, true, 1'764'000'000'000, 17});
  for (const std::string& player : players) {
    event::Event event;
    event.id = Uuid{1, std::hash<std::string>{}(player)};
    event.name = "play";
    event.player = player;
    event.revenue_micros = 5;
    event.currency = "EUR";
    event.properties = R"({"a":1})";
    encoder.add(event);
  }
  return std::move(encoder).take();
}

// "-" for positions without events, else the players.
std::string told(const std::optional<std::vector<log::RecordPart>>& parts) {
  if (!parts) return "as it was";
  std::string text;
  for (const log::RecordPart& part : *parts) {
    if (part.payload.empty()) text += std::string(part.count, '-');
    if (part.payload.empty()) continue;
    const auto batch = event::decode_batch(part.payload);
    EXPECT_TRUE(batch.ok());
    EXPECT_EQ(batch->events.size(), part.count);
    EXPECT_TRUE(batch->info.historical);
    for (const event::Event& event : batch->events) text += std::string(event.player) + " ";
  }
  return text;
}

struct RecordEditorTest : testing::Test {
  static bool is_meant(ProjectId project, std::string_view id) {
    return project == kGame ? id == "anna" || id == "device" : id == "bert";
  }
  RecordEditor editor{{is_meant, [](std::string_view id) { return id == "anna"; },
                       [](std::string_view payload) { return payload.find("nothing") == std::string_view::npos; }}};

  std::string edit(ProjectId project, const std::vector<std::string>& players) {
    return told(editor.edit(kRaw, record(project, players), static_cast<uint32_t>(players.size())));
  }
};

TEST_F(RecordEditorTest, TakesOutHisEventsAndLeavesTheOthersInTheirPlaces) {
  EXPECT_EQ(edit(kGame, {"anna"}), "-");
  EXPECT_EQ(edit(kGame, {"carl", "anna", "device", "dora", "anna"}), "carl --dora -");
  EXPECT_EQ(edit(kGame, {"annabel", "bert"}), "as it was") << "bert is another game's";
  EXPECT_EQ(edit(kOther, {"anna", "bert"}), "anna -");
  EXPECT_EQ(edit(kGame, {"anna", "nothing"}), "as it was") << "a record that holds nobody is not decoded";
}

TEST_F(RecordEditorTest, WhatStaysIsTheSameRecord) {
  const auto parts = editor.edit(kRaw, record(kGame, {"carl", "anna"}), 2);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->front().payload, record(kGame, {"carl"}));
}

TEST_F(RecordEditorTest, TakesOutRejectedEventsThatMentionHim) {
  const event::BatchInfo info{kGame, event::Source::native, false, 5, 0};
  const std::string payload = event::encode_rejected(
      info,
      {{"a", "b", R"({"player_id":"carl"})"}, {"a", "b", R"({"player_id":"anna"})"}, {"a", "b", R"({"uid":"bert"})"}});
  const auto parts = editor.edit(kRejected, payload, 3);
  ASSERT_TRUE(parts.has_value());
  ASSERT_EQ(parts->size(), 3u);
  EXPECT_FALSE((*parts)[0].payload.empty());
  EXPECT_TRUE((*parts)[1].payload.empty());
  EXPECT_EQ(event::decode_rejected((*parts)[2].payload)->rejected.front().raw, R"({"uid":"bert"})");
}

TEST_F(RecordEditorTest, ARecordThatCannotBeReadGoesWhenItMentionsSomebody) {
  EXPECT_EQ(told(editor.edit(kRaw, "broken \"anna\" bytes", 7)), "-------");
  EXPECT_EQ(told(editor.edit(kRaw, "broken \"carl\" bytes", 7)), "as it was");
  EXPECT_EQ(told(editor.edit(kRaw, event::encode_link_undo({kGame, Uuid{1, 2}, 3}), 1)), "as it was");
}

}  // namespace
}  // namespace gm::data_retention
