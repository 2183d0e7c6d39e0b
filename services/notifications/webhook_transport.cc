#include "services/notifications/webhook_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "lib/base/time.h"
#include "lib/security/webhook_signature.h"
#include "services/notifications/message_text.h"

namespace gm::notifications {
namespace {

constexpr int kOkFirst = 200, kOkLast = 299, kGone = 410;
constexpr size_t kAnswerBytesKept = 500;
constexpr int64_t kWaitMaxMs = kMsPerDay;

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is still sent (RFC 9110, 5.6.7).
std::optional<int64_t> http_date_ms(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return int64_t{timegm(&parts)} * kMsPerSecond;
}

http::ClientHeaders plain_headers() { return {{"Content-Type", "application/json"}, {"User-Agent", "gamemetrics"}}; }

http::ClientHeaders signed_headers(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) {
  const int64_t timestamp_s = now_ms / kMsPerSecond;
  http::ClientHeaders headers = plain_headers();
  headers.emplace_back("webhook-id", delivery.id);
  headers.emplace_back("webhook-timestamp", std::to_string(timestamp_s));
  headers.emplace_back("webhook-signature",
                       security::webhook_signature(channel.secret, delivery.id, timestamp_s, delivery.body));
  return headers;
}

}  // namespace

std::optional<int64_t> retry_after_ms(std::string_view header, int64_t now_ms) {
  if (header.empty()) return std::nullopt;
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (end == header.data() + header.size()) {
    if (error == std::errc() && seconds >= 0 && seconds < kWaitMaxMs / kMsPerSecond) return seconds * kMsPerSecond;
    return seconds < 0 ? std::nullopt : std::optional(kWaitMaxMs);
  }
  const auto moment = http_date_ms(std::string(header));
  if (!moment) return std::nullopt;
  return std::clamp<int64_t>(*moment - now_ms, 0, kWaitMaxMs);
}

WebhookTransport::WebhookTransport(const NotificationSettings& settings, std::function<bool()> stopping)
    : client_({settings.timeout_ms, settings.plain_http, kAnswerBytesKept,
               [networks = settings.allowed_networks](const IpAddress& address) { return networks.may_call(address); },
               std::move(stopping)}) {}

Sent WebhookTransport::send(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) const {
  const bool slack = channel.kind == store::ChannelKind::slack;
  const std::string body = slack ? slack_body(text_of(delivery.body)) : delivery.body;
  const auto answer =
      client_.post(channel.target, slack ? plain_headers() : signed_headers(channel, delivery, now_ms), body);
  Sent sent;
  if (!answer) {
    sent.trouble = answer.error().message;
    return sent;
  }
  sent.status = answer->status;
  sent.answer = answer->body;
  sent.taken = answer->status >= kOkFirst && answer->status <= kOkLast;
  sent.gone = answer->status == kGone;
  if (!sent.taken) {
    sent.trouble = fmt::format("answered {}", answer->status);
    sent.wait_ms = retry_after_ms(answer->header("Retry-After"), now_ms);
  }
  return sent;
}

}  // namespace gm::notifications
