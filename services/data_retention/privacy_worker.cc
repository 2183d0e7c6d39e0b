#include "services/data_retention/privacy_worker.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/telemetry/catalog_privacy.h"

namespace gm::data_retention {
namespace {

constexpr int64_t kLookEveryMs = 60'000;
constexpr int64_t kRetryMinMs = 1'000;
constexpr int64_t kRetryMaxMs = 600'000;
constexpr double kMsPerSecond = 1000.0;

}  // namespace

PrivacyWorker::PrivacyWorker(Dependencies dependencies, const PrivacySettings& settings)
    : deps_(std::move(dependencies)),
      settings_(settings),
      erasure_(deps_.requests, deps_.erased, deps_.live, deps_.clock, deps_.places) {}

PrivacyWorker::~PrivacyWorker() { stop(); }

void PrivacyWorker::start() {
  thread_ = std::thread([this] { run(); });
}

void PrivacyWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PrivacyWorker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

// False: stop.
bool PrivacyWorker::pause(int64_t ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopping_ || woken_; });
  if (!woken_ || stopping_) return !stopping_;
  // More may come, and the files are written anew once for all of them.
  changed_.wait_for(lock, std::chrono::milliseconds(settings_.batch_wait_ms), [this] { return stopping_; });
  woken_ = false;
  return !stopping_;
}

void PrivacyWorker::run() {
  while (pause(work())) {
  }
}

int64_t PrivacyWorker::work() {
  const auto open = deps_.requests.open_requests();
  if (!open) {
    report({}, {"requests", open.error()});
    return kRetryMinMs;
  }
  tell_metrics(*open);
  if (open->empty()) return kLookEveryMs;
  if (const auto trouble = erasure_.run(*open)) {
    if (trouble->error.code == "gm-processor-stopped") return kRetryMinMs;
    report(*open, *trouble);
    retry_ms_ = std::clamp(2 * retry_ms_, kRetryMinMs, kRetryMaxMs);
    return retry_ms_;
  }
  retry_ms_ = 0;
  if (!std::exchange(failing_, {}).empty()) deps_.logger.info("privacy requests go on again");
  deps_.metrics.counter(telemetry::kPrivacyRequests, {"erase", "done"}).add(open->size());
  // Not whom it was about: the log lines are kept elsewhere, and longer.
  for (const store::PrivacyRequest& request : *open) deps_.logger.info("a player is erased", {{"request", request.id}});
  return 0;
}

void PrivacyWorker::report(const std::vector<store::PrivacyRequest>& requests, const Erasure::Trouble& trouble) {
  deps_.metrics.counter(telemetry::kPrivacyErrors, {trouble.place}).add();
  for (const store::PrivacyRequest& request : requests) {
    // When even this cannot be noted, the log line below is all there is.
    (void)deps_.requests.note_trouble(request.id, std::string(trouble.place) + ": " + trouble.error.message);
  }
  if (std::exchange(failing_, trouble.error.code) == trouble.error.code) return;
  deps_.logger.error("a privacy request cannot go on; it is tried again",
                     {{"place", trouble.place}, {"code", trouble.error.code}, {"detail", trouble.error.message}});
}

void PrivacyWorker::tell_metrics(const std::vector<store::PrivacyRequest>& open) {
  int64_t due_ms = open.empty() ? 0 : open.front().due_ms;
  for (const store::PrivacyRequest& request : open) due_ms = std::min(due_ms, request.due_ms);
  deps_.metrics.gauge(telemetry::kPrivacyOpen).set(static_cast<double>(open.size()));
  deps_.metrics.gauge(telemetry::kPrivacyNextDue).set(static_cast<double>(due_ms) / kMsPerSecond);
}

}  // namespace gm::data_retention
