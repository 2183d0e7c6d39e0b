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
  stop_.request_stop();
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
  Requests exports, erasures;
  for (const store::PrivacyRequest& request : *open)
    (request.kind == store::PrivacyKind::data_export ? exports : erasures).push_back(request);
  // Exports first: of somebody who asks for his data and to be erased, both are done. Neither waits for the other's
  // trouble.
  bool all = export_all(exports);
  if (stop_.stop_requested()) return 0;
  all = erase_all(erasures) && all;
  if (const Status removed = deps_.exports.remove_expired(); !removed) {
    report({}, {"expired_files", removed.error()});
    all = false;
  }
  if (!all) {
    retry_ms_ = std::clamp(2 * retry_ms_, kRetryMinMs, kRetryMaxMs);
    return retry_ms_;
  }
  retry_ms_ = 0;
  if (!std::exchange(failing_, {}).empty()) deps_.logger.info("privacy requests go on again");
  return open->empty() ? kLookEveryMs : 0;
}

bool PrivacyWorker::export_all(const Requests& requests) {
  bool all = true;
  for (const store::PrivacyRequest& request : requests) {
    const auto trouble = deps_.exports.run(request, stop_.get_token());
    if (trouble) {
      report({request}, *trouble);
      all = false;
    } else {
      done({request}, "export");
    }
  }
  return all;
}

bool PrivacyWorker::erase_all(const Requests& requests) {
  if (requests.empty()) return true;
  const auto trouble = erasure_.run(requests);
  if (trouble) {
    report(requests, *trouble);
  } else {
    done(requests, "erase");
  }
  return !trouble;
}

// Not whom it was about: the log lines are kept elsewhere, and longer.
void PrivacyWorker::done(const Requests& requests, std::string_view kind) {
  deps_.metrics.counter(telemetry::kPrivacyRequests, {kind, "done"}).add(requests.size());
  for (const store::PrivacyRequest& request : requests)
    deps_.logger.info("a privacy request is done", {{"request", request.id}, {"kind", kind}});
}

void PrivacyWorker::report(const Requests& requests, const StepTrouble& trouble) {
  // The next start goes on.
  if (trouble.error.code == "gm-processor-stopped") return;
  deps_.metrics.counter(telemetry::kPrivacyErrors, {trouble.place}).add();
  for (const store::PrivacyRequest& request : requests) {
    // When even this cannot be noted, the log line below is all there is.
    (void)deps_.requests.note_trouble(request.id, std::string(trouble.place) + ": " + trouble.error.message);
  }
  if (std::exchange(failing_, trouble.error.code) == trouble.error.code) return;
  deps_.logger.error("a privacy request cannot go on; it is tried again",
                     {{"place", trouble.place}, {"code", trouble.error.code}, {"detail", trouble.error.message}});
}

void PrivacyWorker::tell_metrics(const Requests& open) {
  int64_t due_ms = open.empty() ? 0 : open.front().due_ms;
  for (const store::PrivacyRequest& request : open) due_ms = std::min(due_ms, request.due_ms);
  deps_.metrics.gauge(telemetry::kPrivacyOpen).set(static_cast<double>(open.size()));
  deps_.metrics.gauge(telemetry::kPrivacyNextDue).set(static_cast<double>(due_ms) / kMsPerSecond);
}

}  // namespace gm::data_retention
