// Random operations on the log beside a model that is a plain list.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "adapters/embedded/log_fixture.h"

namespace gm::embedded {
namespace {

using log::Offset;
using log::Topic;

struct Expected {
  Offset base;
  uint32_t count;
  std::string payload;
};

class Walk {
 public:
  explicit Walk(uint64_t seed) : random_(seed), files_(seed) {
    settings_.segment_bytes = 512 + random_.below(4000);
    settings_.segment_age_ms = 5000;
    settings_.retention_ms = 3000;
    hooks_.random = &random_for_log_;
  }

  void run(int steps) {
    open();
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      clock_.advance_ms(static_cast<int64_t>(random_.below(2000)));
      switch (random_.below(10)) {
        case 0:
          open();
          break;
        case 1:
          lose_power();
          break;
        case 2:
          release();
          break;
        case 3:
        case 4:
        case 5:
          read();
          break;
        default:
          append_burst();
          break;
      }
    }
    open();
    compare_all();
  }

 private:
  void open() {
    log_.reset();
    auto opened = EmbeddedLog::open(settings_, files_, clock_, nullptr, hooks_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log_ = std::move(*opened);
    EXPECT_EQ(log_->end(Topic::events_raw, 0), end_);
  }

  // Power goes at a random call of a burst: of what was not answered, any prefix may have become durable.
  void lose_power() {
    const std::vector<Expected> before = model_;
    const Offset end_before = end_;
    files_.fail_call(1 + random_.below(6), io::Fault::power_loss);
    std::vector<std::future<Result<Offset>>> answers;
    std::vector<Expected> sent;
    for (int i = 0; i < 5; ++i) {
      sent.push_back({0, 1 + static_cast<uint32_t>(random_.below(9)), new_payload()});
      answers.push_back(append_later(*log_, sent.back().payload, sent.back().count));
    }
    size_t acked = 0;
    for (auto& answer : answers) acked += answer.get().ok() ? 1 : 0;
    files_.lose_power();
    log_.reset();
    files_.restart();
    auto opened = EmbeddedLog::open(settings_, files_, clock_, nullptr, hooks_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log_ = std::move(*opened);
    size_t stored = 0;
    for (; stored < sent.size() && end_ < log_->end(Topic::events_raw, 0); ++stored) {
      sent[stored].base = end_;
      end_ += sent[stored].count;
      model_.push_back(sent[stored]);
    }
    EXPECT_EQ(end_, log_->end(Topic::events_raw, 0));
    EXPECT_GE(stored, acked);
    EXPECT_GE(end_, end_before);
    compare_all();
  }

  void append_burst() {
    std::vector<std::future<Result<Offset>>> answers;
    for (uint64_t i = random_.below(6) + 1; i > 0; --i) {
      model_.push_back({end_, 1 + static_cast<uint32_t>(random_.below(200)), new_payload()});
      end_ += model_.back().count;
      answers.push_back(append_later(*log_, model_.back().payload, model_.back().count));
    }
    const size_t first = model_.size() - answers.size();
    for (size_t i = 0; i < answers.size(); ++i) {
      auto answer = answers[i].get();
      ASSERT_TRUE(answer.ok()) << answer.error().message;
      EXPECT_EQ(*answer, model_[first + i].base);
    }
    EXPECT_EQ(log_->end(Topic::events_raw, 0), end_);
    EXPECT_EQ(log_->queued_bytes(), 0u);
  }

  void read() {
    const Offset from = random_.below(end_ + 2);
    auto frames = log_->read(Topic::events_raw, 0, from, random_.below(3000));
    if (from < log_->begin(Topic::events_raw, 0)) {
      ASSERT_FALSE(frames.ok());
      EXPECT_EQ(frames.error().code, "gm-log-offset-gone");
      return;
    }
    ASSERT_TRUE(frames.ok()) << frames.error().message;
    size_t at = 0;
    while (at < model_.size() && model_[at].base + model_[at].count <= from) ++at;
    EXPECT_EQ(frames->empty(), at == model_.size());
    for (const log::Frame& frame : *frames) {
      ASSERT_LT(at, model_.size());
      expect_same(frame, model_[at++]);
    }
  }

  void release() {
    const Offset before = log_->begin(Topic::events_raw, 0);
    const Offset upto = random_.below(end_ + 1);
    ASSERT_TRUE(log_->release(Topic::events_raw, 0, upto).ok());
    const Offset begin = log_->begin(Topic::events_raw, 0);
    EXPECT_GE(begin, before);
    EXPECT_LE(begin, std::max(before, upto));
  }

  void compare_all() {
    const Offset begin = log_->begin(Topic::events_raw, 0);
    auto frames = read_all(*log_, begin, 1 + random_.below(5000));
    ASSERT_TRUE(frames.ok()) << frames.error().message;
    size_t at = 0;
    while (at < model_.size() && model_[at].base < begin) ++at;
    ASSERT_EQ(frames->size(), model_.size() - at);
    for (const log::Frame& frame : *frames) expect_same(frame, model_[at++]);
  }

  static void expect_same(const log::Frame& frame, const Expected& expected) {
    EXPECT_EQ(frame.base, expected.base);
    EXPECT_EQ(frame.count, expected.count);
    EXPECT_EQ(frame.payload, expected.payload);
  }

  std::string new_payload() { return std::string(random_.below(900), static_cast<char>('a' + random_.below(26))); }

  SeededRandom random_;
  SeededRandom random_for_log_{99};  // of the log's own thread
  io::FaultyFileSystem files_;
  ManualClock clock_{kTestNow};
  LogSettings settings_ = small_log();
  LogHooks hooks_;
  std::unique_ptr<EmbeddedLog> log_;
  std::vector<Expected> model_;
  Offset end_ = 0;
};

TEST(EventLogProperty, random_operations_agree_with_a_list) {
  for (uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Walk(seed).run(60);
  }
}

}  // namespace
}  // namespace gm::embedded
