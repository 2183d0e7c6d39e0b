#include "services/analytics_api/graphql_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "lib/base/time.h"
#include "lib/query/metric.h"
#include "services/analytics_api/answer_limits.h"
#include "services/analytics_api/graphql_event_schema.h"
#include "services/analytics_api/graphql_fields.h"
#include "services/analytics_api/graphql_questions.h"
#include "services/analytics_api/graphql_subscribers.h"
#include "services/analytics_api/render.h"

namespace gm::analytics_api {
namespace {

using namespace graphql_fields;  // what all of a schema's declarations are made of

constexpr int64_t kLiveEventsMax = 100;

template <typename T>
Answer kept(Result<Fresh<T>> fresh) {
  if (!fresh) return told(fresh.error());
  return graphql_fields::kept<T>(std::move(fresh->answer));
}

// --- arguments ---
Result<query::DateRange> range(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const query::DateRange range{*Date::parse(call.arguments.text("from")), *Date::parse(call.arguments.text("to"))};
  if (range.from > range.to) return Error{"gm-query-invalid", "from lies after to"};
  if (range.days() > context.range_days_max) {
    return Error{"gm-query-invalid", fmt::format("the range holds {} days; at most {} are answered at once",
                                                 range.days(), context.range_days_max)};
  }
  return range;
}

Result<std::vector<int>> retention_days(const Call& call) {
  std::vector<int> days;
  for (const graphql::InputValue& each : call.arguments.find("days")->items) {
    if (each.integer < 0 || each.integer > kRetentionDayMax) {
      return Error{"gm-query-invalid", fmt::format("days are from 0 to {}", kRetentionDayMax)};
    }
    days.push_back(static_cast<int>(each.integer));
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  if (days.empty() || days.size() > kRetentionDaysMax) {
    return Error{"gm-query-invalid", fmt::format("1 to {} different days are answered at once", kRetentionDaysMax)};
  }
  return days;
}

// --- the root ---
struct ProjectView {
  store::Project project;
  query::ProjectFacts facts;
};
// A metric of the catalogue as one project sees it.
struct MetricView {
  const query::Metric& metric;
  std::string unit;
};
struct RejectedView {
  query::RejectedPage page;
  bool continued = false;  // some page lies before
};

Answer project(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  auto facts = context.queries.project_facts(context.caller.project.id);
  if (!facts) return told(facts.error());
  return Value::object(std::make_shared<const ProjectView>(ProjectView{context.caller.project, *facts}));
}

Answer metrics(const Call& call) {
  const std::string& currency = call.context_as<GraphqlContext>().caller.project.currency;
  std::vector<Value> found;
  for (const query::Metric& metric : query::metrics()) {
    const std::string unit = metric.unit == query::kCurrencyUnit ? currency : std::string(metric.unit);
    found.push_back(Value::object(std::make_shared<const MetricView>(MetricView{metric, unit})));
  }
  return Value(std::move(found));
}

Answer metric_by_day(const Call& call, const Result<query::DateRange>& days) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto found = named_metric(call);
  if (!found) return found.error();
  if (!days) return days.error();
  return kept(context.answers.metric(**found, context.scope, *days, context.cache_use));
}

Answer metric(const Call& call) { return metric_by_day(call, range(call)); }
Answer recent_metric(const Call& call) { return metric_by_day(call, recent_days(call)); }

Answer retention(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto cohorts = range(call);
  if (!cohorts) return cohorts.error();
  const auto days = retention_days(call);
  if (!days) return days.error();
  return kept(context.answers.retention(context.scope, *cohorts, *days, context.cache_use));
}

Answer top_events(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto days = range(call);
  if (!days) return days.error();
  const auto limit = first(call, kTopEventsMax);
  if (!limit) return limit.error();
  return kept(context.answers.top_events(context.scope, *days, *limit, context.cache_use));
}

Answer rejected_events(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto limit = first(call, kRejectedMax);
  if (!limit) return limit.error();
  std::optional<int64_t> before;
  if (call.arguments.given("after")) {
    const std::string& cursor = call.arguments.text("after");
    int64_t offset = 0;
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), offset);
    if (error != std::errc() || end != cursor.data() + cursor.size() || offset < 0) {
      return Error{"gm-query-invalid", "after is no cursor of a rejected event"};
    }
    before = offset;
  }
  std::optional<std::string> reason;
  if (call.arguments.given("reason")) reason = call.arguments.text("reason");
  auto page = context.queries.rejected(context.caller.project.id, before, reason, *limit);
  if (!page) return told(page.error());
  return Value::object(std::make_shared<const RejectedView>(RejectedView{std::move(*page), before.has_value()}));
}

