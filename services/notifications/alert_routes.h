#pragma once
// /api/v1/alerts/...: docs/reference/notifications.md.

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/http/message.h"
#include "lib/security/keys.h"
#include "lib/store/notification_store.h"
#include "services/notifications/metric_reader.h"
#include "services/notifications/notification_settings.h"

namespace gm::notifications {

// Into the log of changes: what was done ("alert_rule.created") to what ("alert_rule:<id>").
struct Change {
  std::string_view action;
  std::string object;
  std::string before, after;  // JSON objects; empty: there was or is nothing
};

// Everything outlives the router.
struct AlertRoutesDependencies {
  store::NotificationStore& store;
  const MetricReader& reader;
  const Clock& clock;
  Random& random;
  // Who asks, or the refusal to send: the one place where that is decided is with whoever makes the routes.
  std::function<std::variant<security::Principal, http::Response>(const http::Request&)> authorise;
  std::function<Status(const http::Request&, const security::Principal&, const Change&)> note;
  std::function<void()> wake;  // there is something to look at or to send
  NotificationSettings settings;
};

// Rules and alerts; channels and deliveries.
void register_alert_routes(http::Router& router, const std::shared_ptr<const AlertRoutesDependencies>& dependencies);
void register_channel_routes(http::Router& router, const std::shared_ptr<const AlertRoutesDependencies>& dependencies);

}  // namespace gm::notifications
