#include <array>

#include "lib/base/uuid.h"
#include "lib/http/guarded_client.h"
#include "lib/security/webhook_signature.h"
#include "services/notifications/alert_step.h"
#include "services/notifications/mail_transport.h"
#include "services/notifications/route_call.h"

namespace gm::notifications {
namespace {

using http::Method;
using http::Response;
using query::ObjectReader;

constexpr size_t kUrlBytesMax = 2000;
constexpr int kCreated = 201, kAccepted = 202;
constexpr size_t kAddressesMax = 10;
const std::vector<std::string_view> kKinds = {std::begin(store::kChannelKindNames), std::end(store::kChannelKindNames)};

Error unknown_channel() { return {"gm-channel-unknown", "the project has no such channel"}; }

// The rest of a URL is often all that keeps others from posting to it.
OrderedJson target_json(const store::Channel& channel) {
  if (channel.kind == store::ChannelKind::email) return addresses_of(channel.target);
  return http::shown_url(channel.target);
}

OrderedJson channel_json(const store::Channel& channel) {
  return {{"id", channel.id},
          {"kind", store::channel_kind_name(channel.kind)},
          {"name", channel.name},
          {"target", target_json(channel)},
          {"enabled", channel.enabled},
          {"trouble", text_json(channel.trouble)},
          {"created_at", moment_json(channel.created_ms)}};
}

OrderedJson delivery_json(const store::Delivery& delivery) {
  constexpr std::array states = {"waiting", "delivered", "dead"};
  const bool waits = delivery.state == store::DeliveryState::waiting;
  return {{"id", delivery.id},
          {"channel", delivery.channel},
          {"alert", text_json(delivery.alert)},
          {"type", delivery.type},
          {"state", states.at(static_cast<size_t>(delivery.state))},
          {"attempts", delivery.attempts},
          {"created_at", moment_json(delivery.created_ms)},
          {"next_attempt_at", moment_json(waits ? delivery.next_ms : 0)},
          {"finished_at", moment_json(delivery.finished_ms)},
          {"reason", text_json(delivery.reason)}};
}

OrderedJson attempt_json(const store::DeliveryAttempt& attempt) {
  return {{"number", attempt.number},
          {"started_at", moment_json(attempt.started_ms)},
          {"took_ms", attempt.took_ms < 0 ? OrderedJson() : OrderedJson(attempt.took_ms)},
          {"status", attempt.status == 0 ? OrderedJson() : OrderedJson(attempt.status)},
          {"trouble", text_json(attempt.trouble)},
          {"answer", text_json(attempt.answer)}};
}

void read_url(Call& call, ObjectReader& object, store::Channel& channel) {
  channel.target = object.text_or("url", kUrlBytesMax, "");
  if (channel.target.empty()) return;  // it has complained
  const Status fits = http::check_url(channel.target, call.d.settings.plain_http);
  if (!fits) object.complain("url", fits.error().message);
}

void read_addresses(Call& call, ObjectReader& object, store::Channel& channel) {
  channel.target.clear();
  for (const query::Json* each : object.list("to", kAddressesMax)) {
    const std::string address = each->is_string() ? each->get<std::string>() : "";
    if (!mail::is_mail_address(address)) object.complain("to", "holds something that is no address");
    channel.target += (channel.target.empty() ? "" : " ") + address;
  }
  if (channel.target.empty()) object.complain("to", "has no address");
  if (!call.d.settings.mail) object.complain("to", "this server sends no mail (mail.url)");
}

// What is left out stays as it is in `channel`.
void read_channel(Call& call, store::Channel& channel, bool is_new) {
  const query::Json body = call.body();
  ObjectReader object(body, "", call.problems);
  if (is_new) {
    if (!object.has("kind")) object.complain("kind", "is missing");
    channel.kind = static_cast<store::ChannelKind>(object.word("kind", kKinds, 0));
  }
  const bool email = channel.kind == store::ChannelKind::email;
  for (const char* name : {"name", email ? "to" : "url"}) {
    if (is_new && !object.has(name)) object.complain(name, "is missing");
  }
  channel.name = object.text_or("name", kAlertNameBytesMax, channel.name);
  if (!email && object.has("url")) read_url(call, object, channel);
  if (email && object.has("to")) read_addresses(call, object, channel);
  channel.enabled = object.flag("enabled", channel.enabled);
  if (channel.enabled) channel.trouble.clear();
}

Result<store::Channel> find_channel(const Call& call) {
  auto found = call.d.store.channel(call.project(), call.request.path_parameters.front());
  if (!found) return found.error();
  if (!*found) return unknown_channel();
  return std::move(**found);
}

Result<Response> list_channels(Call& call) {
  const auto channels = call.d.store.channels(call.project());
  if (!channels) return channels.error();
  OrderedJson json = {{"channels", OrderedJson::array()}};
  for (const store::Channel& one : *channels) json["channels"].push_back(channel_json(one));
  return answered(json);
}

Result<Response> show_channel(Call& call) {
  const auto found = find_channel(call);
  if (!found) return found.error();
  return answered(channel_json(*found));
}

// The secret is shown here and never again.
Result<Response> add_channel(Call& call) {
  store::Channel channel;
  read_channel(call, channel, true);
  if (!call.problems.empty()) return nothing();
  const auto known = call.d.store.channels(call.project());
  if (!known) return known.error();
  if (known->size() >= call.d.settings.channels_max)
    return Error{"gm-channels-full", "the project has as many channels as notifications.channels_max allows"};
  channel.project = call.project();
  channel.created_ms = call.d.clock.now_ms();
  channel.id = Uuid::v7(channel.created_ms, call.d.random).to_string();
  const bool is_signed = channel.kind == store::ChannelKind::webhook;
  if (is_signed) channel.secret = security::make_webhook_secret(call.d.random);
  if (Status noted = call.note("channel.created", "channel:" + channel.id, "", channel.name); !noted)
    return noted.error();
  if (Status added = call.d.store.add_channel(channel); !added) return added.error();
  OrderedJson json = channel_json(channel);
  if (is_signed) json["secret"] = channel.secret;
  return answered(json, kCreated);
}

Result<Response> change_channel(Call& call) {
  auto channel = find_channel(call);
  if (!channel) return channel.error();
  const std::string name = channel->name;
  read_channel(call, *channel, false);
  if (!call.problems.empty()) return nothing();
  if (Status noted = call.note("channel.changed", "channel:" + channel->id, name, channel->name); !noted)
    return noted.error();
  const auto changed = call.d.store.change_channel(*channel, call.d.clock.now_ms());
  if (!changed) return changed.error();
  return *changed ? Result<Response>(answered(channel_json(*channel))) : unknown_channel();
}

Result<Response> remove_channel(Call& call) {
  const auto channel = find_channel(call);
  if (!channel) return channel.error();
  if (Status noted = call.note("channel.removed", "channel:" + channel->id, channel->name, ""); !noted)
    return noted.error();
  const auto removed = call.d.store.remove_channel(call.project(), channel->id, call.d.clock.now_ms());
  if (!removed) return removed.error();
  return *removed ? Result<Response>(nothing()) : unknown_channel();
}

// The answer says that the message is recorded; what became of it is in the delivery.
Result<Response> test_channel(Call& call) {
  const auto channel = find_channel(call);
  if (!channel) return channel.error();
  if (!channel->enabled) return Error{"gm-channel-disabled", "the channel is switched off; switch it on first"};
  const Moment moment{call.d.clock.now_ms(), call.d.random};
  const OrderedJson data = {{"project", call.project().value()},
                            {"channel", {{"id", channel->id}, {"name", channel->name}}},
                            {"summary", "A test: messages of this channel arrive."}};
  const store::Delivery made = delivery_to(call.project(), channel->id, "", kTest, data, moment);
  if (Status added = call.d.store.add_delivery(made); !added) return added.error();
  call.d.wake();
  return answered(delivery_json(made), kAccepted);
}

Result<Response> list_deliveries(Call& call) {
  const int64_t limit = call.limit();
  const auto deliveries = call.d.store.deliveries(call.project(), call.request.query_parameter("channel"), limit);
  if (!deliveries) return deliveries.error();
  OrderedJson json = {{"deliveries", OrderedJson::array()}};
  for (const store::Delivery& one : *deliveries) json["deliveries"].push_back(delivery_json(one));
  return answered(json);
}

Result<Response> show_delivery(Call& call) {
  const auto found = call.d.store.delivery(call.project(), call.request.path_parameters.front());
  if (!found) return found.error();
  if (!*found) return Error{"gm-delivery-unknown", "the project has no such delivery"};
  const auto attempts = call.d.store.attempts((*found)->id);
  if (!attempts) return attempts.error();
  OrderedJson json = delivery_json(**found);
  json["body"] = OrderedJson::parse((*found)->body, nullptr, false);
  json["log"] = OrderedJson::array();
  for (const store::DeliveryAttempt& one : *attempts) json["log"].push_back(attempt_json(one));
  return answered(json);
}

}  // namespace

void register_channel_routes(http::Router& router, const std::shared_ptr<const AlertRoutesDependencies>& dependencies) {
  const auto add = [&](Method method, const char* pattern, CallHandler handler) {
    add_call(router, method, pattern, dependencies, std::move(handler));
  };
  add(Method::get, "/api/v1/channels", list_channels);
  add(Method::post, "/api/v1/channels", add_channel);
  add(Method::get, "/api/v1/channels/{channel}", show_channel);
  add(Method::patch, "/api/v1/channels/{channel}", change_channel);
  add(Method::del, "/api/v1/channels/{channel}", remove_channel);
  add(Method::post, "/api/v1/channels/{channel}/test", test_channel);
  add(Method::get, "/api/v1/deliveries", list_deliveries);
  add(Method::get, "/api/v1/deliveries/{delivery}", show_delivery);
}

}  // namespace gm::notifications
