#include "services/analytics_api/graphql_subscribers.h"

#include <fmt/format.h>

#include "services/analytics_api/answer_limits.h"
#include "services/analytics_api/graphql_schema.h"

namespace gm::analytics_api {
namespace {

using graphql::Call;
using graphql::InputValue;
using graphql::Source;
using Started = Result<std::unique_ptr<Source>>;

constexpr int64_t kMsPerSecond = 1000;

Started look_again(const Call& call) {
  const int64_t every_s = call.arguments.integer("every");
  if (every_s < 1 || every_s > kLookAgainSecondsMax) {
    return Error{"gm-query-invalid", fmt::format("every is none of 1 to {}", kLookAgainSecondsMax)};
  }
  return std::unique_ptr<Source>(new StateSource(every_s * kMsPerSecond));
}

// What would be wrong with every response is told once, at the beginning.
Started recent_metric(const Call& call) {
  if (const auto days = recent_days(call); !days) return days.error();
  if (const auto metric = named_metric(call); !metric) return metric.error();
  return look_again(call);
}

Status read_names(const InputValue& filter, std::string_view member, std::vector<std::string>& into) {
  const InputValue* given = filter.member(member);
  if (!given || given->is_null()) return {};
  if (given->items.size() > kLiveFilterValuesMax) {
    return Error{"gm-query-invalid", fmt::format("filter.{} names more than {} values", member, kLiveFilterValuesMax)};
  }
  for (const InputValue& each : given->items) into.push_back(each.text);
  return {};
}

Result<LiveEventFilter> filter_of(const Call& call) {
  LiveEventFilter filter;
  if (!call.arguments.given("filter")) return filter;
  const InputValue& given = *call.arguments.find("filter");
  const std::pair<std::string_view, std::vector<std::string>*> members[] = {{"events", &filter.events},
                                                                            {"playerIds", &filter.players},
                                                                            {"countries", &filter.countries},
                                                                            {"platforms", &filter.platforms},
                                                                            {"builds", &filter.builds}};
  for (const auto& [member, into] : members) {
    if (const Status read = read_names(given, member, *into); !read) return read.error();
  }
  return filter;
}

Started live_events(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const int64_t first = call.arguments.integer("first");
  if (first < 1 || first > kLiveBatchMax) {
    return Error{"gm-query-invalid", fmt::format("first is none of 1 to {}", kLiveBatchMax)};
  }
  auto filter = filter_of(call);
  if (!filter) return filter.error();
  LiveQueueLimits limits = context.live_queue;
  limits.batch_max = static_cast<size_t>(first);
  return std::unique_ptr<Source>(
      new LiveEventSource(context.live, context.caller.project.id, std::move(*filter), limits));
}

}  // namespace

void add_subscribers(graphql::Schema& schema) {
  schema.subscribe("liveEvents", live_events);
  schema.subscribe("live", look_again);
  schema.subscribe("metric", recent_metric);
  schema.subscribe("pipeline", look_again);
}

}  // namespace gm::analytics_api
