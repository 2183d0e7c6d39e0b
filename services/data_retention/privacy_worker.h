#pragma once
// Does what privacy requests ask for, on a thread of its own: those that are open at the start, and new ones.

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/data_retention/erasure.h"
#include "services/data_retention/privacy_settings.h"

namespace gm::data_retention {

class PrivacyWorker {
 public:
  // All of these outlive the worker.
  struct Dependencies {
    store::PrivacyStore& requests;
    security::ErasedIds& erased;
    store::ErasableLive& live;
    const Clock& clock;
    telemetry::Registry& metrics;
    telemetry::Logger logger;
    ErasurePlaces places;
  };
  PrivacyWorker(Dependencies dependencies, const PrivacySettings& settings);
  ~PrivacyWorker();  // stops

  void start();
  // Ends at the next step; the next start goes on with it.
  void stop();
  // There is a new request.
  void wake();

 private:
  void run();
  // Milliseconds until the next look.
  int64_t work();
  void report(const std::vector<store::PrivacyRequest>& requests, const Erasure::Trouble& trouble);
  void tell_metrics(const std::vector<store::PrivacyRequest>& open);
  bool pause(int64_t ms);

  const Dependencies deps_;
  const PrivacySettings settings_;
  Erasure erasure_;
  std::string failing_;  // of the thread: the code that the log has heard of
  int64_t retry_ms_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace gm::data_retention
