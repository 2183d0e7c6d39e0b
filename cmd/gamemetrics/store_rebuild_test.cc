#include "cmd/gamemetrics/store_rebuild.h"

#include <gtest/gtest.h>

#include "lib/io/faulty_file.h"

namespace gm::gamemetrics {
namespace {

class NotedChange final : public store::ProjectChanges {
 public:
  Status set_project(ProjectId, std::string_view, std::string_view) override {
    waits = true;
    return {};
  }
  Result<std::vector<event::Rate>> rates(std::string_view) override { return std::vector<event::Rate>(); }
  Status keep_rates(std::string_view, std::span<const event::Rate>, bool) override { return {}; }
  Result<int64_t> rates_revision() override { return 0; }
  Result<bool> new_store_waits() override { return waits; }
  Status new_store_taken() override {
    waits = false;
    return {};
  }
  bool waits = true;
};

// A change of a project whose new store is complete and noted as waiting.
struct WaitingStore {
  explicit WaitingStore(uint64_t seed) : files(seed) {
    EXPECT_TRUE(files.make_directories(io::parent_directory(file)).ok());
    write(file, "old");
    write(file + ".rebuild", "new");
  }

  void write(const std::string& path, std::string_view bytes) {
    EXPECT_TRUE(io::replace_file(files, path, bytes).ok());
  }
  Result<bool> take() { return StoreRebuild(settings, files, telemetry::Logger()).take_waiting(changes); }

  config::Settings settings = config::Settings::defaults();
  io::FaultyFileSystem files;
  std::string file = analytics_store_file(settings);
  NotedChange changes;
};

TEST(StoreRebuild, a_waiting_store_takes_the_place_once) {
  WaitingStore world(1);
  EXPECT_TRUE(world.take().value());
  EXPECT_EQ(world.files.content(world.file), "new");
  EXPECT_FALSE(world.files.exists(world.file + ".rebuild"));
  EXPECT_FALSE(world.files.exists(world.file + ".before-rebuild"));
  world.write(world.file + ".rebuild", "of a rebuild that was cut off");
  EXPECT_FALSE(world.take().value());
  EXPECT_EQ(world.files.content(world.file), "new");
}

TEST(StoreRebuild, a_waiting_store_takes_the_place_wherever_the_power_is_lost) {
  constexpr uint64_t kSeeds = 20;
  size_t cut_off = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (uint64_t call = 1; call <= 16; ++call) {
      WaitingStore world(seed);
      world.files.fail_call(call, io::Fault::power_loss);
      if (!world.take()) {
        ++cut_off;
        world.files.restart();
        ASSERT_TRUE(world.take().ok());
      }
      ASSERT_EQ(world.files.content(world.file), "new") << "seed " << seed << ", cut off at call " << call;
    }
  }
  EXPECT_GT(cut_off, 8 * kSeeds) << "the calls that it takes are at least as many";
}

}  // namespace
}  // namespace gm::gamemetrics
