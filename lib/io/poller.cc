#include "lib/io/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "lib/io/file.h"

namespace gm::io {
namespace {

bool watch(int epoll, int fd, uint32_t events, void* tag) {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = tag;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted) == 0;
}

}  // namespace

Status Poller::open() {
  epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  waker_ = Descriptor(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  // Edge-triggered, so that its counter need not be read: every write is an event.
  if (epoll_.valid() && waker_.valid() && watch(epoll_.get(), waker_.get(), EPOLLIN | EPOLLET, this)) return {};
  return Error{std::string(kNoResources), "epoll: " + std::generic_category().message(errno)};
}

bool Poller::watch_connection(int fd, void* tag) {
  return watch(epoll_.get(), fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, tag);
}

bool Poller::watch_listener(int fd, void* tag) { return watch(epoll_.get(), fd, EPOLLIN, tag); }

void Poller::stop_watching(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const Poller::Event> Poller::wait(int timeout_ms) {
  std::array<epoll_event, kEventsMax> found;
  const int count = epoll_wait(epoll_.get(), found.data(), static_cast<int>(found.size()), timeout_ms);
  size_t used = 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& one = found[static_cast<size_t>(i)];
    if (one.data.ptr == this) continue;  // wake()
    const bool ended = (one.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    events_[used++] = {one.data.ptr, ended || (one.events & EPOLLIN) != 0, ended || (one.events & EPOLLOUT) != 0,
                       ended};
  }
  return {events_.data(), used};
}

void Poller::wake() {
  const uint64_t one = 1;
  // Cannot fail but when 2^64 calls are outstanding.
  [[maybe_unused]] const ssize_t written = write(waker_.get(), &one, sizeof one);
}

}  // namespace gm::io
