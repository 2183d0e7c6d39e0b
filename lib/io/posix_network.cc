#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>

#include "lib/io/network.h"

namespace gm::io {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Error failure(std::string_view call, const std::string& host, uint16_t port, int number) {
  std::string_view code = "gm-net-failed";
  if (number == EADDRINUSE) code = "gm-net-address-in-use";
  if (number == EADDRNOTAVAIL) code = "gm-net-address-invalid";
  if (number == ECONNREFUSED) code = "gm-net-refused";
  if (number == ETIMEDOUT) code = "gm-net-timeout";
  return {std::string(code), fmt::format("{} {}:{}: {}", call, host, port, std::generic_category().message(number))};
}

Result<Addresses> resolve(const std::string& host, uint16_t port, bool passive) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0);
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (problem != 0) {
    return Error{"gm-net-address-invalid", fmt::format("host '{}': {}", host, gai_strerror(problem))};
  }
  return Addresses(found, &freeaddrinfo);
}

Descriptor open_socket(const addrinfo& address) {
  return Descriptor(
      ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
}

uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

// 0, or the number of the system's error.
int listen_on(const addrinfo& address, const ListenOptions& options, Listener& listener) {
  Descriptor socket = open_socket(address);
  if (!socket.valid()) return errno;
  const int on = 1;
  if (setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return errno;
  const auto share_port = [&] { return setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0; };
  if (options.port_use == PortUse::one_more && !share_port()) return errno;
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0) return errno;
  if (::listen(socket.get(), options.backlog) != 0) return errno;
  // Only now: before listen() two processes that start together could both pass the kernel's check.
  if (options.port_use == PortUse::first_of_several && !share_port()) return errno;
  listener.port = bound_port(socket.get());
  listener.ipv6 = address.ai_family == AF_INET6;
  listener.socket = std::move(socket);
  return 0;
}

int wait_connected(int fd, int64_t timeout_ms) {
  pollfd wanted{fd, POLLOUT, 0};
  int ready = poll(&wanted, 1, static_cast<int>(timeout_ms));
  while (ready < 0 && errno == EINTR) ready = poll(&wanted, 1, static_cast<int>(timeout_ms));
  if (ready < 0) return errno;
  if (ready == 0) return ETIMEDOUT;
  int problem = 0;
  socklen_t length = sizeof problem;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length) != 0) return errno;
  return problem;
}

int connect_to(const addrinfo& address, int64_t timeout_ms, Connection& connection) {
  Descriptor socket = open_socket(address);
  if (!socket.valid()) return errno;
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS && errno != EINTR) return errno;
    if (const int problem = wait_connected(socket.get(), timeout_ms)) return problem;
  }
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection.ipv6 = address.ai_family == AF_INET6;
  connection.socket = std::move(socket);
  return 0;
}

}  // namespace

Result<Listener> PosixNetwork::listen(const std::string& host, uint16_t port, const ListenOptions& options) {
  auto addresses = resolve(host, port, true);
  if (!addresses) return addresses.error();
  int problem = EADDRNOTAVAIL;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    Listener listener;
    problem = listen_on(*address, options, listener);
    if (problem == 0) return listener;
  }
  return failure("listen on", host, port, problem);
}

Result<Connection> PosixNetwork::connect(const std::string& host, uint16_t port, int64_t timeout_ms) {
  auto addresses = resolve(host, port, false);
  if (!addresses) return addresses.error();
  int problem = EADDRNOTAVAIL;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    Connection connection;
    problem = connect_to(*address, timeout_ms, connection);
    if (problem == 0) return connection;
  }
  return failure("connect to", host, port, problem);
}

Result<Endpoint> parse_endpoint(const std::string& text) {
  const Error malformed{"gm-net-address-invalid", fmt::format("'{}' is not host:port", text)};
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return malformed;
  Endpoint endpoint{text.substr(0, colon), 0};
  if (endpoint.host.size() >= 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']') {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  } else if (endpoint.host.find(':') != std::string::npos) {
    return malformed;
  }
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return malformed;
  return endpoint;
}

}  // namespace gm::io
