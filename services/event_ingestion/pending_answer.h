#pragma once
// One request on its way through the log: answered when the last of its appends is durable, or failed.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/http/message.h"
#include "lib/log/event_log.h"
#include "services/event_ingestion/ingest_metrics.h"

namespace gm::event_ingestion {

class PendingAnswer : public std::enable_shared_from_this<PendingAnswer> {
 public:
  using Fail = std::function<http::Response(const Error&)>;
  // `outcome`: what the request counts as once all is durable: "ok" or the code of the error that it is answered with.
  PendingAnswer(IngestMetrics& metrics, http::Respond respond, http::Response on_success, Fail on_failure,
                std::string_view outcome = "ok")
      : metrics_(metrics),
        respond_(std::move(respond)),
        success_(std::move(on_success)),
        failure_(std::move(on_failure)),
        outcome_(outcome) {}

  // Called once, before the first append: `done` of one may run before the next is queued.
  void expect(uint32_t accepted, std::vector<Tag> refused, std::vector<Tag> warned, int appends) {
    accepted_ = accepted;
    refused_ = std::move(refused);
    warned_ = std::move(warned);
    left_ = appends;
  }
  log::AppendDone done() {
    return [self = shared_from_this()](Result<log::Offset> result) { self->settle(result); };
  }
  // For a request that has nothing to store.
  void answer_at_once() {
    metrics_.stored(outcome_, 0, {}, {});
    respond_(std::move(success_));
  }

 private:
  void settle(const Result<log::Offset>& result);

  IngestMetrics& metrics_;
  http::Respond respond_;
  http::Response success_;
  Fail failure_;
  const std::string outcome_;
  uint32_t accepted_ = 0;
  std::vector<Tag> refused_, warned_;
  std::atomic<int> left_{0};
  std::atomic<bool> failed_{false};
  Error error_;
};

}  // namespace gm::event_ingestion
