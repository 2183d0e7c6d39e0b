#include "lib/io/network.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gm::io {
namespace {

bool readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return poll(&wanted, 1, 5000) == 1;
}

TEST(Network, a_connection_carries_bytes) {
  PosixNetwork network;
  auto listener = network.listen("127.0.0.1", 0, {});
  ASSERT_TRUE(listener.ok()) << listener.error().message;
  EXPECT_GT(listener->port, 0);
  EXPECT_FALSE(listener->ipv6);
  auto client = network.connect("127.0.0.1", listener->port, 5000);
  ASSERT_TRUE(client.ok()) << client.error().message;
  ASSERT_TRUE(readable(listener->socket.get()));
  const Descriptor served(accept(listener->socket.get(), nullptr, nullptr));
  ASSERT_TRUE(served.valid());
  ASSERT_EQ(write(client->socket.get(), "hello", 5), 5);
  ASSERT_TRUE(readable(served.get()));
  char text[8];
  EXPECT_EQ(read(served.get(), text, sizeof text), 5);
}

TEST(Network, a_port_has_one_listener_unless_it_is_shared) {
  PosixNetwork network;
  auto first = network.listen("127.0.0.1", 0, {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(network.listen("127.0.0.1", first->port, {}).error().code, "gm-net-address-in-use");
  const ListenOptions first_of_several{.port_use = PortUse::first_of_several};
  const ListenOptions one_more{.port_use = PortUse::one_more};
  auto one = network.listen("127.0.0.1", 0, first_of_several);
  ASSERT_TRUE(one.ok());
  auto another = network.listen("127.0.0.1", one->port, one_more);
  ASSERT_TRUE(another.ok()) << another.error().message;
  EXPECT_EQ(another->port, one->port);
}

TEST(Network, a_shared_port_is_not_shared_with_somebody_who_comes_later) {
  PosixNetwork network;
  const ListenOptions first_of_several{.port_use = PortUse::first_of_several};
  auto one = network.listen("127.0.0.1", 0, first_of_several);
  ASSERT_TRUE(one.ok());
  auto another = network.listen("127.0.0.1", one->port, {.port_use = PortUse::one_more});
  ASSERT_TRUE(another.ok());
  EXPECT_EQ(network.listen("127.0.0.1", one->port, first_of_several).error().code, "gm-net-address-in-use");
  EXPECT_EQ(network.listen("127.0.0.1", one->port, {}).error().code, "gm-net-address-in-use");
}

TEST(Network, listeners_that_share_a_port_both_get_connections) {
  PosixNetwork network;
  auto one = network.listen("127.0.0.1", 0, {.port_use = PortUse::first_of_several});
  ASSERT_TRUE(one.ok());
  auto another = network.listen("127.0.0.1", one->port, {.port_use = PortUse::one_more});
  ASSERT_TRUE(another.ok());
  std::vector<Connection> held;
  for (int i = 0; i < 64; ++i) {  // all on one side: less likely than 1 in 2^62
    auto connection = network.connect("127.0.0.1", one->port, 5000);
    ASSERT_TRUE(connection.ok());
    held.push_back(std::move(*connection));
  }
  EXPECT_TRUE(readable(one->socket.get()));
  EXPECT_TRUE(readable(another->socket.get()));
}

TEST(Network, says_why_it_cannot_connect) {
  PosixNetwork network;
  uint16_t port = 0;
  {
    auto listener = network.listen("127.0.0.1", 0, {});
    ASSERT_TRUE(listener.ok());
    port = listener->port;
  }
  EXPECT_EQ(network.connect("127.0.0.1", port, 1000).error().code, "gm-net-refused");
  EXPECT_EQ(network.connect("no-such-host.invalid", 1, 1000).error().code, "gm-net-address-invalid");
  EXPECT_EQ(network.listen("192.0.2.1", 0, {}).error().code, "gm-net-address-invalid")
      << "not an address of this machine";
}

TEST(Network, a_full_backlog_ends_in_a_timeout) {
  PosixNetwork network;
  ListenOptions none;
  none.backlog = 0;
  auto listener = network.listen("127.0.0.1", 0, none);
  ASSERT_TRUE(listener.ok());
  std::vector<Connection> held;
  std::string code;
  for (int i = 0; i < 8 && code.empty(); ++i) {
    auto connection = network.connect("127.0.0.1", listener->port, 100);
    if (connection)
      held.push_back(std::move(*connection));
    else
      code = connection.error().code;
  }
  EXPECT_EQ(code, "gm-net-timeout");
}

TEST(Descriptor, moves_and_closes) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Descriptor reading(ends[0]);
  {
    Descriptor first(ends[1]);
    Descriptor second(std::move(first));
    EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): what a moved-from descriptor promises
    EXPECT_EQ(second.get(), ends[1]);
  }
  char byte;
  EXPECT_EQ(read(reading.get(), &byte, 1), 0) << "the writing end is closed";
  const int fd = reading.release();
  EXPECT_FALSE(reading.valid());
  EXPECT_EQ(close(fd), 0);
}

TEST(ParseEndpoint, takes_hosts_and_ports) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:8080")->host, "127.0.0.1");
  EXPECT_EQ(parse_endpoint("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(parse_endpoint("[::1]:65535")->host, "::1");
  EXPECT_EQ(parse_endpoint(":0")->host, "");
  for (const char* bad : {"", "host", "host:", "host:x", "host:65536", "host:-1", "::1:80", "host:80 "}) {
    EXPECT_FALSE(parse_endpoint(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace gm::io
