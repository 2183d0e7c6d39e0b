#include "lib/io/socket.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace gm::io {
namespace {

Transfer outcome(ssize_t moved, size_t& count) {
  count = moved > 0 ? static_cast<size_t>(moved) : 0;
  if (moved > 0) return Transfer::done;
  if (moved == 0) return Transfer::ended;
  return errno == EAGAIN || errno == EWOULDBLOCK ? Transfer::would_block : Transfer::failed;
}

template <typename Call>
ssize_t uninterrupted(Call call) {
  ssize_t result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = address.ss_family == AF_INET6
                          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr)
                          : &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
  return inet_ntop(address.ss_family, bytes, text.data(), text.size()) == nullptr ? std::string() : text.data();
}

// What concerns one connection that broke before it was taken, and not the listener.
bool was_the_peers(int number) {
  return number == EINTR || number == ECONNABORTED || number == EPROTO || number == EPERM || number == ENETDOWN ||
         number == EHOSTUNREACH || number == ENETUNREACH || number == EHOSTDOWN || number == ENONET ||
         number == ENOPROTOOPT || number == EOPNOTSUPP;
}

}  // namespace

Transfer Socket::read_some(char* into, size_t bytes, size_t& count) {
  return outcome(uninterrupted([&] { return recv(fd(), into, bytes, 0); }), count);
}

Transfer Socket::write_some(const char* from, size_t bytes, size_t& count) {
  return outcome(uninterrupted([&] { return send(fd(), from, bytes, MSG_NOSIGNAL); }), count);
}

void Socket::end_sending() { shutdown(fd(), SHUT_WR); }

void Socket::reset() {
  const linger at_once{1, 0};
  setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

std::optional<Accepted> accept_connection(int listener, std::string& problem) {
  problem.clear();
  sockaddr_storage address{};
  for (;;) {
    socklen_t length = sizeof address;
    Descriptor socket(
        ::accept4(listener, reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.valid()) {
      const int on = 1;
      setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return Accepted{std::move(socket), text_of(address)};
    }
    if (was_the_peers(errno)) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) problem = std::generic_category().message(errno);
    return std::nullopt;
  }
}

}  // namespace gm::io
