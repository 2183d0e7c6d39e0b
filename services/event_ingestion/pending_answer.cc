#include "services/event_ingestion/pending_answer.h"

namespace gm::event_ingestion {
namespace {

Error from_log(const Error& error) {
  if (error.code == "gm-log-full") return {"gm-overloaded", "the log cannot take more at the moment: " + error.message};
  return {"gm-log-unavailable", "events cannot be stored at the moment: " + error.message};
}

}  // namespace

void PendingAnswer::settle(const Result<log::Offset>& result) {
  if (!result.ok() && !failed_.exchange(true)) error_ = result.error();
  if (--left_ > 0) return;
  if (failed_) {
    const Error error = from_log(error_);
    metrics_.failed(error.code);
    respond_(failure_(error));
    return;
  }
  metrics_.stored(outcome_, accepted_, refused_, warned_);
  respond_(std::move(success_));
}

}  // namespace gm::event_ingestion
