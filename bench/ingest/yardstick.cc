// The floor for ingestion: one thread, bare epoll, the body parsed in full by simdjson, a fixed answer. No keys, no
// limits, no log.
//
// Usage: ingest_yardstick PORT        (runs until killed)

#include <libdeflate.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <simdjson.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view kOk =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n"
    "{\"accepted\":100,\"rejected\":0,\"results\":[]}   ";
constexpr std::string_view kBad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

struct Connection {
  int fd = -1;
  size_t have = 0;
  std::vector<char> buffer = std::vector<char>(65536);
};

size_t content_length(const char* head, const char* end) {
  constexpr std::string_view kName = "content-length:";
  for (const char* line = head; line < end;) {
    const auto* newline = static_cast<const char*>(memchr(line, '\n', static_cast<size_t>(end - line)));
    if (!newline) break;
    if (static_cast<size_t>(newline - line) > kName.size() && strncasecmp(line, kName.data(), kName.size()) == 0) {
      return strtoul(line + kName.size(), nullptr, 10);
    }
    line = newline + 1;
  }
  return 0;
}

// Parses the whole body, after inflating it when it is gzip.
bool well_formed(const char* body, size_t length, simdjson::dom::parser& parser) {
  static libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  static std::vector<char> plain(1 << 20);
  simdjson::dom::element document;
  if (length < 2 || body[0] != '\x1f') return parser.parse(body, length, false).get(document) == simdjson::SUCCESS;
  size_t size = 0;
  if (libdeflate_gzip_decompress(decompressor, body, length, plain.data(), plain.size() - simdjson::SIMDJSON_PADDING,
                                 &size) != LIBDEFLATE_SUCCESS) {
    return false;
  }
  return parser.parse(plain.data(), size, false).get(document) == simdjson::SUCCESS;
}

// Answers every complete request in the buffer; false when the connection is to be closed.
bool serve(Connection& c, simdjson::dom::parser& parser) {
  for (;;) {
    char* start = c.buffer.data();
    auto* head_end = static_cast<char*>(memmem(start, c.have, "\r\n\r\n", 4));
    if (!head_end) return true;
    char* body = head_end + 4;
    const size_t length = content_length(start, head_end + 2);
    const size_t whole = static_cast<size_t>(body - start) + length;
    if (c.buffer.size() < whole + simdjson::SIMDJSON_PADDING) {
      c.buffer.resize(2 * (whole + simdjson::SIMDJSON_PADDING));
      continue;
    }
    if (c.have < whole) return true;
    const bool good = well_formed(body, length, parser);
    const std::string_view answer = good ? kOk : kBad;
    if (write(c.fd, answer.data(), answer.size()) < 0) return false;
    memmove(start, start + whole, c.have - whole);
    c.have -= whole;
  }
}

int listen_on(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 1024) != 0) {
    perror("listen");
    exit(1);
  }
  return fd;
}

void accept_all(int listener, int poll) {
  const int one = 1;
  for (int fd = 0; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    auto* connection = new Connection;  // owned by the epoll set until the connection ends
    connection->fd = fd;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
  }
}

bool read_and_serve(Connection& c, simdjson::dom::parser& parser) {
  if (c.buffer.size() - c.have < 4096) c.buffer.resize(c.buffer.size() * 2);
  const ssize_t n = read(c.fd, c.buffer.data() + c.have, c.buffer.size() - c.have);
  if (n < 0) return errno == EAGAIN;
  if (n == 0) return false;
  c.have += static_cast<size_t>(n);
  return serve(c, parser);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: ingest_yardstick PORT\n");
    return 64;
  }
  signal(SIGPIPE, SIG_IGN);
  const int listener = listen_on(atoi(argv[1]));
  const int poll = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  simdjson::dom::parser parser;
  epoll_event events[256];
  for (;;) {
    const int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (!connection) {
        accept_all(listener, poll);
      } else if (!read_and_serve(*connection, parser)) {
        close(connection->fd);
        delete connection;
      }
    }
  }
}
