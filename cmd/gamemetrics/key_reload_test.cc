#include "cmd/gamemetrics/key_reload.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "lib/base/random.h"

namespace gm::gamemetrics {
namespace {

constexpr auto kLongEnough = std::chrono::milliseconds(200);

// Its first answer is read at once and handed over late, as by a thread that loses the processor in between.
class SlowMetadata final : public store::MetadataStore {
 public:
  Result<std::vector<store::Key>> keys() override {
    const std::vector<store::Key> read = rows;
    if (calls++ == 0) {
      first_has_read.set_value();
      go_on.get_future().wait();
    }
    return read;
  }
  Result<store::Project> create_project(std::string_view, std::string_view, std::string_view, int64_t) override {
    return Error{"gm-metadata-unavailable", "not needed"};
  }
  Result<std::vector<store::Project>> projects() override { return Error{"gm-metadata-unavailable", "not needed"}; }
  Result<store::Key> create_key(ProjectId, security::KeyKind, const security::NewKey&, int64_t) override {
    return Error{"gm-metadata-unavailable", "not needed"};
  }
  Status set_key_origins(int64_t, const std::vector<std::string>&) override {
    return Error{"gm-metadata-unavailable", "not needed"};
  }
  Status revoke_key(int64_t, int64_t) override { return Error{"gm-metadata-unavailable", "not needed"}; }

  std::vector<store::Key> rows;
  std::atomic<int> calls{0};
  std::promise<void> first_has_read, go_on;
};

TEST(KeyReload, a_list_read_earlier_never_replaces_a_later_one) {
  SeededRandom random(1);
  const auto key = security::make_key(security::KeyKind::write, random);
  SlowMetadata metadata;
  metadata.rows.resize(1);
  metadata.rows[0].hash = key.hash;
  metadata.rows[0].kind = security::KeyKind::write;
  security::KeyRing ring;
  const ManualClock clock(1000);
  KeyReload reload(metadata, ring, clock);
  std::thread first([&] { EXPECT_TRUE(reload.run().ok()); });
  metadata.first_has_read.get_future().wait();
  auto second = std::async(std::launch::async, [&] {
    metadata.rows[0].revoked_ms = 1;  // after the first has read
    return reload.run().ok();
  });
  second.wait_for(kLongEnough);
  metadata.go_on.set_value();
  first.join();
  EXPECT_TRUE(second.get());
  EXPECT_FALSE(ring.authenticate(key.text)) << "a revoked key is valid again";
}

TEST(KeyReload, a_key_ends_when_its_overlap_does) {
  SeededRandom random(1);
  const auto key = security::make_key(security::KeyKind::write, random);
  SlowMetadata metadata;
  metadata.go_on.set_value();
  metadata.rows.resize(1);
  metadata.rows[0].hash = key.hash;
  metadata.rows[0].revoked_ms = 2000;
  security::KeyRing ring;
  ManualClock clock(1999);
  KeyReload reload(metadata, ring, clock);
  ASSERT_TRUE(reload.run().ok());
  EXPECT_TRUE(ring.authenticate(key.text).ok());
  clock.advance_ms(1);
  ASSERT_TRUE(reload.run().ok());
  EXPECT_FALSE(ring.authenticate(key.text).ok());
}

}  // namespace
}  // namespace gm::gamemetrics
