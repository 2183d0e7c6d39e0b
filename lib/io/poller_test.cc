#include "lib/io/poller.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <thread>

#include "lib/io/network.h"
#include "lib/io/socket.h"

namespace gm::io {
namespace {

constexpr int kLongMs = 10'000;

// A listener of the poller, a client, and the server's end of its connection once accept() was called.
struct PollerTest : testing::Test {
  PollerTest() {
    EXPECT_TRUE(poller.open().ok());
    listener = network.listen("127.0.0.1", 0, {}).value();
    EXPECT_TRUE(poller.watch_listener(listener.socket.get(), &listener));
    client.emplace(std::move(network.connect("127.0.0.1", listener.port, kLongMs)->socket));
  }
  void accept() {
    ASSERT_EQ(poller.wait(kLongMs).size(), 1u);
    auto accepted = accept_connection(listener.socket.get(), problem);
    ASSERT_TRUE(accepted) << problem;
    EXPECT_EQ(accepted->peer, "127.0.0.1");
    served.emplace(std::move(accepted->socket));
    ASSERT_TRUE(poller.watch_connection(served->fd(), &served));
    ASSERT_EQ(poller.wait(kLongMs).size(), 1u);  // that it can be written to
  }
  Transfer read(size_t bytes_max = 64) {
    std::array<char, 64> bytes;
    size_t count = 0;
    const Transfer outcome = served->read_some(bytes.data(), bytes_max, count);
    text.assign(bytes.data(), count);
    return outcome;
  }
  void send(const char* what) {
    size_t count = 0;
    ASSERT_EQ(client->write_some(what, strlen(what), count), Transfer::done);
  }

  PosixNetwork network;
  Poller poller;
  Listener listener;
  std::optional<Socket> client, served;
  std::string problem, text;
};

TEST_F(PollerTest, a_waiting_connection_is_told_of_until_it_is_taken) {
  ASSERT_EQ(poller.wait(kLongMs).size(), 1u);
  const auto events = poller.wait(kLongMs);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].tag, &listener);
  EXPECT_TRUE(accept_connection(listener.socket.get(), problem));
  EXPECT_EQ(poller.wait(0).size(), 0u);
  EXPECT_FALSE(accept_connection(listener.socket.get(), problem));
  EXPECT_EQ(problem, "");
}

TEST_F(PollerTest, bytes_are_told_of_once) {
  accept();
  EXPECT_EQ(read(), Transfer::would_block);
  send("hello");
  const auto events = poller.wait(kLongMs);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].tag, &served);
  EXPECT_TRUE(events[0].readable);
  EXPECT_FALSE(events[0].ended);
  EXPECT_EQ(poller.wait(0).size(), 0u);
  EXPECT_EQ(read(3), Transfer::done);
  EXPECT_EQ(text, "hel");
  send("!");
  EXPECT_EQ(poller.wait(kLongMs).size(), 1u);
  EXPECT_EQ(read(), Transfer::done);
  EXPECT_EQ(text, "lo!");
}

TEST_F(PollerTest, an_end_is_told_of_even_when_it_comes_with_the_last_bytes) {
  accept();
  send("bye");
  client->close();
  while (true) {
    const auto events = poller.wait(kLongMs);
    ASSERT_EQ(events.size(), 1u);
    if (events[0].ended) break;
  }
  EXPECT_EQ(read(), Transfer::done);
  EXPECT_EQ(text, "bye");
  EXPECT_EQ(read(), Transfer::ended);
}

TEST_F(PollerTest, writing_to_one_that_has_gone_fails_without_a_signal) {
  accept();
  linger hard{1, 0};
  setsockopt(client->fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  client->close();
  ASSERT_EQ(poller.wait(kLongMs).size(), 1u);
  size_t count = 0;
  EXPECT_EQ(served->write_some("x", 1, count), Transfer::failed);
  EXPECT_EQ(count, 0u);
}

TEST_F(PollerTest, a_full_socket_blocks_and_is_told_of_when_it_can_take_more) {
  accept();
  const std::string much(1 << 20, 'x');
  size_t sent = 0, count = 0;
  while (served->write_some(much.data(), much.size(), count) == Transfer::done) sent += count;
  EXPECT_EQ(poller.wait(0).size(), 0u);
  std::string into(1 << 20, '\0');
  for (size_t got = 0; got < sent; got += count) client->read_some(into.data(), into.size(), count);
  const auto events = poller.wait(kLongMs);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].writable);
}

TEST_F(PollerTest, waking_ends_the_wait_before_or_during_it) {
  accept();
  poller.wake();
  poller.wake();
  EXPECT_EQ(poller.wait(kLongMs).size(), 0u);
  EXPECT_EQ(poller.wait(1).size(), 0u);
  std::thread waker([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    poller.wake();
  });
  EXPECT_EQ(poller.wait(-1).size(), 0u);
  waker.join();
}

}  // namespace
}  // namespace gm::io
