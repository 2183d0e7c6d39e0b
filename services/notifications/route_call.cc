#include "services/notifications/route_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/base/time.h"

namespace gm::notifications {
namespace {

struct StatusRow {
  std::string_view code;
  int status;
};
constexpr std::array kStatuses = {
    StatusRow{"gm-alert-unknown", 404},   StatusRow{"gm-alert-unreadable", 409}, StatusRow{"gm-channel-disabled", 409},
    StatusRow{"gm-channel-unknown", 404}, StatusRow{"gm-channels-full", 422},    StatusRow{"gm-delivery-unknown", 404},
    StatusRow{"gm-rule-unknown", 404},    StatusRow{"gm-rules-full", 422},       StatusRow{"gm-project-unknown", 404},
    StatusRow{"gm-query-too-large", 422}, StatusRow{"gm-query-timeout", 504},
};
constexpr int kUnavailable = 503;
constexpr auto kReplace = OrderedJson::error_handler_t::replace;

http::Response refused(const Error& error, const http::Request& request) {
  const auto row = std::ranges::find(kStatuses, error.code, &StatusRow::code);
  return http::problem(row == kStatuses.end() ? kUnavailable : row->status, error.code, error.message,
                       request.trace_id);
}

http::Response invalid(const query::Problems& problems, const http::Request& request) {
  const query::Problem& first = problems.front();
  const std::string told = first.pointer.empty() ? first.detail : first.pointer.substr(1) + ": " + first.detail;
  const std::string detail =
      problems.size() == 1 ? told : fmt::format("{} members are wrong; the first: {}", problems.size(), told);
  http::Response response = http::problem(400, "gm-request-invalid", detail, request.trace_id);
  OrderedJson json = OrderedJson::parse(response.body);
  for (const query::Problem& problem : problems)
    json["errors"].push_back({{"pointer", problem.pointer}, {"detail", problem.detail}});
  response.body = json.dump(-1, ' ', false, kReplace);
  return response;
}

}  // namespace

query::Json Call::body() {
  query::Json json = query::Json::parse(request.body, nullptr, false);
  if (!json.is_discarded()) return json;
  problems.push_back({"", "the body is not JSON"});
  return query::Json::object();
}

int64_t Call::limit() {
  bool given = false;
  const std::string text = request.query_parameter("limit", &given);
  if (!given) return kListed;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 1 && value <= kListedMax) return value;
  problems.push_back({"/limit", fmt::format("not a whole number from 1 to {}", kListedMax)});
  return kListed;
}

bool Call::flag(std::string_view name) {
  bool given = false;
  const std::string text = request.query_parameter(name, &given);
  if (given && text != "true" && text != "false")
    problems.push_back({query::child_pointer("", name), "is neither true nor false"});
  return text == "true";
}

Status Call::note(std::string_view action, const std::string& object, const std::string& before,
                  const std::string& after) const {
  const auto named = [](const std::string& name) {
    return name.empty() ? std::string() : OrderedJson{{"name", name}}.dump(-1, ' ', false, kReplace);
  };
  return d.note(request, caller, {action, object, named(before), named(after)});
}

void add_call(http::Router& router, http::Method method, const char* pattern,
              const std::shared_ptr<const AlertRoutesDependencies>& dependencies, CallHandler handler) {
  router.add(method, pattern, [dependencies, handler = std::move(handler)](const http::Request& request) {
    auto access = dependencies->authorise(request);
    if (auto* refusal = std::get_if<http::Response>(&access)) return std::move(*refusal);
    Call call{request, *dependencies, std::get<security::Principal>(access)};
    auto response = handler(call);
    if (!call.problems.empty()) return invalid(call.problems, request);
    return response ? std::move(*response) : refused(response.error(), request);
  });
}

http::Response answered(const OrderedJson& json, int status) {
  http::Response response;
  response.status = status;
  // Names, and what receivers answer, are bytes that somebody sent.
  response.body = json.dump(-1, ' ', false, kReplace);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response nothing() {
  http::Response response;
  response.status = 204;
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

OrderedJson moment_json(int64_t ms) { return ms == 0 ? OrderedJson() : OrderedJson(format_iso8601(ms)); }
OrderedJson text_json(const std::string& text) { return text.empty() ? OrderedJson() : OrderedJson(text); }

}  // namespace gm::notifications
