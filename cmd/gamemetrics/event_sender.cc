#include "cmd/gamemetrics/event_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "cmd/gamemetrics/api_client.h"

namespace gm::gamemetrics {
namespace {

constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;

// Answers that the same request may not get a second time.
bool worth_retrying(int status) { return status == kTooManyRequests || status == 408 || status >= kServerErrors; }

std::optional<int64_t> retry_after_ms(const http::ClientResponse& response) {
  const std::string_view text = response.header("Retry-After");
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return seconds * 1000;
}

}  // namespace

void SendCounts::merge(const SendCounts& other) {
  requests += other.requests;
  sent += other.sent;
  accepted += other.accepted;
  rejected += other.rejected;
  retried += other.retried;
  for (const auto& [reason, count] : other.rejected_by_reason) rejected_by_reason[reason] += count;
  latency.merge(other.latency);
}

std::string without_trailing_slash(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

EventSender::EventSender(std::string url, std::string key, const Clock& clock, Sleep sleep, SendPolicy policy)
    : url_(without_trailing_slash(std::move(url)) + "/v1/events"),
      headers_{{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}},
      clock_(clock),
      sleep_(std::move(sleep)),
      policy_(policy),
      jitter_(static_cast<uint64_t>(clock.monotonic_ns())) {}

Status EventSender::send(const MakeBody& make_body, uint32_t events) {
  counts_.sent += events;
  for (int attempt = 1;; ++attempt) {
    const std::string body = make_body(clock_.now_ms());
    const int64_t started = clock_.monotonic_ns();
    const auto response = client_.post(url_, headers_, body);
    ++counts_.requests;
    counts_.latency.observe(static_cast<double>(clock_.monotonic_ns() - started) / 1e6);
    if (response && response->status == 200) return note_answer(response->body, events);
    const Error error = response ? error_of(*response) : response.error();
    if ((response && !worth_retrying(response->status)) || attempt == policy_.attempts_max) return error;
    ++counts_.retried;
    if (!sleep_(wait_ms(attempt, response ? &*response : nullptr)))
      return Error{"gm-send-stopped", "stopped while waiting to try again"};
  }
}

int64_t EventSender::wait_ms(int attempt, const http::ClientResponse* response) {
  if (response != nullptr) {
    if (const auto told = retry_after_ms(*response)) return std::min(*told, policy_.retry_after_max_ms);
  }
  const int64_t longest = std::min(policy_.backoff_max_ms, policy_.backoff_ms << std::min(attempt - 1, 10));
  return longest / 2 + static_cast<int64_t>(jitter_.unit() * static_cast<double>(longest) / 2);
}

Status EventSender::note_answer(const std::string& body, uint32_t events) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("accepted"))
    return Error{"gm-server-unreachable", "the answer is not from a gamemetrics server"};
  const auto accepted = json.value("accepted", uint64_t{0});
  const auto rejected = json.value("rejected", uint64_t{0});
  counts_.accepted += accepted;
  counts_.rejected += rejected;
  if (json.contains("results")) {
    for (const auto& result : json["results"]) {
      if (result.value("verdict", "") == "drop")
        ++counts_.rejected_by_reason[result.value("tag", std::string("unknown"))];
    }
  }
  if (accepted + rejected == events) return {};
  return Error{"gm-answer-inconsistent",
               fmt::format("{} events sent, but {} accepted and {} rejected", events, accepted, rejected)};
}

}  // namespace gm::gamemetrics
