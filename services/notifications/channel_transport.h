#pragma once
// The way of each kind of channel.

#include <atomic>

#include "services/notifications/mail_transport.h"
#include "services/notifications/webhook_transport.h"

namespace gm::notifications {

class ChannelTransport final : public Transport {
 public:
  ChannelTransport(const NotificationSettings& settings, mail::MailSettings mail)
      : http_(settings, [this] { return stopping_.load(); }),
        mail_(std::move(mail), [this] { return stopping_.load(); }) {}

  Sent send(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) const override {
    if (channel.kind == store::ChannelKind::email) return mail_.send(channel, delivery, now_ms);
    return http_.send(channel, delivery, now_ms);
  }
  // What is being sent is broken off, and sent again by the next process.
  void stop() { stopping_ = true; }

 private:
  std::atomic<bool> stopping_ = false;
  const WebhookTransport http_;
  const MailTransport mail_;
};

}  // namespace gm::notifications
