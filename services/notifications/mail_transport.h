#pragma once
// Messages by mail: text, HTML and a picture of the periods.

#include "lib/mail/mail_sender.h"
#include "services/notifications/transport.h"

namespace gm::notifications {

class MailTransport final : public Transport {
 public:
  // `stopping`: see mail::MailSender.
  MailTransport(mail::MailSettings settings, std::function<bool()> stopping);
  Sent send(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) const override;

 private:
  const mail::MailSender sender_;
};

// The addresses of an e-mail channel's target.
std::vector<std::string> addresses_of(const std::string& target);

}  // namespace gm::notifications
