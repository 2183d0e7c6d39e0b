#pragma once
// Sends what is recorded, one message at a time of each channel. Several threads may send.

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/notifications/transport.h"

namespace gm::notifications {

class Outbox {
 public:
  // All of these outlive it.
  struct Dependencies {
    store::NotificationStore& store;
    const Transport& transport;
    const Clock& clock;
    Random& random;
    telemetry::Registry& metrics;
    telemetry::Logger logger;
  };
  explicit Outbox(Dependencies dependencies) : d_(std::move(dependencies)) {}

  // Sends the message whose turn it is; false: there is none, or the store failed.
  bool send_next();
  void tell_metrics() const;

 private:
  std::optional<store::Delivery> take();
  void release(const std::string& channel);
  bool send(store::Delivery delivery);
  bool give_up(store::Delivery delivery, std::string why);
  Status begin(store::Delivery& delivery, store::DeliveryAttempt& attempt);
  void settle(store::Delivery& delivery, const Sent& sent, std::string_view kind);
  bool switch_off(const store::Channel& sent_to);
  bool report(std::string_view doing, const Error& error) const;  // false

  const Dependencies d_;
  std::mutex mutex_;
  std::set<std::string> busy_;  // channels
};

}  // namespace gm::notifications
