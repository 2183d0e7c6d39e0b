#include "lib/behavior/section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "lib/base/random.h"
#include "lib/behavior/counts.h"
#include "lib/behavior/section_build.h"

namespace gm::behavior {
namespace {

using testing::ElementsAre;

SectionPtr open(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  auto section = Section::open(owner, *owner);
  EXPECT_TRUE(section.ok()) << section.error().message;
  return section.ok() ? *section : nullptr;
}

EventEntry entry(PlayerKey player, int64_t time_ms, uint64_t offset, uint32_t event = 0) {
  EventEntry made;
  made.player = made.origin = player;
  made.time_ms = time_ms;
  made.offset = offset;
  made.date = {static_cast<int32_t>(time_ms / kMsPerDay)};
  made.event = event;
  return made;
}

Dictionaries dictionaries(size_t names) {
  Dictionaries result;
  for (size_t i = 0; i < names; ++i) result.names.code("event " + std::to_string(i));
  for (TextDictionary& values : result.values) values.code("x");
  result.attributes.code({0, 0, 0, 0});
  return result;
}

TEST(PackedView, reads_back_every_width) {
  SeededRandom random(1);
  for (unsigned bits = 0; bits <= kPackedBitsMax; ++bits) {
    const uint64_t mask = (uint64_t{1} << bits) - 1;
    std::vector<uint64_t> values(300);
    for (uint64_t& value : values) value = random.next() & mask;
    MemorySink sink;
    ColumnWriter writer;
    writer.begin(sink, 0);
    for (const uint64_t value : values) ASSERT_TRUE(writer.append_packed(value, bits).ok());
    ASSERT_TRUE(writer.finish().ok());
    EXPECT_EQ(writer.place().bytes, packed_bytes(values.size(), bits));
    const std::string bytes = sink.take() + std::string(kPackedPadding, '\xFF');
    const PackedView view(bytes.data(), bits);
    for (size_t i = 0; i < values.size(); ++i) ASSERT_EQ(view[i], values[i]) << bits << " bits, value " << i;
  }
}

TEST(Section, sorts_by_player_time_and_offset_and_keeps_every_field) {
  Dictionaries texts;
  for (const char* name : {"unused", "a", "b"}) texts.names.code(name);
  for (const char* value : {"DE", "US"}) texts.values[0].code(value);
  for (size_t d = 1; d < kDimensions; ++d) texts.values[d].code("v" + std::to_string(d));
  texts.attributes.code({1, 0, 0, 0});
  std::vector<EventEntry> entries = {entry(9, 50, 7, 1), entry(2, 90, 3, 2), entry(9, 50, 4, 2), entry(9, -20, 9, 1)};
  entries[0].revenue_micros = -5;
  entries[0].session = 77;
  entries[2].origin = 4;
  const SectionPtr section = open(encode_section(entries, texts, {3, 1}));
  ASSERT_TRUE(section->verify(ColumnSet::all()).ok());
  ASSERT_EQ(section->players(), 2u);
  EXPECT_EQ(section->player(0), 2u);
  EXPECT_EQ(section->player(1), 9u);
  EXPECT_EQ(section->first_row(1), 1u);
  std::vector<uint64_t> offsets;
  for (Row row = 0; row < section->rows(); ++row) offsets.push_back(section->offset(row));
  EXPECT_THAT(offsets, ElementsAre(3, 9, 4, 7));
  EXPECT_EQ(section->time_ms(1), -20);
  EXPECT_THAT(section->names(), testing::UnorderedElementsAre("a", "b"));
  EXPECT_EQ(section->names()[section->event(0)], "b");
  EXPECT_EQ(section->values(Dimension::country)[section->attribute_values()[section->attributes(0)][0]], "US");
  EXPECT_EQ(section->session_rows()[0], 3u);
  EXPECT_EQ(section->session_ids()[0], 77u);
  EXPECT_EQ(section->revenue_rows()[0], 3u);
  EXPECT_EQ(section->revenue()[0], -5);
  EXPECT_THAT(section->moved(), ElementsAre(testing::Pair(4, 9)));
}

// Codes of one, two and four bytes; with and without presence bits.
TEST(Section, counts_events_whatever_the_number_of_names) {
  for (const size_t names : {3u, 256u, 257u, 5'000u, 70'000u}) {
    SCOPED_TRACE(names);
    SeededRandom random(names);
    const Dictionaries texts = dictionaries(names);
    std::vector<EventEntry> entries;
    std::map<uint32_t, uint64_t> expected;
    for (uint64_t i = 0; i < names + 80'000; ++i) {
      const auto event = static_cast<uint32_t>(i < names ? i : random.below(names));
      entries.push_back(entry(random.below(500), static_cast<int64_t>(random.below(10 * kMsPerDay)), i, event));
      ++expected[event];
    }
    const SectionPtr section = open(encode_section(entries, texts, {}));
    EXPECT_EQ(section->header().event_bytes, names <= 256 ? 1 : names <= 65'536 ? 2 : 4);
    EXPECT_EQ(section->presence().size() == 0, names > 2'000);
    Snapshot snapshot;
    snapshot.sources = {{section, nullptr}};
    for (const uint32_t event : {0u, 1u, static_cast<uint32_t>(names - 1)}) {
      const auto answer = counts(snapshot, {{{"event " + std::to_string(event)}, false, {}}, {}, {}, false, 2});
      ASSERT_TRUE(answer.ok());
      uint64_t events = 0;
      for (const DayCount& day : answer->total.days) events += day.events;
      EXPECT_EQ(events, expected[event]);
    }
  }
}

TEST(Section, presence_bits_leave_out_players_without_the_event_only) {
  const Dictionaries texts = dictionaries(2);
  std::vector<EventEntry> entries;
  for (uint64_t i = 0; i < 20'000; ++i) entries.push_back(entry(i / 10, 1, i, i % 1'000 == 999 ? 1 : 0));
  const SectionPtr section = open(encode_section(entries, texts, {}));
  Snapshot snapshot;
  snapshot.sources = {{section, nullptr}};
  const auto players = counts_players(snapshot, {{{"event 1"}, false, {}}, {}, {}, false, 1}, {}, 100);
  ASSERT_TRUE(players.ok());
  EXPECT_EQ(players->total, 20u);
  EXPECT_THAT(std::vector(players->players.begin(), players->players.begin() + 3), ElementsAre(99, 199, 299));
}

TEST(Section, merging_keeps_what_one_pass_would_have_written) {
  const Dictionaries texts = dictionaries(5);
  SeededRandom random(4);
  std::vector<EventEntry> all, parts[3];
  for (uint64_t i = 0; i < 3'000; ++i) {
    EventEntry made =
        entry(random.below(50), static_cast<int64_t>(random.below(1'000)), i, static_cast<uint32_t>(random.below(5)));
    made.session = random.below(3);
    if (random.below(4) == 0) made.revenue_micros = static_cast<int64_t>(i);
    all.push_back(made);
    parts[random.below(3)].push_back(made);
  }
  std::vector<Source> sources;
  for (auto& part : parts) {
    sources.push_back({open(encode_section(part, texts, {})), nullptr});
    ASSERT_TRUE(sources.back().section->verify(ColumnSet::all()).ok());
  }
  MemorySink sink;
  const auto merged = merge_sections(sources, Identity(), sink, nullptr);
  ASSERT_TRUE(merged.ok());
  EXPECT_TRUE(merged->displaced.empty());
  const SectionPtr actual = open(sink.take()), expected = open(encode_section(all, texts, {}));
  ASSERT_TRUE(actual->verify(ColumnSet::all()).ok());
  ASSERT_TRUE(expected->verify(ColumnSet::all()).ok());
  ASSERT_EQ(actual->rows(), expected->rows());
  for (Row row = 0; row < actual->rows(); ++row) {
    EXPECT_EQ(actual->offset(row), expected->offset(row));
    EXPECT_EQ(actual->names()[actual->event(row)], expected->names()[expected->event(row)]);
  }
  ASSERT_EQ(actual->session_rows().size(), expected->session_rows().size());
  for (size_t i = 0; i < actual->session_rows().size(); ++i) {
    EXPECT_EQ(actual->session_rows()[i], expected->session_rows()[i]);
    EXPECT_EQ(actual->session_ids()[i], expected->session_ids()[i]);
  }
  ASSERT_EQ(actual->revenue_rows().size(), expected->revenue_rows().size());
  for (size_t i = 0; i < actual->revenue_rows().size(); ++i) EXPECT_EQ(actual->revenue()[i], expected->revenue()[i]);
}

}  // namespace
}  // namespace gm::behavior
