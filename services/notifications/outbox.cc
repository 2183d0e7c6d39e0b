#include "services/notifications/outbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/telemetry/catalog_notifications.h"
#include "services/notifications/retry_schedule.h"

namespace gm::notifications {
namespace {

using store::DeliveryState;

constexpr double kMsPerSecondReal = 1000.0;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr std::string_view kUnknown = "unknown";  // the channel is gone

void finish(store::Delivery& delivery, DeliveryState state, std::string reason, int64_t now_ms) {
  delivery.state = state;
  delivery.reason = std::move(reason);
  delivery.finished_ms = now_ms;
}

}  // namespace

bool Outbox::send_next() {
  auto delivery = take();
  if (!delivery) return false;
  const std::string channel = delivery->channel;
  const bool done = send(std::move(*delivery));
  release(channel);
  return done;
}

std::optional<store::Delivery> Outbox::take() {
  const std::lock_guard lock(mutex_);
  auto due = d_.store.next_due(d_.clock.now_ms(), {busy_.begin(), busy_.end()});
  if (!due) {
    report("the outbox cannot be read", due.error());
    return std::nullopt;
  }
  if (*due) busy_.insert((*due)->channel);
  return std::move(*due);
}

void Outbox::release(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  busy_.erase(channel);
}

// The attempt and when the next one is are on the disk before anything is sent. A process that ends in between sends
// the message again with the same id and bytes: it may arrive twice, never not at all, and it cannot be sent without
// end.
Status Outbox::begin(store::Delivery& delivery, store::DeliveryAttempt& attempt) {
  attempt.number = ++delivery.attempts;
  attempt.started_ms = d_.clock.now_ms();
  const bool last = attempt.number >= kAttemptsMax;
  delivery.next_ms = attempt.started_ms + retry_delay_ms(last ? kAttemptsMax - 1 : attempt.number, d_.random);
  return d_.store.begin_attempt(delivery.id, attempt, delivery.next_ms);
}

bool Outbox::send(store::Delivery delivery) {
  if (delivery.attempts >= kAttemptsMax)  // the process ended within the last one
    return give_up(std::move(delivery), "what became of the last attempt is not known");
  const auto channel = d_.store.channel(delivery.project, delivery.channel);
  if (!channel) return report("a channel cannot be read", channel.error());
  if (!*channel) return give_up(std::move(delivery), "the channel was removed");
  store::DeliveryAttempt attempt;
  if (const Status begun = begin(delivery, attempt); !begun)
    return report("an attempt cannot be recorded", begun.error());
  const int64_t began_ns = d_.clock.monotonic_ns();
  const Sent sent = d_.transport.send(**channel, delivery, attempt.started_ms);
  attempt.took_ms = (d_.clock.monotonic_ns() - began_ns) / kNsPerMs;
  attempt.status = sent.status;
  attempt.trouble = sent.trouble;
  attempt.answer = sent.answer;
  const std::string_view kind = store::channel_kind_name((*channel)->kind);
  settle(delivery, sent, kind);
  d_.metrics.histogram(telemetry::kNotificationSendDuration, {kind})
      .observe(static_cast<double>(attempt.took_ms) / kMsPerSecondReal);
  if (const Status ended = d_.store.end_attempt(delivery, attempt); !ended)
    return report("the outcome of an attempt cannot be recorded", ended.error());
  return !sent.gone || switch_off(**channel);
}

bool Outbox::give_up(store::Delivery delivery, std::string why) {
  store::DeliveryAttempt attempt;
  attempt.number = delivery.attempts;
  finish(delivery, DeliveryState::dead, std::move(why), d_.clock.now_ms());
  d_.metrics.counter(telemetry::kNotificationDeliveries, {kUnknown, "dead"}).add();
  const Status ended = d_.store.end_attempt(delivery, attempt);
  return ended ? true : report("the end of a message cannot be recorded", ended.error());
}

void Outbox::settle(store::Delivery& delivery, const Sent& sent, std::string_view kind) {
  const int64_t now_ms = d_.clock.now_ms();
  const auto count = [&](std::string_view outcome) {
    d_.metrics.counter(telemetry::kNotificationDeliveries, {kind, outcome}).add();
  };
  if (sent.taken) {
    finish(delivery, DeliveryState::delivered, "", now_ms);
    return count("delivered");
  }
  if (sent.gone || delivery.attempts >= kAttemptsMax) {
    const std::string why = sent.gone ? "the receiver is gone" : fmt::format("{} attempts", delivery.attempts);
    finish(delivery, DeliveryState::dead, why + ": " + sent.trouble, now_ms);
    d_.logger.warn("a notification is given up",
                   {{"delivery", delivery.id}, {"channel", delivery.channel}, {"reason", delivery.reason}});
    return count("dead");
  }
  // The delay is from the attempt's beginning, which may be long ago by now.
  delivery.next_ms = std::max(delivery.next_ms, now_ms + sent.wait_ms.value_or(kRetryDelayMinMs));
  count("failed");
}

// Unless it was given another receiver meanwhile.
bool Outbox::switch_off(const store::Channel& sent_to) {
  auto known = d_.store.channel(sent_to.project, sent_to.id);
  if (!known) return report("a channel cannot be read", known.error());
  if (!*known || (*known)->target != sent_to.target) return true;
  store::Channel channel = std::move(**known);
  channel.enabled = false;
  channel.trouble = "the receiver answered 410 Gone";
  const auto changed = d_.store.change_channel(channel, d_.clock.now_ms());
  if (!changed) return report("a channel cannot be switched off", changed.error());
  d_.logger.warn("a channel was switched off: its receiver answered 410 Gone", {{"channel", channel.id}});
  return true;
}

void Outbox::tell_metrics() const {
  const auto counts = d_.store.outbox();
  if (!counts) {
    report("the outbox cannot be read", counts.error());
    return;
  }
  const int64_t age_ms = counts->waiting == 0 ? 0 : d_.clock.now_ms() - counts->oldest_ms;
  d_.metrics.gauge(telemetry::kNotificationsWaiting).set(static_cast<double>(counts->waiting));
  d_.metrics.gauge(telemetry::kNotificationsOldest).set(static_cast<double>(age_ms) / kMsPerSecondReal);
}

bool Outbox::report(std::string_view doing, const Error& error) const {
  d_.metrics.counter(telemetry::kNotificationErrors).add();
  d_.logger.error("notifications: the store failed; it is tried again",
                  {{"doing", doing}, {"code", error.code}, {"detail", error.message}});
  return false;
}

}  // namespace gm::notifications
