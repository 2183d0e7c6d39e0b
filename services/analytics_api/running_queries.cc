#include "services/analytics_api/running_queries.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/base/utf8.h"
#include "lib/telemetry/catalog_queries.h"

namespace gm::analytics_api {
namespace {

constexpr size_t kIdLengthMax = 64;
constexpr size_t kTextBytesMax = 2000;

bool is_id(std::string_view text) {
  return text.size() <= kIdLengthMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

// What of a text is shown; never half a character.
std::string shown(std::string_view text) {
  if (text.size() <= kTextBytesMax) return replace_invalid_utf8(text);
  size_t end = kTextBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return replace_invalid_utf8(text.substr(0, end)) + " ...";
}

}  // namespace

RunningQuery::RunningQuery(security::Principal principal, std::string id, std::string kind, std::string text,
                           int64_t started_ms, const std::stop_token& client_gone)
    : principal_(principal),
      id_(std::move(id)),
      kind_(std::move(kind)),
      text_(std::move(text)),
      started_ms_(started_ms),
      on_gone_(client_gone, Cancel{*this}) {}

void RunningQuery::cancel(CancelledBy by) {
  CancelledBy nobody = CancelledBy::nobody;
  if (by_.compare_exchange_strong(nobody, by)) stop_.request_stop();
}

RunningQueries::RunningQueries(const Clock& clock, telemetry::Registry& telemetry)
    : clock_(clock), telemetry_(telemetry), running_(telemetry.gauge(telemetry::kQueriesRunning)) {}

Result<std::shared_ptr<RunningQuery>> RunningQueries::enter(const http::Request& request, security::Principal principal,
                                                            std::string_view kind, std::string_view text) {
  std::string id(request.header("x-query-id"));
  if (!is_id(id)) {
    return Error{"gm-query-id-invalid",
                 fmt::format("X-Query-Id is not 1 to {} letters, digits, '_' or '-'", kIdLengthMax)};
  }
  const std::lock_guard lock(mutex_);
  // A trace may hold many questions.
  if (id.empty()) id = fmt::format("{}-{}", request.trace_id, ++last_);
  Key key{principal.project, id};
  if (queries_.contains(key)) {
    return Error{"gm-query-id-taken", fmt::format("a question with the id '{}' is being answered", id)};
  }
  auto made = std::make_unique<RunningQuery>(principal, std::move(id), std::string(kind), shown(text), clock_.now_ms(),
                                             request.client_gone);
  std::shared_ptr<RunningQuery> query(made.release(), [this](RunningQuery* ended) {
    leave(*ended);
    delete ended;
  });
  queries_[std::move(key)] = query;
  running_.set(static_cast<double>(queries_.size()));
  return query;
}

void RunningQueries::leave(const RunningQuery& query) {
  const CancelledBy by = query.by_.load();
  if (by != CancelledBy::nobody) {
    telemetry_.counter(telemetry::kQueriesCancelled, {by == CancelledBy::request ? "request" : "client_gone"}).add();
  }
  const std::lock_guard lock(mutex_);
  queries_.erase({query.principal_.project, query.id_});
  running_.set(static_cast<double>(queries_.size()));
}

std::shared_ptr<RunningQuery> RunningQueries::find(const Key& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = queries_.find(key);
  return found == queries_.end() ? nullptr : found->second.lock();
}

Status RunningQueries::cancel(ProjectId project, const std::string& id) {
  const auto query = find({project, id});
  if (!query) return Error{"gm-query-unknown", fmt::format("no question with the id '{}' is being answered", id)};
  query->cancel(CancelledBy::request);
  return {};
}

std::vector<RunningNote> RunningQueries::list(ProjectId project) const {
  std::vector<std::shared_ptr<RunningQuery>> kept;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, query] : queries_) {
      if (key.first != project) continue;
      if (auto running = query.lock()) kept.push_back(std::move(running));
    }
  }
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return std::pair(a->started_ms_, a->id_) < std::pair(b->started_ms_, b->id_);
  });
  std::vector<RunningNote> notes;
  for (const auto& query : kept) {
    notes.push_back({query->id_, query->kind_, query->text_, query->principal_.key, query->started_ms_, query->rows_,
                     query->bytes_, query->by_ != CancelledBy::nobody});
  }
  return notes;
}

}  // namespace gm::analytics_api
