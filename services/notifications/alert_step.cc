#include "services/notifications/alert_step.h"

#include <fmt/format.h>

#include "lib/base/uuid.h"

namespace gm::notifications {
namespace {

using Json = nlohmann::ordered_json;
using store::AlertPhase;

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

void enter(store::RuleState& state, AlertPhase phase, int64_t now_ms) {
  if (state.phase == phase) return;
  state.phase = phase;
  state.since_ms = now_ms;
}

Json alert_data(const store::AlertRule& rule, std::string_view alert, std::string_view state,
                std::string_view summary) {
  return {{"alert", {{"id", alert}, {"state", state}}},
          {"rule", {{"id", rule.id}, {"name", rule.name}}},
          {"project", rule.project.value()},
          {"summary", summary}};
}

Json judged_data(const store::AlertRule& rule, const RuleDefinition& definition, const Verdict& verdict,
                 std::string_view alert, std::string_view state) {
  Json data = alert_data(rule, alert, state, verdict.summary);
  data[definition.metric == nullptr ? "signal" : "metric"] = name_of(definition);
  if (!is_of_now(definition.signal)) data["window"] = window_name(definition.window);
  data["period"] = verdict.period.name;
  data["value"] = optional_number(verdict.period.value);
  data["expected"] = {{"low", optional_number(verdict.low)}, {"high", optional_number(verdict.high)}};
  data["recent"] = Json::array();
  for (const Period& period : verdict.recent)
    data["recent"].push_back({{"period", period.name}, {"value", optional_number(period.value)}});
  return data;
}

void tell_all(store::RuleStep& step, const store::AlertRule& rule, std::string_view alert, std::string_view type,
              const Json& data, const Moment& moment) {
  for (const std::string& channel : rule.channels)
    step.deliveries.push_back(delivery_to(rule.project, channel, alert, type, data, moment));
}

void begin_alert(store::RuleStep& step, const store::AlertRule& rule, const RuleDefinition& definition,
                 const Verdict& verdict, const Moment& moment) {
  store::Alert alert;
  alert.id = Uuid::v7(moment.now_ms, moment.random).to_string();
  alert.project = rule.project;
  alert.rule = rule.id;
  alert.rule_name = rule.name;
  alert.summary = verdict.summary;
  alert.value = verdict.period.value;
  alert.started_ms = moment.now_ms;
  step.state.alert = alert.id;
  tell_all(step, rule, alert.id, kAlertFired, judged_data(rule, definition, verdict, alert.id, "firing"), moment);
  step.begun = std::move(alert);
}

void end_alert(store::RuleStep& step, const store::AlertRule& rule, const Json& data, const Moment& moment) {
  step.ended = std::exchange(step.state.alert, {});
  tell_all(step, rule, step.ended, kAlertResolved, data, moment);
}

store::RuleStep begin_step(const store::WatchedRule& watched, const Moment& moment) {
  store::RuleStep step;
  step.rule = watched.rule.id;
  step.state = watched.state;
  step.state.judged_ms = moment.now_ms;
  step.now_ms = moment.now_ms;
  return step;
}

}  // namespace

store::Delivery delivery_to(ProjectId project, std::string_view channel, std::string_view alert, std::string_view type,
                            const Json& data, const Moment& moment) {
  store::Delivery delivery;
  delivery.id = "msg_" + Uuid::v7(moment.now_ms, moment.random).to_string();
  delivery.project = project;
  delivery.channel = channel;
  delivery.alert = alert;
  delivery.type = type;
  const Json body = {{"type", type}, {"timestamp", format_iso8601(moment.now_ms)}, {"data", data}};
  delivery.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  delivery.created_ms = moment.now_ms;
  delivery.next_ms = moment.now_ms;
  return delivery;
}

store::RuleStep step_of(const store::WatchedRule& watched, const RuleDefinition& definition, const Verdict& verdict,
                        const Moment& moment) {
  store::RuleStep step = begin_step(watched, moment);
  store::RuleState& state = step.state;
  state.period = verdict.period.name;
  state.value = verdict.period.value;
  state.remark = verdict.remark;
  if (!verdict.judged) return step;
  if (state.phase == AlertPhase::firing) {
    if (!verdict.cleared) return step;
    end_alert(step, watched.rule, judged_data(watched.rule, definition, verdict, state.alert, "resolved"), moment);
    enter(state, AlertPhase::ok, moment.now_ms);
    return step;
  }
  if (!verdict.holds) {
    enter(state, AlertPhase::ok, moment.now_ms);
    return step;
  }
  enter(state, AlertPhase::pending, moment.now_ms);
  if (moment.now_ms - state.since_ms < definition.for_seconds * kMsPerSecond) return step;
  enter(state, AlertPhase::firing, moment.now_ms);
  begin_alert(step, watched.rule, definition, verdict, moment);
  return step;
}

store::RuleStep unread_step(const store::WatchedRule& watched, std::string remark, const Moment& moment) {
  store::RuleStep step = begin_step(watched, moment);
  step.state.remark = std::move(remark);
  return step;
}

store::RuleStep last_step(const store::WatchedRule& watched, std::string_view why, const Moment& moment) {
  store::RuleStep step = begin_step(watched, moment);
  step.state.judged_ms = watched.state.judged_ms;
  enter(step.state, AlertPhase::ok, moment.now_ms);
  if (!watched.state.alert.empty()) {
    const std::string summary = fmt::format("{}: {}", watched.rule.name, why);
    end_alert(step, watched.rule, alert_data(watched.rule, watched.state.alert, "resolved", summary), moment);
  }
  return step;
}

}  // namespace gm::notifications
