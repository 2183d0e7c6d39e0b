// Bounded HTTP load: closed loop (every connection always has one request out) or open loop at a fixed rate, latency
// then counted from the moment a request was due, so that a stalled server cannot hide its stall.
//
// Usage: ingest_load PORT SECONDS CONNECTIONS PATH KEY RATE EVENTS_PER_REQUEST BODY_FILE...
//   RATE 0 = closed loop, else requests a second. Bodies are sent in turn; a name ending in .gz is sent with
//   Content-Encoding: gzip.
// Prints one line: requests, failed, seconds, events/s, p50_ms, p99_ms, max_ms.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  bool busy = false;
  Clock::time_point due;
  const std::string* request = nullptr;
  size_t sent = 0;
  std::string answer;
};

struct Load {
  int poll = -1;
  std::vector<Connection> connections;
  std::vector<std::string> requests;
  size_t next_request = 0;
  std::vector<double> latencies_ms;
  uint64_t failed = 0;
};

std::string read_file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string make_request(const std::string& path, const std::string& key, const std::string& file) {
  const std::string body = read_file(file);
  const bool gzip = file.size() > 3 && file.compare(file.size() - 3, 3, ".gz") == 0;
  std::string request = "POST " + path +
                        " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
                        key + "\r\n";
  if (gzip) request += "Content-Encoding: gzip\r\n";
  return request + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    perror("connect");
    exit(1);
  }
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

void watch(Load& load, Connection& c, bool writing) {
  epoll_event event{};
  event.events = writing ? EPOLLOUT : EPOLLIN;
  event.data.ptr = &c;
  epoll_ctl(load.poll, EPOLL_CTL_MOD, c.fd, &event);
}

void push(Load& load, Connection& c) {
  while (c.sent < c.request->size()) {
    const ssize_t n = write(c.fd, c.request->data() + c.sent, c.request->size() - c.sent);
    if (n < 0) {
      if (errno == EAGAIN) watch(load, c, true);
      return;
    }
    c.sent += static_cast<size_t>(n);
  }
  watch(load, c, false);
}

void begin(Load& load, Connection& c, Clock::time_point due) {
  c.busy = true;
  c.due = due;
  c.sent = 0;
  c.answer.clear();
  c.request = &load.requests[load.next_request++ % load.requests.size()];
  push(load, c);
}

// True when the answer is complete (header and Content-Length bytes of body).
bool answered(const std::string& answer) {
  const size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  const char* length = strcasestr(answer.c_str(), "content-length:");
  return answer.size() >= head + 4 + (length ? strtoul(length + 15, nullptr, 10) : 0);
}

void pull(Load& load, Connection& c) {
  char bytes[4096];
  const ssize_t n = read(c.fd, bytes, sizeof bytes);
  if (n <= 0) {
    if (n < 0 && errno == EAGAIN) return;
    fprintf(stderr, "the server closed a connection\n");
    exit(1);
  }
  c.answer.append(bytes, static_cast<size_t>(n));
  if (!answered(c.answer)) return;
  c.busy = false;
  if (c.answer.compare(9, 3, "200") != 0) ++load.failed;
  load.latencies_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - c.due).count());
}

void run(Load& load, double seconds, double rate) {
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  uint64_t issued = 0;
  std::deque<Connection*> idle;
  for (auto& c : load.connections) idle.push_back(&c);
  epoll_event events[256];
  for (auto now = start; now < end; now = Clock::now()) {
    while (!idle.empty()) {
      auto due = now;
      if (rate > 0) {
        due = start + std::chrono::duration_cast<Clock::duration>(
                          std::chrono::duration<double>(static_cast<double>(issued) / rate));
        if (due > now) break;
      }
      begin(load, *idle.front(), due);
      idle.pop_front();
      ++issued;
    }
    const int count = epoll_wait(load.poll, events, 256, rate > 0 ? 0 : 100);
    for (int i = 0; i < count; ++i) {
      auto& c = *static_cast<Connection*>(events[i].data.ptr);
      if (c.busy && c.sent < c.request->size()) {
        push(load, c);
      } else if (c.busy) {
        pull(load, c);
        if (!c.busy) idle.push_back(&c);
      }
    }
  }
}

double quantile(std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) {
    fprintf(stderr, "usage: ingest_load PORT SECONDS CONNECTIONS PATH KEY RATE EVENTS_PER_REQUEST BODY_FILE...\n");
    return 64;
  }
  signal(SIGPIPE, SIG_IGN);
  Load load;
  const double seconds = atof(argv[2]);
  for (int i = 8; i < argc; ++i) load.requests.push_back(make_request(argv[4], argv[5], argv[i]));
  load.poll = epoll_create1(0);
  load.connections.resize(static_cast<size_t>(atoi(argv[3])));
  for (auto& c : load.connections) {
    c.fd = connect_to(atoi(argv[1]));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &c;
    epoll_ctl(load.poll, EPOLL_CTL_ADD, c.fd, &event);
  }
  run(load, seconds, atof(argv[6]));
  std::sort(load.latencies_ms.begin(), load.latencies_ms.end());
  const auto requests = load.latencies_ms.size();
  printf("requests %zu failed %lu seconds %.2f events/s %.0f p50_ms %.3f p99_ms %.3f max_ms %.3f\n", requests,
         load.failed, seconds, static_cast<double>(requests) * atof(argv[7]) / seconds,
         quantile(load.latencies_ms, 0.5), quantile(load.latencies_ms, 0.99), quantile(load.latencies_ms, 1));
  return 0;
}
