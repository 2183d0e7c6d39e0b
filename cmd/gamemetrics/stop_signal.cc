#include "cmd/gamemetrics/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <limits>

namespace gm::gamemetrics {
namespace {

constexpr int kExitOnSignal = 128;

std::atomic<int> g_signal{0};
std::atomic<bool> g_reload{false};
std::atomic<int> g_wakeup{-1};

// Only async-signal-safe calls from here on.
void wake() {
  const uint64_t one = 1;
  const int saved = errno;
  [[maybe_unused]] const ssize_t written = write(g_wakeup.load(), &one, sizeof one);
  errno = saved;
}

void on_stop(int number) {
  if (g_signal.exchange(number) != 0) _exit(kExitOnSignal + number);
  wake();
}

void on_reload(int /*number*/) {
  g_reload.store(true);
  wake();
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

}  // namespace

void watch_stop_signals() {
  if (g_wakeup.load() < 0) g_wakeup.store(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  handle(SIGINT, on_stop);
  handle(SIGTERM, on_stop);
  handle(SIGHUP, on_reload);
  handle(SIGPIPE, SIG_IGN);
}

int stop_signal() { return g_signal.load(); }

void request_stop() {
  int none = 0;
  g_signal.compare_exchange_strong(none, SIGTERM);
  wake();
}

bool take_reload_request() { return g_reload.exchange(false); }

bool wait_for_stop(int64_t ms) {
  if (stop_requested()) return true;
  pollfd poller{g_wakeup.load(), POLLIN, 0};
  poll(&poller, 1, static_cast<int>(std::min<int64_t>(ms, std::numeric_limits<int>::max())));
  uint64_t drained = 0;
  // A stop stays readable, so that every thread that waits sees it.
  if (!stop_requested()) [[maybe_unused]]
    const ssize_t n = read(g_wakeup.load(), &drained, sizeof drained);
  return stop_requested();
}

}  // namespace gm::gamemetrics