Answer live(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  return Value::object(std::make_shared<const store::LiveSnapshot>(
      context.live.snapshot(context.caller.project.id, context.scope.now_ms)));
}

Answer pipeline(const Call& call) {
  return Value::object(std::make_shared<const PipelineFacts>(call.context_as<GraphqlContext>().pipeline()));
}

// --- the types ---
void add_project(graphql::Schema& schema) {
  using V = ProjectView;
  Fields(schema, "Project")
      .read<V>("id", [](const V& v) { return std::to_string(v.project.id.value()); })
      .read<V>("name", [](const V& v) { return v.project.name; })
      .read<V>("timeZone", [](const V& v) { return v.project.time_zone; })
      .read<V>("currency", [](const V& v) { return v.project.currency; })
      .read<V>("createdAt", [](const V& v) { return moment(v.project.created_ms); })
      .read<V>("firstEventAt", [](const V& v) { return moment(v.facts.first_event_ms); })
      .read<V>("lastEventAt", [](const V& v) { return moment(v.facts.last_event_ms); })
      .read<V>("events", [](const V& v) { return v.facts.events; });
  using M = MetricView;
  Fields(schema, "MetricDefinition")
      .read<M>("name", [](const M& m) { return m.metric.name; })
      .read<M>("title", [](const M& m) { return m.metric.title; })
      .read<M>("definition", [](const M& m) { return m.metric.definition; })
      .read<M>("source", [](const M& m) { return m.metric.source; })
      .read<M>("unit", [](const M& m) { return m.unit; })
      .read<M>("window", [](const M& m) { return m.metric.window; });
}

void add_explanation(graphql::Schema& schema) {
  using E = query::Explanation;
  Fields(schema, "Explanation")
      .member("metric", &E::metric)
      .member("title", &E::title)
      .member("definition", &E::definition)
      .member("unit", &E::unit)
      .member("timeZone", &E::time_zone)
      .member("window", &E::window)
      .read<E>("from", [](const E& e) { return of(e.range.from); })
      .read<E>("to", [](const E& e) { return of(e.range.to); })
      .member("complete", &E::complete)
      .member("lateShare", &E::late_share)
      .read<E>("asOf", [](const E& e) { return moment(e.as_of_ms); });
  schema.resolve("Explanation", "unconverted", [](const Call& call) -> Answer {
    const auto& parts = call.object<E>().unconverted;
    return parts ? Fields::items(call, *parts) : Value();
  });
  using U = query::UnconvertedMoney;
  Fields(schema, "UnconvertedMoney")
      .member("currency", &U::currency)
      .member("events", &U::events)
      .member("amount", &U::amount);
}

void add_series(graphql::Schema& schema) {
  using query::MetricAnswer, query::Point, query::TopEventsAnswer, query::EventCount;
  Fields(schema, "MetricSeries")
      .part("explanation", &MetricAnswer::explanation)
      .member("total", &MetricAnswer::total)
      .list("points", &MetricAnswer::points);
  Fields(schema, "Point")
      .member("date", &Point::date)
      .member("value", &Point::value)
      .member("provisional", &Point::provisional);
  Fields(schema, "TopEvents").part("explanation", &TopEventsAnswer::explanation).list("rows", &TopEventsAnswer::rows);
  Fields(schema, "EventCount")
      .member("event", &EventCount::event)
      .member("events", &EventCount::events)
      .member("share", &EventCount::share);
}

