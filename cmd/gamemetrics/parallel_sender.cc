#include "cmd/gamemetrics/parallel_sender.h"

#include <algorithm>
#include <chrono>

namespace gm::gamemetrics {
namespace {

constexpr int64_t kStopPollMs = 100;
constexpr size_t kQueuedPerConnection = 4;

}  // namespace

ParallelSender::ParallelSender(const std::string& url, const std::string& key, size_t connections, const Clock& clock,
                               std::function<bool()> stopping)
    : clock_(clock), stopping_(std::move(stopping)), queue_max_(connections * kQueuedPerConnection) {
  for (size_t i = 0; i < connections; ++i) {
    senders_.push_back(std::make_unique<EventSender>(url, key, clock_, [this](int64_t ms) { return pause(ms); }));
  }
  for (auto& sender : senders_) threads_.emplace_back([this, &sender] { work(*sender); });
}

ParallelSender::~ParallelSender() {
  {
    const std::lock_guard lock(mutex_);
    queue_.clear();
  }
  (void)finish();
}

bool ParallelSender::pause(int64_t ms) {
  const int64_t until = clock_.monotonic_ns() + ms * 1'000'000;
  std::unique_lock lock(mutex_);
  while (!stopping_() && !error_) {
    const int64_t left_ms = (until - clock_.monotonic_ns()) / 1'000'000;
    if (left_ms <= 0) return true;
    changed_.wait_for(lock, std::chrono::milliseconds(std::min(left_ms, kStopPollMs)));
  }
  return false;
}

bool ParallelSender::push(Parcel parcel) {
  std::unique_lock lock(mutex_);
  while (queue_.size() >= queue_max_ && !error_ && !stopping_())
    changed_.wait_for(lock, std::chrono::milliseconds(kStopPollMs));
  if (error_ || stopping_()) return false;
  queue_.push_back(std::move(parcel));
  changed_.notify_all();
  return true;
}

bool ParallelSender::full() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() >= queue_max_;
}

std::optional<Parcel> ParallelSender::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !queue_.empty() || closed_ || error_; });
  if (queue_.empty() || error_) return std::nullopt;
  Parcel parcel = std::move(queue_.front());
  queue_.pop_front();
  changed_.notify_all();
  return parcel;
}

void ParallelSender::work(EventSender& sender) {
  while (auto parcel = take()) {
    const Status sent = sender.send(parcel->make_body, parcel->events);
    if (sent && parcel->delivered) parcel->delivered();
    const SendCounts news = sender.take_counts();
    const std::lock_guard lock(mutex_);
    counts_.merge(news);
    if (sent) continue;
    if (!error_ && sent.error().code != "gm-send-stopped") error_ = sent.error();
    changed_.notify_all();
    return;
  }
}

Status ParallelSender::finish() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  const std::lock_guard lock(mutex_);
  if (error_) return *error_;
  return {};
}

SendCounts ParallelSender::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace gm::gamemetrics
