#include "services/data_retention/privacy_worker.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/telemetry/catalog_privacy.h"
#include "services/data_retention/request_kinds.h"

namespace gm::data_retention {
namespace {

constexpr int64_t kLookEveryMs = 60'000;
constexpr int64_t kRetryMinMs = 1'000;
constexpr int64_t kRetryMaxMs = 600'000;
constexpr double kMsPerSecond = 1000.0;

bool is_export(const store::PrivacyRequest& request) { return request.kind == store::PrivacyKind::data_export; }

}  // namespace

PrivacyWorker::PrivacyWorker(Dependencies dependencies, const PrivacySettings& settings)
    : deps_(std::move(dependencies)),
      settings_(settings),
      erasure_(deps_.requests, deps_.lists, deps_.live, deps_.clock, deps_.places),
      rectification_(deps_.requests, deps_.live, deps_.clock, deps_.places),
      players_(deps_.requests, deps_.places.ids_of) {}

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
  // Exports first: of somebody who asks for his data and to be erased, both are done. The rest in the order in which it
  // was asked for, those of one kind that follow each other together. Nobody waits for another's trouble.
  Requests sorted = *open;
  std::ranges::stable_partition(sorted, [](const store::PrivacyRequest& request) { return is_export(request); });
  bool all = true;
  for (size_t first = 0; first < sorted.size() && !stop_.stop_requested();) {
    size_t last = first + 1;
    while (last < sorted.size() && sorted[last].kind == sorted[first].kind) ++last;
    all = work_on({sorted.begin() + static_cast<std::ptrdiff_t>(first),
                   sorted.begin() + static_cast<std::ptrdiff_t>(last)}) &&
          all;
    first = last;
  }
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

bool PrivacyWorker::work_on(const Requests& requests) {
  using enum store::PrivacyKind;
  const store::PrivacyKind kind = requests.front().kind;
  if (kind == erase || kind == restriction || kind == objection)
    return report_or_done(requests, erasure_.run(requests));
  bool all = true;
  for (const store::PrivacyRequest& request : requests) {
    const auto trouble = kind == data_export ? deps_.exports.run(request, stop_.get_token())
                         : kind == rectify   ? rectification_.run(request)
                                             : this->lift(request);
    all = report_or_done({request}, trouble) && all;
  }
  return all;
}

// Whom it is about is known by what it ends: the store does not know him while his data is restricted.
std::optional<StepTrouble> PrivacyWorker::lift(const store::PrivacyRequest& request) {
  using enum store::PrivacyKind;
  const auto ids = players_.of(request.project, request.player);
  if (!ids) return StepTrouble{"ids", ids.error()};
  const auto in_force = players_.in_force(request.project, *ids, {restriction, objection});
  if (!in_force) return StepTrouble{"requests", in_force.error()};
  for (const store::PrivacyRequest& one : *in_force) {
    if (const Status ended = deps_.requests.forget(one.id); !ended) return StepTrouble{"requests", ended.error()};
  }
  if (const Status loaded = deps_.lists.reload(deps_.requests, request.project); !loaded)
    return StepTrouble{"requests", loaded.error()};
  const store::PrivacyPlace place{"lifted", static_cast<int64_t>(in_force->size()), deps_.clock.now_ms()};
  if (const Status noted = deps_.requests.note_place(request.id, place); !noted)
    return StepTrouble{"requests", noted.error()};
  if (const Status done = deps_.requests.finish(request, deps_.clock.now_ms()); !done)
    return StepTrouble{"requests", done.error()};
  return std::nullopt;
}

bool PrivacyWorker::report_or_done(const Requests& requests, const std::optional<StepTrouble>& trouble) {
  if (trouble) {
    report(requests, *trouble);
    return false;
  }
  const std::string_view kind = kind_name(requests.front().kind);
  deps_.metrics.counter(telemetry::kPrivacyRequests, {kind, "done"}).add(requests.size());
  // Not whom it was about: the log lines are kept elsewhere, and longer.
  for (const store::PrivacyRequest& request : requests)
    deps_.logger.info("a privacy request is done", {{"request", request.id}, {"kind", kind}});
  return true;
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