void add_retention(graphql::Schema& schema) {
  using query::RetentionAnswer, query::Cohort, query::RetentionCell, query::RetentionAverage;
  Fields(schema, "Retention")
      .part("explanation", &RetentionAnswer::explanation)
      .read<RetentionAnswer>("days",
                             [](const RetentionAnswer& a) { return std::vector<Value>(a.days.begin(), a.days.end()); })
      .list("cohorts", &RetentionAnswer::cohorts)
      .list("average", &RetentionAnswer::average);
  Fields(schema, "Cohort").member("date", &Cohort::date).member("size", &Cohort::size).list("cells", &Cohort::cells);
  Fields(schema, "RetentionCell")
      .member("day", &RetentionCell::day)
      .member("players", &RetentionCell::players)
      .member("share", &RetentionCell::share)
      .member("complete", &RetentionCell::complete);
  Fields(schema, "RetentionAverage")
      .member("day", &RetentionAverage::day)
      .member("share", &RetentionAverage::share)
      .member("size", &RetentionAverage::size);
}

void add_rejected(graphql::Schema& schema) {
  using V = RejectedView;
  using Row = query::RejectedRow;
  using Reason = std::pair<std::string, int64_t>;
  const auto rows = [](const Call& call) -> Answer { return Fields::items(call, call.object<V>().page.rows); };
  const auto cursor = [](const Row& row) { return std::to_string(row.offset); };
  schema.resolve("RejectedEventConnection", "edges", rows);
  schema.resolve("RejectedEventConnection", "nodes", rows);
  schema.resolve("RejectedEventConnection", "reasons",
                 [](const Call& call) -> Answer { return Fields::items(call, call.object<V>().page.reasons); });
  schema.resolve("RejectedEventConnection", "pageInfo", [cursor](const Call& call) -> Answer {
    const V& view = call.object<V>();
    return page_of(view.page.rows, view.page.next.has_value(), view.continued, cursor);
  });
  schema.resolve("RejectedEventEdge", "node", [](const Call& call) -> Answer { return call.part(call.object<Row>()); });
  Fields(schema, "RejectedEventConnection").read<V>("totalCount", [](const V& v) { return v.page.total; });
  Fields(schema, "RejectedEventEdge").read<Row>("cursor", cursor);
  Fields(schema, "RejectedReason").member("reason", &Reason::first).member("events", &Reason::second);
  Fields(schema, "RejectedEvent")
      .read<Row>("id", cursor)
      .read<Row>("receivedAt", [](const Row& row) { return moment(row.received_ms); })
      .member("reason", &Row::reason)
      .member("detail", &Row::detail)
      .member("source", &Row::source)
      .member("raw", &Row::raw);
  Fields(schema, "PageInfo")
      .member("hasNextPage", &PageView::more)
      .member("hasPreviousPage", &PageView::continued)
      .member("startCursor", &PageView::start)
      .member("endCursor", &PageView::end);
}

void add_live(graphql::Schema& schema) {
  using store::LiveSnapshot, store::LiveMinute, store::LiveEvent;
  Fields(schema, "Live")
      .read<LiveSnapshot>("asOf", [](const LiveSnapshot& s) { return moment(s.as_of_ms); })
      .member("players5Min", &LiveSnapshot::players_5_min)
      .member("players30Min", &LiveSnapshot::players_30_min)
      .list("minutes", &LiveSnapshot::minutes);
  schema.resolve("Live", "events", [](const Call& call) -> Answer {
    const auto most = first(call, kLiveEventsMax);
    if (!most) return most.error();
    return Fields::items(call, call.object<LiveSnapshot>().events, static_cast<size_t>(*most));
  });
  Fields(schema, "LiveMinute")
      .read<LiveMinute>("minute", [](const LiveMinute& m) { return moment(m.minute_ms); })
      .member("events", &LiveMinute::events)
      .member("players", &LiveMinute::players);
  Fields(schema, "LiveEvent")
      .read<LiveEvent>("time", [](const LiveEvent& e) { return moment(e.time_ms); })
      .read<LiveEvent>("receivedAt", [](const LiveEvent& e) { return moment(e.received_ms); })
      .member("event", &LiveEvent::event)
      .member("playerId", &LiveEvent::player)
      .read<LiveEvent>("country", [](const LiveEvent& e) { return text_or_null(e.country); })
      .read<LiveEvent>("platform", [](const LiveEvent& e) { return text_or_null(e.platform); })
      .read<LiveEvent>("build", [](const LiveEvent& e) { return text_or_null(e.build); })
      .read<LiveEvent>("revenue",
                       [](const LiveEvent& e) {
                         return e.revenue_micros ? Value(static_cast<double>(*e.revenue_micros) / query::kMicros)
                                                 : Value();
                       })
      .read<LiveEvent>("currency", [](const LiveEvent& e) { return text_or_null(e.currency); })
      .read<LiveEvent>("properties", [](const LiveEvent& e) { return Value::Json{flattened(e.properties)}; });
}

