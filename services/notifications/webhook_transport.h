#pragma once
// Messages by HTTP: signed as Standard Webhooks has it, or in the form of Slack's incoming webhooks.

#include <functional>

#include "lib/http/guarded_client.h"
#include "services/notifications/notification_settings.h"
#include "services/notifications/transport.h"

namespace gm::notifications {

class WebhookTransport final : public Transport {
 public:
  // `stopping`: see http::GuardedOptions.
  explicit WebhookTransport(const NotificationSettings& settings, std::function<bool()> stopping = {});
  Sent send(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) const override;

 private:
  const http::GuardedClient client_;
};

// Of "120" or an HTTP date, at most a day; nullopt when it is neither.
std::optional<int64_t> retry_after_ms(std::string_view header, int64_t now_ms);

}  // namespace gm::notifications
