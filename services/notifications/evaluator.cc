#include "services/notifications/evaluator.h"

#include <algorithm>

#include "lib/telemetry/catalog_notifications.h"
#include "services/notifications/alert_step.h"

namespace gm::notifications {
namespace {

// A period's numbers still change for a while by late events, but not from one moment to the next.
constexpr int64_t kLookAgainMs = 10 * kMsPerMinute;

}  // namespace

Evaluator::Evaluator(Dependencies dependencies, const NotificationSettings& settings)
    : d_(std::move(dependencies)), settings_(settings) {}

bool Evaluator::look(const std::atomic<bool>& stopping) {
  const int64_t now_ms = d_.clock.now_ms();
  const auto rules = d_.store.all_rules();
  if (!rules) {
    d_.metrics.counter(telemetry::kAlertEvaluations, {"failed"}).add();
    d_.logger.error("the alert rules cannot be read; they are tried again",
                    {{"code", rules.error().code}, {"detail", rules.error().message}});
    return false;
  }
  bool told = false;
  for (const store::WatchedRule& watched : *rules) {
    if (stopping) return told;
    if (due(watched, now_ms)) told |= look_at(watched, now_ms);
  }
  std::erase_if(looked_, [&](const auto& entry) {
    return std::ranges::none_of(*rules, [&](const store::WatchedRule& one) { return one.rule.id == entry.first; });
  });
  tell_metrics(*rules);
  return told;
}

// At every look: what judges a period that goes on, what waits for its time to fire, and what could not be read. Else
// when the period that can be judged may be another one, or has become old.
bool Evaluator::due(const store::WatchedRule& watched, int64_t now_ms) const {
  const auto found = looked_.find(watched.rule.id);
  if (found == looked_.end() || found->second.definition != watched.rule.definition ||
      found->second.enabled != watched.rule.enabled)
    return true;
  if (!watched.rule.enabled) return false;
  if (found->second.again_soon || watched.state.phase == store::AlertPhase::pending) return true;
  // Periods of every zone begin at whole quarters of an hour.
  constexpr int64_t kQuarterMs = 15 * kMsPerMinute;
  const auto quarter = [this](int64_t ms) { return (ms - settings_.settle_ms) / kQuarterMs; };
  return quarter(now_ms) != quarter(found->second.at_ms) || now_ms - found->second.at_ms >= kLookAgainMs ||
         now_ms < found->second.at_ms;
}

bool Evaluator::look_at(const store::WatchedRule& watched, int64_t now_ms) {
  const Moment moment{now_ms, d_.random};
  const bool enabled = watched.rule.enabled;
  if (!enabled && watched.state.alert.empty() && watched.state.phase == store::AlertPhase::ok) {
    looked_[watched.rule.id] = {watched.rule.definition, false, now_ms, false};
    return false;
  }
  const Step step =
      enabled ? judged_step(watched, now_ms) : Step{last_step(watched, "the rule was switched off", moment), false};
  const Status noted = d_.store.note_step(step.change);
  const char* outcome = !noted ? "failed" : step.change.state.remark.empty() ? "judged" : "not_judged";
  d_.metrics.counter(telemetry::kAlertEvaluations, {outcome}).add();
  if (!noted) {
    d_.logger.error("what a look at an alert rule found cannot be recorded; it is looked at again",
                    {{"rule", watched.rule.id}, {"code", noted.error().code}, {"detail", noted.error().message}});
    return false;
  }
  looked_[watched.rule.id] = {watched.rule.definition, enabled, now_ms, step.again_soon};
  if (step.change.begun) d_.metrics.counter(telemetry::kAlerts, {"fired"}).add();
  if (!step.change.ended.empty()) d_.metrics.counter(telemetry::kAlerts, {"resolved"}).add();
  return !step.change.deliveries.empty();
}

Evaluator::Step Evaluator::judged_step(const store::WatchedRule& watched, int64_t now_ms) {
  const Moment moment{now_ms, d_.random};
  const auto definition = stored_definition(watched.rule.definition);
  if (!definition) return {unread_step(watched, "the rule's metric or filter is not known any more", moment), false};
  const auto reading = d_.reader.read(watched.rule.project, *definition, now_ms);
  if (!reading) {
    if (watched.state.remark.empty()) {
      d_.logger.warn("an alert rule cannot be judged; it is tried again",
                     {{"rule", watched.rule.id}, {"code", reading.error().code}, {"detail", reading.error().message}});
    }
    return {unread_step(watched, reading.error().message, moment), true};
  }
  const Verdict verdict = judge(*definition, reading->zone, reading->periods);
  return {step_of(watched, *definition, verdict, moment), definition->incomplete || is_of_now(definition->signal)};
}

void Evaluator::tell_metrics(const std::vector<store::WatchedRule>& rules) {
  const auto firing = std::ranges::count_if(
      rules, [](const store::WatchedRule& one) { return one.state.phase == store::AlertPhase::firing; });
  d_.metrics.gauge(telemetry::kAlertRules).set(static_cast<double>(rules.size()));
  d_.metrics.gauge(telemetry::kAlertsFiring).set(static_cast<double>(firing));
}

}  // namespace gm::notifications
