#include "services/analytics_api/subscriptions/event_stream.h"

#include <gtest/gtest.h>

namespace gm::analytics_api {
namespace {

TEST(EventStreamTest, AnEventIsItsNameAndOneLineOfData) {
  EXPECT_EQ(event_text("next", R"({"data":1})"), "event: next\ndata: {\"data\":1}\n\n");
  EXPECT_EQ(event_text("complete", ""), "event: complete\ndata: \n\n");
  EXPECT_EQ(event_text("next", "{\r\n\"a\":\n1}"), "event: next\ndata: {  \"a\": 1}\n\n");
}

TEST(EventStreamTest, ASingleResponseIsFollowedByTheEnd) {
  EXPECT_EQ(whole_event_stream("{}"), "event: next\ndata: {}\n\nevent: complete\ndata: \n\n");
}

struct FullStream final : http::ResponseStream {
  bool send(std::string chunk) override {
    text += chunk;
    return is_open;
  }
  bool open() const override { return is_open; }
  size_t waiting_bytes() const override { return waiting; }

  bool is_open = true;
  size_t waiting = 0;
  std::string text;
};

TEST(EventStreamTest, AReaderIsReadyWhenLittleWaits) {
  const auto stream = std::make_shared<FullStream>();
  EventStreamSink sink(stream);
  EXPECT_TRUE(sink.ready());
  stream->waiting = 1 << 20;
  EXPECT_FALSE(sink.ready());
  EXPECT_TRUE(sink.keep_alive());
  EXPECT_EQ(stream->text, ":\n\n");
  stream->is_open = false;
  EXPECT_FALSE(sink.open());
  EXPECT_FALSE(sink.next("{}"));
}

}  // namespace
}  // namespace gm::analytics_api
