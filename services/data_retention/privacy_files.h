#pragma once
// Sends the files that exports have made, each on a thread of its own and no faster than its reader takes it.

#include <atomic>
#include <memory>
#include <string>

#include "lib/http/message.h"
#include "lib/http/worker_pool.h"
#include "lib/store/object_store.h"
#include "lib/store/privacy_store.h"

namespace gm::data_retention {

class PrivacyFiles {
 public:
  // `objects` outlives it. `downloads_max` at once.
  PrivacyFiles(store::ObjectStore& objects, int64_t downloads_max);

  // Errors: gm-privacy-file-gone (not made yet, or its time is over), gm-privacy-busy, gm-object-store-unavailable.
  Result<http::Response> begin(const store::PrivacyRequest& request, std::shared_ptr<http::ResponseStream> stream);

 private:
  void feed(const std::string& name, uint64_t bytes, http::ResponseStream& stream);

  store::ObjectStore& objects_;
  const size_t downloads_max_;
  std::atomic<size_t> running_ = 0;
  http::WorkerPool threads_;  // last: they use the rest
};

}  // namespace gm::data_retention
