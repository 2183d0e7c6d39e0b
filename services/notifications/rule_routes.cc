#include <algorithm>
#include <array>

#include "lib/base/uuid.h"
#include "services/notifications/alert_step.h"
#include "services/notifications/route_call.h"

namespace gm::notifications {
namespace {

using http::Method;
using http::Response;
using query::ObjectReader;

constexpr size_t kChannelsOfARuleMax = 20;
constexpr int kRemovalsTried = 5;
constexpr int kCreated = 201;

Error unknown_rule() { return {"gm-rule-unknown", "the project has no such alert rule"}; }

std::string_view phase_name(store::AlertPhase phase) {
  constexpr std::array names = {"ok", "pending", "firing"};
  return names.at(static_cast<size_t>(phase));
}

OrderedJson number_json(const std::optional<double>& value) { return value ? OrderedJson(*value) : OrderedJson(); }

OrderedJson rule_json(const store::WatchedRule& watched) {
  const store::RuleState& state = watched.state;
  OrderedJson json = {{"id", watched.rule.id}, {"name", watched.rule.name}};
  const OrderedJson definition = OrderedJson::parse(watched.rule.definition);
  for (const auto& [name, value] : definition.items()) json[name] = value;
  json["channels"] = watched.rule.channels;
  json["enabled"] = watched.rule.enabled;
  json["created_at"] = moment_json(watched.rule.created_ms);
  json["state"] = {{"phase", phase_name(state.phase)},
                   {"since", moment_json(state.since_ms)},
                   {"judged_at", moment_json(state.judged_ms)},
                   {"period", text_json(state.period)},
                   {"value", number_json(state.value)},
                   {"not_judged", text_json(state.remark)},
                   {"alert", text_json(state.alert)}};
  return json;
}

OrderedJson alert_json(const store::Alert& alert) {
  return {{"id", alert.id},
          {"rule", alert.rule},
          {"rule_name", alert.rule_name},
          {"state", alert.ended_ms == 0 ? "firing" : "resolved"},
          {"summary", alert.summary},
          {"value", number_json(alert.value)},
          {"started_at", moment_json(alert.started_ms)},
          {"ended_at", moment_json(alert.ended_ms)}};
}

// Those of the project; complains about others.
Result<std::vector<std::string>> read_channels(Call& call, ObjectReader& object) {
  const auto known = call.d.store.channels(call.project());
  if (!known) return known.error();
  std::vector<std::string> channels;
  if (!object.has("channels")) {
    object.complain("channels", "is missing");
    return channels;
  }
  for (const query::Json* each : object.list("channels", kChannelsOfARuleMax)) {
    const std::string id = each->is_string() ? each->get<std::string>() : "";
    if (std::ranges::find(*known, id, &store::Channel::id) == known->end()) {
      object.complain("channels", "holds something that is no channel's id of the project");
    } else if (std::ranges::find(channels, id) == channels.end()) {
      channels.push_back(id);
    }
  }
  return channels;
}

struct ReadRule {
  store::AlertRule rule;
  RuleDefinition definition;
};

// Of use only when the call has no problems.
Result<ReadRule> read_rule(Call& call) {
  ReadRule read;
  const query::Json body = call.body();
  ObjectReader object(body, "", call.problems);
  if (!object.has("name")) object.complain("name", "is missing");
  read.rule.project = call.project();
  read.rule.name = object.text_or("name", kAlertNameBytesMax, "");
  read.rule.enabled = object.flag("enabled", true);
  read.definition = read_definition(object);
  auto channels = read_channels(call, object);
  if (!channels) return channels.error();
  read.rule.channels = std::move(*channels);
  if (call.problems.empty()) read.rule.definition = definition_json(read.definition).dump();
  return read;
}

Result<Response> list_rules(Call& call) {
  const auto rules = call.d.store.rules(call.project());
  if (!rules) return rules.error();
  OrderedJson json = {{"rules", OrderedJson::array()}};
  for (const store::WatchedRule& one : *rules) json["rules"].push_back(rule_json(one));
  return answered(json);
}

Result<store::WatchedRule> find_rule(const Call& call) {
  auto found = call.d.store.rule(call.project(), call.request.path_parameters.front());
  if (!found) return found.error();
  if (!*found) return unknown_rule();
  return std::move(**found);
}

Result<Response> show_rule(Call& call) {
  const auto found = find_rule(call);
  if (!found) return found.error();
  return answered(rule_json(*found));
}

Result<Response> add_rule(Call& call) {
  auto read = read_rule(call);
  if (!read) return read.error();
  if (!call.problems.empty()) return nothing();
  const auto known = call.d.store.rules(call.project());
  if (!known) return known.error();
  if (known->size() >= call.d.settings.rules_max)
    return Error{"gm-rules-full", "the project has as many alert rules as notifications.rules_max allows"};
  store::AlertRule& rule = read->rule;
  rule.created_ms = call.d.clock.now_ms();
  rule.id = Uuid::v7(rule.created_ms, call.d.random).to_string();
  if (Status noted = call.note("alert_rule.created", "alert_rule:" + rule.id, "", rule.name); !noted)
    return noted.error();
  if (Status added = call.d.store.add_rule(rule); !added) return added.error();
  call.d.wake();
  return answered(rule_json({rule, {}}), kCreated);
}

Result<Response> change_rule(Call& call) {
  auto found = find_rule(call);
  if (!found) return found.error();
  auto read = read_rule(call);
  if (!read) return read.error();
  if (!call.problems.empty()) return nothing();
  store::AlertRule& rule = read->rule;
  rule.id = found->rule.id;
  rule.created_ms = found->rule.created_ms;
  if (Status noted = call.note("alert_rule.changed", "alert_rule:" + rule.id, found->rule.name, rule.name); !noted)
    return noted.error();
  const auto changed = call.d.store.change_rule(rule);
  if (!changed) return changed.error();
  if (!*changed) return unknown_rule();
  call.d.wake();
  return answered(rule_json({rule, found->state}));
}

Result<Response> remove_rule(Call& call) {
  // An alert may begin or end between reading the rule and removing it.
  for (int attempt = 0; attempt < kRemovalsTried; ++attempt) {
    const auto found = find_rule(call);
    if (!found) return found.error();
    const std::string object = "alert_rule:" + found->rule.id;
    if (attempt == 0) {
      if (Status noted = call.note("alert_rule.removed", object, found->rule.name, ""); !noted) return noted.error();
    }
    const store::RuleStep last = last_step(*found, "the rule was removed", {call.d.clock.now_ms(), call.d.random});
    const auto removed = call.d.store.remove_rule(call.project(), last);
    if (!removed) return removed.error();
    if (!*removed) continue;
    call.d.wake();
    return nothing();
  }
  return unknown_rule();
}

// What the rule would say now; it changes nothing.
Result<Response> preview(Call& call) {
  auto read = read_rule(call);
  if (!read) return read.error();
  if (!call.problems.empty()) return nothing();
  const auto reading = call.d.reader.read(call.project(), read->definition, call.d.clock.now_ms());
  if (!reading) return reading.error();
  const Verdict verdict = judge(read->definition, reading->zone, reading->periods);
  return answered({{"judged", verdict.judged},
                   {"holds", verdict.holds},
                   {"period", text_json(verdict.period.name)},
                   {"value", number_json(verdict.period.value)},
                   {"expected", {{"low", number_json(verdict.low)}, {"high", number_json(verdict.high)}}},
                   {"summary", text_json(verdict.summary)},
                   {"not_judged", text_json(verdict.remark)}});
}

Result<Response> list_alerts(Call& call) {
  const int64_t limit = call.limit();
  const bool open_only = call.flag("open");
  const auto alerts = call.d.store.alerts(call.project(), open_only, limit);
  if (!alerts) return alerts.error();
  OrderedJson json = {{"alerts", OrderedJson::array()}};
  for (const store::Alert& one : *alerts) json["alerts"].push_back(alert_json(one));
  return answered(json);
}

Result<Response> show_alert(Call& call) {
  const auto found = call.d.store.alert(call.project(), call.request.path_parameters.front());
  if (!found) return found.error();
  if (!*found) return Error{"gm-alert-unknown", "the project has no such alert"};
  return answered(alert_json(**found));
}

}  // namespace

void register_alert_routes(http::Router& router, const std::shared_ptr<const AlertRoutesDependencies>& dependencies) {
  const auto add = [&](Method method, const char* pattern, CallHandler handler) {
    add_call(router, method, pattern, dependencies, std::move(handler));
  };
  add(Method::get, "/api/v1/alerts", list_alerts);
  add(Method::get, "/api/v1/alerts/{alert}", show_alert);
  add(Method::get, "/api/v1/alert-rules", list_rules);
  add(Method::post, "/api/v1/alert-rules", add_rule);
  add(Method::post, "/api/v1/alert-rules/preview", preview);
  add(Method::get, "/api/v1/alert-rules/{rule}", show_rule);
  add(Method::put, "/api/v1/alert-rules/{rule}", change_rule);
  add(Method::del, "/api/v1/alert-rules/{rule}", remove_rule);
}

}  // namespace gm::notifications
