// Random histories in random batches, with restarts, merges of runs and of players, erasures and corrections: every
// answer and every list of players is the naive model's.

#include <gtest/gtest.h>

#include "lib/behavior/history_fixture.h"
#include "lib/behavior/model_comparison.h"

namespace gm::behavior {
namespace {

class World {
 public:
  explicit World(uint64_t seed) : maker(seed), files_(seed) {
    for (log::Partition p = 0; p < 2; ++p) parts_.push_back({TestEvents(p), nullptr});
    for (log::Partition p = 0; p < 2; ++p) open(p);
  }

  void step() {
    SeededRandom& random = maker.random();
    Part& part = parts_[random.below(parts_.size())];
    switch (random.below(12)) {
      case 0:
        EXPECT_TRUE(part.index->flush().ok());
        break;
      case 1:
        EXPECT_TRUE(part.index->compact().ok());
        break;
      case 2:
        part.index.reset();
        open(part.events.partition());
        break;
      case 3:
        change_identities();
        break;
      case 4:
        EXPECT_TRUE(part.index->drop().ok());
        part.events.feed(*part.index, 1 + random.below(100));
        break;
      default:
        add_events(part, 1 + random.below(60));
        break;
    }
    for (uint64_t n = random.below(3); n > 0; --n) EXPECT_TRUE(part.index->maintain().ok());
  }

  // Rewrites what identities took back; questions are refused until then.
  void settle() {
    for (Part& part : parts_) {
      while (true) {
        const auto more = part.index->maintain();
        ASSERT_TRUE(more.ok()) << more.error().message;
        if (!*more) break;
      }
    }
  }

  Snapshot snapshot() const {
    Snapshot snapshot;
    for (const Part& part : parts_) {
      const Status collected = part.index->collect(kTestProject, identities_.of(kTestProject), snapshot);
      EXPECT_TRUE(collected.ok()) << collected.error().message;
    }
    return snapshot;
  }

  NaiveModel model() const {
    NaiveModel model = who_;
    for (const Part& part : parts_) part.events.append_to(model, kTestProject);
    return model;
  }

  HistoryMaker maker;

 private:
  struct Part {
    TestEvents events;
    std::unique_ptr<PartitionIndex> index;
  };

  void open(log::Partition partition) {
    Part& part = parts_[partition];
    const std::string directory = "/behavior/" + std::to_string(partition);
    auto opened = PartitionIndex::open(files_, identities_, {directory, partition, 42}, {100, uint64_t{1} << 30, 3});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    part.index = std::move(*opened);
    part.events.feed(*part.index);
  }

  void add_events(Part& part, uint64_t count) {
    for (; count > 0; --count) {
      ModelEvent event = maker.next();
      // A player's events are in one partition, as long as he is not merged with another.
      TestEvents& events = parts_[event.player % 2].events;
      events.add(maker.random().below(5) == 0 ? kOtherProject : kTestProject, std::move(event));
    }
    (void)part;
    for (Part& each : parts_) each.events.feed(*each.index, 1 + maker.random().below(40));
  }

  void change_identities() {
    SeededRandom& random = maker.random();
    const auto player = [&] { return 100 + random.below(HistoryMaker::kPlayers) * 17; };
    if (random.below(3) == 0) who_.links.clear();
    if (random.below(4) == 0) erase(player());
    const PlayerKey alias = player(), canonical = who_.canonical(player());
    // Nobody is merged with an erased player: his events would be gone even after the merge was taken back.
    if (alias != canonical && !who_.erased.contains(canonical)) {
      for (auto& [from, to] : who_.links) {
        if (to == alias) to = canonical;
      }
      who_.links[alias] = canonical;
    }
    identities_.set(kTestProject,
                    std::make_shared<Identity>(std::vector<Identity::Link>(who_.links.begin(), who_.links.end()),
                                               std::vector<PlayerKey>(who_.erased.begin(), who_.erased.end())));
  }

  // With everybody he is merged with.
  void erase(PlayerKey player) {
    const PlayerKey canonical = who_.canonical(player);
    who_.erased.insert(canonical);
    for (const auto& [alias, to] : who_.links) {
      if (to == canonical) who_.erased.insert(alias);
    }
  }

  io::FaultyFileSystem files_;
  Identities identities_;
  NaiveModel who_;
  std::vector<Part> parts_;
};

class BehaviorProperty : public testing::TestWithParam<uint64_t> {};

TEST_P(BehaviorProperty, every_answer_is_the_naive_models) {
  World world(GetParam());
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 6; ++i) world.step();
    world.settle();
    const Snapshot snapshot = world.snapshot();
    const NaiveModel model = world.model();
    for (int i = 0; i < 12; ++i) {
      SCOPED_TRACE("round " + std::to_string(round) + ", question " + std::to_string(i));
      compare_funnel(snapshot, model, world.maker.funnel());
      compare_retention(snapshot, model, world.maker.retention());
      compare_counts(snapshot, model, world.maker.counts());
      compare_paths(snapshot, model, world.maker.paths());
    }
    compare_timelines(snapshot, model);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, BehaviorProperty, testing::Range<uint64_t>(1, 7));

}  // namespace
}  // namespace gm::behavior
