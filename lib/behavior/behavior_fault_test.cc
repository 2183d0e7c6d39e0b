// Failing disks, crashes and damaged files: no answer is ever wrong, and everything can be fed again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "lib/behavior/history_fixture.h"
#include "lib/behavior/model_comparison.h"

namespace gm::behavior {
namespace {

const std::string kDirectory = "/behavior/0";
constexpr uint64_t kSource = 42;

class BehaviorFault : public testing::Test {
 protected:
  void add(size_t count) {
    for (; count > 0; --count) events.add(kTestProject, maker.next());
  }

  std::unique_ptr<PartitionIndex> open(io::FaultyFileSystem& files, uint64_t source = kSource) const {
    auto opened = PartitionIndex::open(files, identities, {kDirectory, 0, source}, {30, uint64_t{1} << 30, 3});
    return opened.ok() ? std::move(*opened) : nullptr;
  }

  // A life with every kind of work on files; stops nowhere, whatever fails.
  void live(PartitionIndex& index) {
    for (int i = 0; i < 5; ++i) {
      const log::Offset next = std::min(index.next() + 60, events.next());
      index.apply(index.next(), next, events.rows(index.next(), next));
      (void)index.maintain();
      (void)index.flush();
    }
    (void)index.maintain();
    (void)index.compact();
    (void)index.drop();
    events.feed(index, 100);
    (void)index.maintain();
  }

  // Answers to some questions as text.
  Result<std::string> answers(const PartitionIndex& index) const {
    Snapshot snapshot;
    if (Status collected = index.collect(kTestProject, nullptr, snapshot); !collected) return collected.error();
    std::ostringstream out;
    FunnelQuery ask;
    ask.steps = {{{"start"}, false, {}}, {{"level"}, false, {}}, {{"shop"}, false, {}}};
    ask.window_ms = kMsPerDay;
    ask.breakdown = Dimension::build;
    ask.unit = Unit::session;
    const auto funnels = funnel(snapshot, ask);
    if (!funnels) return funnels.error();
    for (const FunnelGroup& group : funnels->groups) {
      out << group.value;
      for (size_t i = 0; i < group.units.size(); ++i)
        out << ' ' << group.units[i] << ' ' << group.since_first[i].mean_ms;
    }
    const auto counted = counts(snapshot, {{{}, true, {}}, {}, Dimension::country, true, 1});
    if (!counted) return counted.error();
    for (const CountsGroup& group : counted->groups) {
      out << '\n' << group.value;
      for (const DayCount& day : group.days)
        out << ' ' << day.date.days << ' ' << day.events << ' ' << day.players << ' ' << day.revenue_micros;
    }
    for (uint64_t player = 0; player < HistoryMaker::kPlayers; ++player) {
      const auto line = timeline(snapshot, 100 + player * 17, 0, kNoLimit);
      if (!line) return line.error();
      for (const TimelineEntry& entry : *line) out << ' ' << entry.event << entry.time_ms << '/' << entry.offset;
    }
    return out.str();
  }

  std::string expected_answers() const {
    io::FaultyFileSystem files;
    const auto index = open(files);
    events.feed(*index);
    return *answers(*index);
  }

