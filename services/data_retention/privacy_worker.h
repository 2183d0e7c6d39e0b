#pragma once
// Does what privacy requests ask for, on a thread of its own: those that are open at the start, and new ones.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/data_retention/erasure.h"
#include "services/data_retention/player_export.h"
#include "services/data_retention/privacy_settings.h"
#include "services/data_retention/rectification.h"

namespace gm::data_retention {

class PrivacyWorker {
 public:
  // All of these outlive the worker.
  struct Dependencies {
    store::PrivacyStore& requests;
    KeptOutLists& lists;
    store::ErasableLive& live;
    const Clock& clock;
    telemetry::Registry& metrics;
    telemetry::Logger logger;
    ErasurePlaces places;
    PlayerExport& exports;
  };
  PrivacyWorker(Dependencies dependencies, const PrivacySettings& settings);
  ~PrivacyWorker();  // stops

  void start();
  // Ends at the next step, or page of an export; the next start goes on with it.
  void stop();
  // There is a new request.
  void wake();

 private:
  using Requests = std::vector<store::PrivacyRequest>;
  void run();
  // Milliseconds until the next look.
  int64_t work();
  // Of one kind; whether all of them are done.
  bool work_on(const Requests& requests);
  std::optional<StepTrouble> lift(const store::PrivacyRequest& request);
  bool report_or_done(const Requests& requests, const std::optional<StepTrouble>& trouble);
  void report(const Requests& requests, const StepTrouble& trouble);
  void tell_metrics(const Requests& open);
  bool pause(int64_t ms);

  const Dependencies deps_;
  const PrivacySettings settings_;
  Erasure erasure_;
  Rectification rectification_;
  const PlayerIds players_;
  std::string failing_;  // of the thread: the code that the log has heard of
  int64_t retry_ms_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace gm::data_retention
