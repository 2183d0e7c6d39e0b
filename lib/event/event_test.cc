#include "lib/event/event.h"

#include <gtest/gtest.h>

#include "lib/base/random.h"

namespace gm::event {
namespace {

BatchInfo some_info() {
  BatchInfo info;
  info.project = ProjectId::from_stored(0x01020304);
  info.source = Source::posthog;
  info.historical = true;
  info.received_ms = 1'795'435'200'000;
  info.sent_ms = 1'795'435'199'000;
  return info;
}

Event some_event() {
  Event event;
  event.id = {0x1122334455667788, 0x99AABBCCDDEEFF00};
  event.name = "purchase";
  event.player = "p-17";
  event.session = "s-4";
  event.time_ms = 1'795'435'198'000;
  event.revenue_micros = 4'990'000;
  event.currency = "USD";
  event.country = "DE";
  event.platform = "ios";
  event.device = "iPhone15,2";
  event.build = "1.4.2";
  event.properties = R"({"level":12})";
  event.flags = kIdDerived | kTimeClamped;
  return event;
}

void expect_equal(const Event& a, const Event& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.player, b.player);
  EXPECT_EQ(a.session, b.session);
  EXPECT_EQ(a.time_ms, b.time_ms);
  EXPECT_EQ(a.revenue_micros, b.revenue_micros);
  EXPECT_EQ(a.currency, b.currency);
  EXPECT_EQ(a.country, b.country);
  EXPECT_EQ(a.platform, b.platform);
  EXPECT_EQ(a.device, b.device);
  EXPECT_EQ(a.build, b.build);
  EXPECT_EQ(a.properties, b.properties);
  EXPECT_EQ(a.flags, b.flags);
}

std::string encoded(const std::vector<Event>& events) {
  BatchEncoder encoder(some_info());
  for (const Event& event : events) encoder.add(event);
  EXPECT_EQ(encoder.count(), events.size());
  return std::move(encoder).take();
}

// Older readers see an event without revenue.
TEST(EventRecordTest, MoneyThatDoesNotCountStaysInTheRecord) {
  const BatchInfo info{ProjectId::from_stored(1), Source::native, false, 10, 0};
  BatchEncoder encoder(info);
  Event claimed;
  claimed.name = "purchase";
  claimed.player = "p";
  claimed.currency = "USD";
  claimed.properties = "{}";
  claimed.claimed_micros = 4'990'000;
  claimed.flags = kRevenueNotValidated;
  encoder.add(claimed);
  Event validated = claimed;
  validated.claimed_micros = 0;
  validated.revenue_micros = 1'000'000;
  validated.flags = kServerValidated;
  encoder.add(validated);
  const std::string record = std::move(encoder).take();
  const auto batch = decode_batch(record);
  ASSERT_TRUE(batch.ok());
  EXPECT_FALSE(batch->events[0].revenue_micros);
  EXPECT_EQ(batch->events[0].claimed_micros, 4'990'000);
  EXPECT_EQ(batch->events[0].currency, "USD");
  EXPECT_EQ(batch->events[0].flags, kRevenueNotValidated);
  EXPECT_EQ(batch->events[1].revenue_micros, 1'000'000);
  EXPECT_EQ(batch->events[1].claimed_micros, 0);
  EXPECT_EQ(batch->events[1].flags, kServerValidated);
}

TEST(EventRecord, a_batch_comes_back_as_it_was) {
  Event bare;
  bare.name = "x";
  bare.player = std::string_view("\0\xFF", 2);
  Event free = some_event();
  free.revenue_micros = 0;  // no revenue and a revenue of nothing differ
  const std::string bytes = encoded({some_event(), bare, free});
  auto batch = decode_batch(bytes);
  ASSERT_TRUE(batch.ok()) << batch.error().message;
  EXPECT_EQ(batch->info.project, some_info().project);
  EXPECT_EQ(batch->info.source, Source::posthog);
  EXPECT_TRUE(batch->info.historical);
  EXPECT_EQ(batch->info.received_ms, some_info().received_ms);
  EXPECT_EQ(batch->info.sent_ms, some_info().sent_ms);
  ASSERT_EQ(batch->events.size(), 3u);
  expect_equal(batch->events[0], some_event());
  expect_equal(batch->events[1], bare);
  expect_equal(batch->events[2], free);
}

TEST(EventRecord, the_information_can_be_replaced_behind_the_events) {
  BatchEncoder encoder(BatchInfo{});
  encoder.add(some_event());
  encoder.set_info(some_info());
  encoder.add(some_event());
  EXPECT_EQ(std::move(encoder).take(), encoded({some_event(), some_event()}));
}

// Old logs must stay readable: the layout is fixed byte by byte in docs/formats/event-record.md.
TEST(EventRecord, the_layout_is_the_documented_one) {
  Event event;
  event.id = {0x0102030405060708, 0x1112131415161718};
  event.name = "ab";
  event.player = "c";
  event.time_ms = 0x2122232425262728;
  event.revenue_micros = 5;
  event.properties = "{}";
  event.flags = 0x0304;
  const std::string bytes = encoded({event});
  const std::string header("\x01\x01\x01\x00\x04\x03\x02\x01", 8);
  EXPECT_EQ(bytes.substr(0, 8), header);
  EXPECT_EQ(bytes.substr(24, 4), std::string("\x01\0\0\0", 4));
  const std::string record(
      "\x08\x07\x06\x05\x04\x03\x02\x01\x18\x17\x16\x15\x14\x13\x12\x11"
      "\x28\x27\x26\x25\x24\x23\x22\x21\x05\0\0\0\0\0\0\0\x04\x03\x01"
      "\x02\0ab\x01\0c\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0{}",
      60);
  EXPECT_EQ(bytes.substr(28), record);
}

TEST(EventRecord, a_record_cut_anywhere_or_longer_is_malformed) {
  const std::string bytes = encoded({some_event(), some_event()});
  for (size_t length = 0; length < bytes.size(); ++length) {
    auto batch = decode_batch(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(batch.ok()) << length;
    EXPECT_EQ(batch.error().code, "gm-record-malformed");
  }
  EXPECT_FALSE(decode_batch(bytes + "x").ok());
}

TEST(EventRecord, a_newer_version_is_not_taken_for_damage) {
  std::string bytes = encoded({some_event()});
  bytes[0] = 4;
  EXPECT_EQ(decode_batch(bytes).error().code, "gm-log-version");
  EXPECT_EQ(decode_rejected(bytes).error().code, "gm-log-version");
  EXPECT_EQ(decode_link_undo(bytes).error().code, "gm-log-version");
  bytes[0] = 0;
  EXPECT_EQ(decode_batch(bytes).error().code, "gm-record-malformed");
}

TEST(EventRecord, a_count_beyond_the_bytes_reserves_nothing) {
  std::string bytes = encoded({some_event()});
  bytes.replace(24, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_FALSE(decode_batch(bytes).ok());
}

TEST(EventRecord, damaged_bytes_never_read_outside) {
  SeededRandom random(8);
  const std::string bytes = encoded({some_event(), some_event(), some_event()});
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = bytes;
    for (uint64_t n = random.below(3) + 1; n > 0; --n)
      damaged[random.below(damaged.size())] = static_cast<char>(random.next());
    auto batch = decode_batch(damaged);
    if (!batch) continue;
    size_t total = 0;
    for (const Event& event : batch->events) total += event.name.size() + event.properties.size();
    EXPECT_LT(total, bytes.size());
  }
}

TEST(RejectedRecord, comes_back_as_it_was_and_is_no_batch) {
  const std::vector<Rejected> rejected = {{"player_id_missing", "player_id is required", "{\"event\":\"x\"}"},
                                          {"", "", ""}};
  const std::string bytes = encode_rejected(some_info(), rejected);
  auto decoded = decode_rejected(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(decoded->info.project, some_info().project);
  ASSERT_EQ(decoded->rejected.size(), 2u);
  EXPECT_EQ(decoded->rejected[0].reason, "player_id_missing");
  EXPECT_EQ(decoded->rejected[0].detail, "player_id is required");
  EXPECT_EQ(decoded->rejected[0].raw, "{\"event\":\"x\"}");
  EXPECT_FALSE(decode_batch(bytes).ok());
  EXPECT_FALSE(decode_rejected(encoded({some_event()})).ok());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_rejected(std::string_view(bytes).substr(0, length)).ok());
  }
  EXPECT_FALSE(decode_rejected(bytes + "x").ok());
}

TEST(LinkUndoRecord, comes_back_as_it_was_and_is_nothing_else) {
  const LinkUndo undo{ProjectId::from_stored(0x01020304), {0x1122334455667788, 0x99AABBCCDDEEFF00}, 1'795'435'200'000};
  const std::string bytes = encode_link_undo(undo);
  EXPECT_TRUE(is_link_undo(bytes));
  EXPECT_FALSE(is_link_undo(encoded({some_event()})));
  const auto decoded = decode_link_undo(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(decoded->project, undo.project);
  EXPECT_EQ(decoded->link, undo.link);
  EXPECT_EQ(decoded->decided_ms, undo.decided_ms);
  EXPECT_EQ(decode_batch(bytes).error().code, "gm-record-malformed");
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_link_undo(std::string_view(bytes).substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(decode_link_undo(bytes + "x").ok());
}

TEST(SourceNames, are_the_metric_labels) {
  EXPECT_EQ(source_name(Source::native), "native");
  EXPECT_EQ(source_name(Source::posthog), "posthog");
  EXPECT_EQ(source_name(static_cast<Source>(200)), "unknown");
}

}  // namespace
}  // namespace gm::event
