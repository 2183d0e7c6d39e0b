#include "services/analytics_api/persisted_documents.h"

#include <fmt/format.h>

#include <utility>

namespace gm::analytics_api {
namespace {

std::string key_of(ProjectId project, const std::string& hash) { return fmt::format("{} {}", project.value(), hash); }

}  // namespace

Result<std::string> PersistedDocuments::text_of(ProjectId project, const GraphqlRequest& request) {
  const bool named = !request.document_hash.empty();
  if (!named && !only_) return request.query;
  const std::string own_hash = request.query.empty() ? request.document_hash : document_hash(request.query);
  if (named && own_hash != request.document_hash) {
    return Error{"gm-graphql-persisted-mismatch", "the hash is not the SHA-256 of the document"};
  }
  if (const std::string* declared = declared_.find(project, own_hash)) return *declared;
  if (only_) {
    return Error{"gm-graphql-persisted-only", "only documents that were declared beforehand are run here"};
  }
  if (!request.query.empty()) return request.query;
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(project, own_hash));
  // The words are those that clients of automatic persisted queries wait for.
  if (found == by_key_.end()) return Error{"gm-graphql-persisted-unknown", "PersistedQueryNotFound"};
  used_.splice(used_.begin(), used_, found->second);
  return found->second->text;
}

void PersistedDocuments::remember(ProjectId project, const GraphqlRequest& request) {
  if (only_ || request.document_hash.empty() || request.query.empty()) return;
  std::string key = key_of(project, request.document_hash);
  const size_t bytes = key.size() + request.query.size() + sizeof(Registered);
  const std::lock_guard lock(mutex_);
  if (bytes > bytes_max_ || by_key_.count(key) > 0) return;
  used_.push_front({std::move(key), request.query});
  by_key_.emplace(used_.front().key, used_.begin());
  bytes_ += bytes;
  while (bytes_ > bytes_max_) {
    const Registered& oldest = used_.back();
    bytes_ -= oldest.key.size() + oldest.text.size() + sizeof(Registered);
    by_key_.erase(oldest.key);
    used_.pop_back();
  }
}

}  // namespace gm::analytics_api
