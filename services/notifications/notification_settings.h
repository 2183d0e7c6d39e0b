#pragma once
// Names and prose are in lib/config/declarations.cc.

#include <cstddef>
#include <cstdint>

#include "lib/config/settings.h"
#include "lib/mail/mail_sender.h"
#include "lib/security/public_address.h"

namespace gm::notifications {

struct NotificationSettings {
  int64_t interval_ms = 0;                     // notifications.interval
  int64_t settle_ms = 0;                       // notifications.settle
  int64_t timeout_ms = 0;                      // notifications.timeout
  int64_t keep_ms = 0;                         // notifications.keep
  size_t senders = 0;                          // notifications.senders
  size_t rules_max = 0;                        // notifications.rules_max
  size_t channels_max = 0;                     // notifications.channels_max
  bool plain_http = false;                     // notifications.plain_http
  bool mail = false;                           // mail.url says where it goes
  security::AllowedNetworks allowed_networks;  // notifications.allowed_networks

  // Error gm-config-invalid-value.
  static Result<NotificationSettings> from(const config::Settings& settings) {
    auto networks = security::AllowedNetworks::parse(settings.text("notifications.allowed_networks"));
    if (!networks) return Error{networks.error().code, "notifications.allowed_networks: " + networks.error().message};
    const bool mail = !settings.text("mail.url").empty();
    return NotificationSettings{settings.duration_ms("notifications.interval"),
                                settings.duration_ms("notifications.settle"),
                                settings.duration_ms("notifications.timeout"),
                                settings.duration_ms("notifications.keep"),
                                static_cast<size_t>(settings.integer("notifications.senders")),
                                static_cast<size_t>(settings.integer("notifications.rules_max")),
                                static_cast<size_t>(settings.integer("notifications.channels_max")),
                                settings.boolean("notifications.plain_http"),
                                mail,
                                std::move(*networks)};
  }
};

}  // namespace gm::notifications
