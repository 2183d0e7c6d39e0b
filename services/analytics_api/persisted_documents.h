#pragma once
// Private to this folder: GraphQL documents that clients name by their SHA-256 instead of sending them. Beside the
// declared ones those that a client registers itself, by sending hash and text once (automatic persisted queries).

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "services/analytics_api/declared_documents.h"
#include "services/analytics_api/graphql_request.h"

namespace gm::analytics_api {

// Safe to use from several threads.
class PersistedDocuments {
 public:
  // `only`: nothing but declared documents is run. `bytes_max`: of registered ones; those not used for longest go.
  PersistedDocuments(DeclaredDocuments declared, bool only, size_t bytes_max)
      : declared_(std::move(declared)), only_(only), bytes_max_(bytes_max) {}

  // The text that a request means. Errors: gm-graphql-persisted-unknown (send hash and text),
  // gm-graphql-persisted-mismatch, gm-graphql-persisted-only.
  Result<std::string> text_of(ProjectId project, const GraphqlRequest& request);
  // A request's document is valid: if it came with its hash, the hash alone will do from now on.
  void remember(ProjectId project, const GraphqlRequest& request);

 private:
  struct Registered {
    std::string key, text;
  };

  const DeclaredDocuments declared_;
  const bool only_;
  const size_t bytes_max_;
  std::mutex mutex_;
  std::list<Registered> used_;  // the latest first
  std::unordered_map<std::string_view, std::list<Registered>::iterator> by_key_;
  size_t bytes_ = 0;
};

}  // namespace gm::analytics_api
