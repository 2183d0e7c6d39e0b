#include "lib/http/socket_session.h"

#include <gmock/gmock.h>

#include "lib/http/socket_test_frames.h"

namespace gm::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr int64_t kPingMs = 30'000;
constexpr int64_t kLookMs = 5'000;
constexpr int64_t kNsPerMs = 1'000'000;

struct RecordingReader final : SocketReader {
  void on_text(std::string_view message) override { heard.emplace_back(message); }
  void on_time() override { heard.emplace_back("time"); }
  void on_server_stops() override { heard.emplace_back("server stops"); }
  void on_end(SocketEnd why) override { heard.emplace_back("end " + std::string(name_of(why))); }
  std::vector<std::string> heard;
};

struct Session : testing::Test {
  Session() {
    SocketTerms terms;
    terms.reader = reader;
    terms.message_bytes_max = 100;
    terms.ping_interval_ms = kPingMs;
    terms.look_after_ms = kLookMs;
    session = std::make_unique<SocketSession>(std::move(terms), clock);
  }
  // What is sent when the clock has come to the session's deadline.
  std::string at_deadline() {
    clock.advance_ms((session->deadline_ns() - clock.monotonic_ns()) / kNsPerMs);
    std::string out;
    session->on_deadline(out);
    return out;
  }
  std::string receive(std::string_view bytes) {
    std::string out;
    session->receive(bytes, out);
    return out;
  }
  std::string give(StreamQueue::Taken taken) {
    std::string out;
    session->give(std::move(taken), out);
    return out;
  }

  ManualClock clock{1'000'000};
  std::shared_ptr<RecordingReader> reader = std::make_shared<RecordingReader>();
  std::unique_ptr<SocketSession> session;
};

TEST_F(Session, LooksOnceThenPingsWhoIsSilentAndGivesHimUp) {
  const int64_t begun_ns = clock.monotonic_ns();
  EXPECT_EQ(session->deadline_ns(), begun_ns + kLookMs * kNsPerMs);
  EXPECT_THAT(at_deadline(), IsEmpty());
  EXPECT_THAT(reader->heard, ElementsAre("time"));
  EXPECT_EQ(session->deadline_ns(), begun_ns + kPingMs * kNsPerMs);
  EXPECT_EQ(at_deadline(), ping_frame());
  EXPECT_FALSE(session->over());
  EXPECT_THAT(at_deadline(), IsEmpty());
  EXPECT_TRUE(session->over());
  session->end(SocketEnd::client_gone);
  EXPECT_THAT(reader->heard, ElementsAre("time", "end silent"));
}

TEST_F(Session, APongIsASignOfLife) {
  at_deadline();
  EXPECT_EQ(at_deadline(), ping_frame());
  EXPECT_THAT(receive(client_frame(kPongOpcode, "")), IsEmpty());
  EXPECT_EQ(session->deadline_ns(), clock.monotonic_ns() + kPingMs * kNsPerMs);
  EXPECT_EQ(at_deadline(), ping_frame());
  EXPECT_FALSE(session->over());
}

TEST_F(Session, TheServicesCloseWaitsForTheClients) {
  EXPECT_EQ(give({"bytes", true, false}), "bytes");
  EXPECT_FALSE(session->over());
  EXPECT_THAT(receive(client_frame(kTextOpcode, "too late")), IsEmpty());
  EXPECT_THAT(receive(client_close(4400)), IsEmpty());
  EXPECT_TRUE(session->over());
  session->end(SocketEnd::client_gone);
  EXPECT_THAT(reader->heard, ElementsAre("end closed_here"));
}

TEST_F(Session, AClientThatDoesNotAnswerACloseIsNotWaitedForLong) {
  give({"", true, false});
  EXPECT_THAT(at_deadline(), IsEmpty());
  EXPECT_TRUE(session->over());
}

TEST_F(Session, WhoReadsTooSlowlyIsToldAndLosesWhatWaits) {
  EXPECT_EQ(give({"waiting", false, true}), close_frame(kCloseTryLater, "the client takes what is sent too slowly"));
  EXPECT_TRUE(session->over());
  session->end(SocketEnd::client_gone);
  EXPECT_THAT(reader->heard, ElementsAre("end too_slow"));
}

TEST_F(Session, WhatIsMalformedEndsItAfterWhatCameBefore) {
  EXPECT_THAT(receive(client_frame(kTextOpcode, "good") + "\x81\x01x"), StartsWith("\x88"));
  EXPECT_TRUE(session->over());
  session->end(SocketEnd::client_gone);
  session->end(SocketEnd::client_gone);
  EXPECT_THAT(reader->heard, ElementsAre("good", "end malformed"));
}

TEST_F(Session, AServerThatStopsIsToldToWhoMayStillAnswer) {
  session->server_stops();
  EXPECT_THAT(reader->heard, ElementsAre("server stops"));
  give({"", true, false});
  session->server_stops();
  EXPECT_THAT(reader->heard, ElementsAre("server stops"));
}

}  // namespace
}  // namespace gm::http