  HistoryMaker maker{5};
  TestEvents events{0};
  Identities identities;
};

TEST_F(BehaviorFault, a_fault_at_any_file_operation_costs_no_event) {
  add(120);
  const std::string expected = expected_answers();
  io::FaultyFileSystem counting;
  live(*open(counting));
  const uint64_t calls = counting.calls();
  ASSERT_GT(calls, 100u);
  for (const io::Fault fault :
       {io::Fault::io_error, io::Fault::no_space, io::Fault::short_write, io::Fault::power_loss}) {
    for (uint64_t k = 1; k <= calls; ++k) {
      SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at call " + std::to_string(k));
      io::FaultyFileSystem files(k);
      files.fail_call(k, fault);
      auto index = open(files);
      if (index) live(*index);
      if (index && fault != io::Fault::power_loss) {
        files.fail_call(0, fault);
        events.feed(*index);
        EXPECT_EQ(*answers(*index), expected);
        EXPECT_TRUE(index->compact().ok());
        EXPECT_EQ(*answers(*index), expected);
      }
      index.reset();
      if (fault == io::Fault::power_loss) files.restart();
      files.fail_call(0, fault);
      index = open(files);
      ASSERT_NE(index, nullptr);
      EXPECT_LE(index->next(), events.next());
      events.feed(*index);
      EXPECT_EQ(*answers(*index), expected);
      if (HasFailure()) return;
    }
  }
}

TEST_F(BehaviorFault, power_lost_after_any_operation_resumes_at_the_position_on_disk) {
  add(120);
  const std::string expected = expected_answers();
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    io::FaultyFileSystem files(seed);
    auto index = open(files);
    index->apply(0, 150, events.rows(0, 150));
    ASSERT_TRUE(index->flush().ok());
    events.feed(*index, 50);
    ASSERT_TRUE(index->flush().ok());
    const log::Offset durable = index->next();

    files.fail_call(1 + seed % 20, io::Fault::power_loss);
    (void)index->compact();
    files.lose_power();
    index.reset();
    files.restart();
    index = open(files);
    ASSERT_NE(index, nullptr);
    EXPECT_EQ(index->opened(), Opened::resumed);
    EXPECT_EQ(index->next(), durable);
    EXPECT_EQ(*answers(*index), expected);
  }
}

TEST_F(BehaviorFault, a_flipped_byte_anywhere_is_noticed_or_harmless) {
  add(60);
  const std::string expected = expected_answers();
  io::FaultyFileSystem files;
  auto index = open(files);
  events.feed(*index, 100);
  ASSERT_TRUE(index->compact().ok());
  index.reset();
  size_t noticed = 0, damaged = 0;
  const auto entries = files.list(kDirectory);
  ASSERT_TRUE(entries.ok());
  for (const io::DirectoryEntry& entry : *entries) {
    const std::string path = kDirectory + "/" + entry.name;
    const std::string before = files.content(path);
    for (size_t byte = 0; byte < before.size(); ++byte) {
      SCOPED_TRACE(entry.name + " byte " + std::to_string(byte));
      io::FaultyFileSystem copy;
      for (const io::DirectoryEntry& each : *entries)
        copy.put(kDirectory + "/" + each.name, files.content(kDirectory + "/" + each.name));
      copy.flip_bit(path, byte, static_cast<unsigned>(byte));
      ++damaged;
      index = open(copy);
      ASSERT_NE(index, nullptr);
      noticed += index->opened() == Opened::dropped;
      events.feed(*index);
      auto answered = answers(*index);
      if (!answered) {
        ++noticed;
        EXPECT_EQ(answered.error().code, kCorrupt);
        ASSERT_TRUE(index->drop().ok());
        EXPECT_EQ(answers(*index).error().code, kBehind);
        events.feed(*index);
        answered = answers(*index);
      }
      ASSERT_TRUE(answered.ok()) << answered.error().message;
      EXPECT_EQ(*answered, expected);
      if (HasFailure()) return;
    }
  }
  // What goes unnoticed is padding between columns and columns that no question here reads.
  EXPECT_GT(noticed * 10, damaged * 7);
}

TEST_F(BehaviorFault, another_store_means_other_players) {
  add(60);
  io::FaultyFileSystem files;
  auto index = open(files);
  events.feed(*index);
  ASSERT_TRUE(index->flush().ok());
  index = open(files, kSource + 1);
  EXPECT_EQ(index->opened(), Opened::dropped);
  EXPECT_EQ(index->next(), 0u);
  EXPECT_EQ(index->facts().runs, 0u);
}

TEST_F(BehaviorFault, a_gap_in_what_is_fed_is_refused_until_it_is_closed) {
  add(60);
  io::FaultyFileSystem files;
  const auto index = open(files);
  const log::Offset middle = 60;
  index->apply(middle, events.next(), events.rows(middle, events.next()));
  EXPECT_TRUE(index->facts().behind);
  EXPECT_EQ(answers(*index).error().code, kBehind);
  EXPECT_EQ(index->next(), 0u);
  events.feed(*index);
  EXPECT_EQ(*answers(*index), expected_answers());
}

TEST_F(BehaviorFault, events_that_are_fed_again_count_once) {
  add(60);
  io::FaultyFileSystem files;
  const auto index = open(files);
  for (int i = 0; i < 3; ++i) index->apply(0, events.next(), events.rows(0, events.next()));
  EXPECT_EQ(index->facts().rows_in_memory, 60u);
  EXPECT_EQ(*answers(*index), expected_answers());
}

TEST_F(BehaviorFault, memory_is_given_up_when_the_disk_takes_nothing) {
  add(200);
  io::FaultyFileSystem files;
  auto opened = PartitionIndex::open(files, identities, {kDirectory, 0, kSource}, {1'000'000, 8'000, 3});
  PartitionIndex& index = **opened;
  files.set_capacity(0);
  const auto half = events.rows(0, 300);
  index.apply(0, 300, half);
  EXPECT_EQ(index.next(), 0u);
  EXPECT_LE(index.facts().bytes_in_memory, 8'000u);
  index.apply(300, events.next(), events.rows(300, events.next()));
  EXPECT_EQ(answers(index).error().code, kBehind);
  files.set_capacity(UINT64_MAX);
  for (log::Offset from = 0; from < events.next(); from = index.next()) {
    index.apply(from, std::min(from + 60, events.next()), events.rows(from, from + 60));
    ASSERT_TRUE(index.flush().ok());
  }
  EXPECT_EQ(*answers(index), expected_answers());
}

TEST_F(BehaviorFault, an_erased_player_leaves_the_files) {
  add(120);
  const PlayerKey gone = 0x0123456789ABCDEF;
  ModelEvent event = maker.next();
  event.player = gone;
  events.add(kTestProject, event);
  io::FaultyFileSystem files;
  const auto index = open(files);
  events.feed(*index);
  ASSERT_TRUE(index->compact().ok());
  const std::string bytes(reinterpret_cast<const char*>(&gone), sizeof gone);
  const auto found = [&] {
    const auto entries = files.list(kDirectory);
    for (const io::DirectoryEntry& entry : *entries) {
      if (files.content(kDirectory + "/" + entry.name).find(bytes) != std::string::npos) return true;
    }
    return false;
  };
  ASSERT_TRUE(found());
  identities.set(kTestProject, std::make_shared<Identity>(std::vector<Identity::Link>{}, std::vector<PlayerKey>{gone}));
  Snapshot snapshot;
  ASSERT_TRUE(index->collect(kTestProject, identities.of(kTestProject), snapshot).ok());
  EXPECT_TRUE(timeline(snapshot, gone, 0, 10)->empty());
  ASSERT_TRUE(index->maintain().ok());
  EXPECT_FALSE(found());
}

}  // namespace
}  // namespace gm::behavior