void add_pipeline(graphql::Schema& schema) {
  using P = PipelineFacts;
  Fields(schema, "Pipeline")
      .member("logEnd", &P::log_end)
      .member("processed", &P::processed)
      .read<P>("lagEvents", [](const P& p) { return of(lag_events(p)); })
      .member("stored", &P::stored)
      .member("duplicates", &P::duplicates)
      .member("rejected", &P::rejected)
      .read<P>("lastCommitAt", [](const P& p) { return moment(p.last_commit_ms); });
}

void add_root(graphql::Schema& schema) {
  schema.resolve("Query", "project", project);
  schema.resolve("Query", "metrics", metrics);
  schema.resolve("Query", "metric", metric);
  schema.resolve("Query", "retention", retention);
  schema.resolve("Query", "topEvents", top_events);
  schema.resolve("Query", "rejectedEvents", rejected_events);
  schema.resolve("Query", "live", live);
  schema.resolve("Query", "pipeline", pipeline);
  schema.resolve("Subscription", "liveEvents", [](const Call& call) -> Answer {
    return Fields::items(call, call.object<LiveEventSource::LiveEvents>());
  });
  schema.resolve("Subscription", "live", live);
  schema.resolve("Subscription", "metric", recent_metric);
  schema.resolve("Subscription", "pipeline", pipeline);
  schema.restrict_scalar("Date", [](const graphql::InputValue& value) {
    return value.kind == graphql::InputValue::Kind::text && Date::parse(value.text).has_value();
  });
}

}  // namespace

Result<const query::Metric*> named_metric(const Call& call) {
  const std::string& name = call.arguments.text("name");
  if (const query::Metric* found = query::find_metric(name)) return found;
  return Error{"gm-metric-unknown", fmt::format("there is no metric '{}'; metrics {{ name }} lists them", name)};
}

Result<query::DateRange> recent_days(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const int64_t days = call.arguments.integer("days");
  if (days < 1 || days > context.range_days_max) {
    return Error{"gm-query-invalid", fmt::format("days is none of 1 to {}", context.range_days_max)};
  }
  const Date today = context.scope.zone.local_date(context.scope.now_ms);
  return query::DateRange{today - static_cast<int32_t>(days - 1), today};
}

std::unique_ptr<const graphql::Schema> make_graphql_schema() {
  graphql::BuiltSchema built = graphql::Schema::build(kAnalyticsSdl);
  if (!built.schema) throw std::logic_error("schemas/analytics.graphql: " + built.errors.front().message);
  add_root(*built.schema);
  add_subscribers(*built.schema);
  add_project(*built.schema);
  add_explanation(*built.schema);
  add_series(*built.schema);
  add_retention(*built.schema);
  add_rejected(*built.schema);
  add_live(*built.schema);
  add_pipeline(*built.schema);
  add_event_schema(*built.schema);
  add_questions(*built.schema);
  if (const auto missing = built.schema->unresolved(); !missing.empty()) {
    throw std::logic_error("no resolver for " + missing.front());
  }
  return std::move(built.schema);
}

}  // namespace gm::analytics_api
