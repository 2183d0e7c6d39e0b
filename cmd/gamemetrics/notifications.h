#pragma once
// Alerts of a running server: what their service needs, from the adapters and the other services.

#include <functional>
#include <memory>
#include <string>

#include "lib/base/random.h"
#include "lib/behavior/behavior_index.h"
#include "lib/config/settings.h"
#include "lib/identity/identity_store.h"
#include "lib/store/analytics_store.h"
#include "lib/store/notification_store.h"
#include "services/analytics_api/analytics_api.h"
#include "services/notifications/alert_routes.h"
#include "services/notifications/channel_transport.h"
#include "services/notifications/notification_worker.h"

namespace gm::gamemetrics {

// The notification store's file inside data_dir.
inline constexpr std::string_view kNotificationsFile = "notifications.sqlite";
Result<std::unique_ptr<store::NotificationStore>> open_notification_store(const config::Settings& settings);

class Notifications {
 public:
  // All of these outlive it; `behavior` may be null.
  struct Dependencies {
    const config::Settings& settings;
    mail::MailSettings mail;
    Random& random;
    const Clock& clock;
    telemetry::Registry& metrics;
    telemetry::Logger logger;
    store::NotificationStore& store;
    store::AnalyticsStore& analytics;
    store::MetadataStore& metadata;
    store::SchemaDeclarations& declarations;
    behavior::BehaviorIndex* behavior;
    identity::IdentityStore& identity;
    std::function<std::string(const http::Request&)> client_address;
    analytics_api::PipelineStatus pipeline;
  };
  // Error gm-config-invalid-value.
  static Result<std::unique_ptr<Notifications>> make(Dependencies dependencies);

  using Authorise = std::function<std::variant<security::Principal, http::Response>(const http::Request&)>;
  void register_routes(http::Router& router, Authorise authorise);
  void start() { worker_.start(); }
  void stop() {
    transport_.stop();
    worker_.stop();
  }

 private:
  Notifications(Dependencies dependencies, const notifications::NotificationSettings& settings);
  int64_t counted_until(const store::Project& project, int64_t now_ms) const;
  Status note(const http::Request& request, const security::Principal& principal, const notifications::Change& change);

  const Dependencies d_;
  const notifications::NotificationSettings settings_;
  const notifications::StoreReader reader_;
  notifications::ChannelTransport transport_;
  notifications::NotificationWorker worker_;
};

}  // namespace gm::gamemetrics
