#include "services/analytics_api/render.h"

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/query/metric.h"

namespace gm::analytics_api {
namespace {

// Keeps the order of the contract, which makes answers readable.
using Json = nlohmann::ordered_json;

constexpr int kStatusBadRequest = 400;

// Stored text is valid UTF-8 by the store's promise; should a byte be wrong all the same, the answer still has to be
// JSON.
std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

template <typename T>
Json nullable(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json nullable_moment(const std::optional<int64_t>& unix_ms) {
  return unix_ms ? Json(format_iso8601(*unix_ms)) : Json(nullptr);
}

Json nullable_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json cohort_json(const query::Cohort& cohort) {
  Json cells = Json::array();
  for (const query::RetentionCell& cell : cohort.cells) {
    cells.push_back({{"day", cell.day}, {"players", cell.players}, {"share", cell.share}, {"complete", cell.complete}});
  }
  return {{"cohort_date", cohort.date.to_string()}, {"size", cohort.size}, {"cells", std::move(cells)}};
}

}  // namespace

// The properties are spliced in as they were sent: parsing them would cost time and change numbers. Line breaks between
// JSON tokens are whitespace (inside strings they are escaped), so that replacing them changes nothing.
std::string flattened(std::string_view json) {
  std::string text(json.empty() ? "{}" : json);
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

uint64_t lag_events(const PipelineFacts& facts) {
  return (facts.log_end > facts.processed ? facts.log_end - facts.processed : 0) + facts.rejected_waiting;
}

Json explanation_json(const query::Explanation& e) {
  Json json = {{"metric", e.metric},
               {"title", e.title},
               {"definition", e.definition},
               {"unit", e.unit},
               {"timezone", e.time_zone},
               {"window", e.window},
               {"from", e.range.from.to_string()},
               {"to", e.range.to.to_string()},
               {"complete", e.complete},
               {"late_share", e.late_share},
               {"as_of", format_iso8601(e.as_of_ms)}};
  if (!e.unconverted) return json;
  Json& parts = json["unconverted"] = Json::array();
  for (const query::UnconvertedMoney& part : *e.unconverted)
    parts.push_back({{"currency", part.currency}, {"events", part.events}, {"amount", nullable(part.amount)}});
  return json;
}

std::string render(const query::MetricAnswer& answer) {
  Json json = explanation_json(answer.explanation);
  json["total"] = nullable(answer.total);
  Json& points = json["points"] = Json::array();
  for (const query::Point& point : answer.points) {
    points.push_back(
        {{"date", point.date.to_string()}, {"value", nullable(point.value)}, {"provisional", point.provisional}});
  }
  return text_of(json);
}

std::string render(const query::RetentionAnswer& answer) {
  Json json = explanation_json(answer.explanation);
  json["days"] = answer.days;
  Json& cohorts = json["cohorts"] = Json::array();
  for (const query::Cohort& cohort : answer.cohorts) cohorts.push_back(cohort_json(cohort));
  Json& averages = json["average"] = Json::array();
  for (const query::RetentionAverage& average : answer.average) {
    averages.push_back({{"day", average.day}, {"share", nullable(average.share)}, {"size", average.size}});
  }
  return text_of(json);
}

std::string render(const query::TopEventsAnswer& answer) {
  Json json = explanation_json(answer.explanation);
  Json& rows = json["rows"] = Json::array();
  for (const query::EventCount& row : answer.rows) {
    rows.push_back({{"event", row.event}, {"events", row.events}, {"share", row.share}});
  }
  return text_of(json);
}

std::string render(const query::RejectedPage& page) {
  Json json = {
      {"total", page.total}, {"reasons", Json::array()}, {"rows", Json::array()}, {"next", nullable(page.next)}};
  for (const auto& [reason, events] : page.reasons) json["reasons"].push_back({{"reason", reason}, {"events", events}});
  for (const query::RejectedRow& row : page.rows) {
    json["rows"].push_back({{"offset", row.offset},
                            {"received_at", format_iso8601(row.received_ms)},
                            {"reason", row.reason},
                            {"detail", row.detail},
                            {"source", row.source},
                            {"raw", row.raw}});
  }
  return text_of(json);
}

std::string render(const store::LiveSnapshot& snapshot) {
  Json json = {{"as_of", format_iso8601(snapshot.as_of_ms)},
               {"players_5_min", snapshot.players_5_min},
               {"players_30_min", snapshot.players_30_min},
               {"minutes", Json::array()}};
  for (const store::LiveMinute& minute : snapshot.minutes) {
    json["minutes"].push_back(
        {{"minute", format_iso8601(minute.minute_ms)}, {"events", minute.events}, {"players", minute.players}});
  }
  std::string text = text_of(json);
  text.back() = ',';  // the closing brace gives way to the last member
  text += "\"events\":[";
  for (size_t i = 0; i < snapshot.events.size(); ++i) {
    if (i > 0) text += ',';
    text += render_feed_entry(snapshot.events[i]);
  }
  return text + "]}";
}

std::string render(const PipelineFacts& facts) {
  return text_of({{"log_end", facts.log_end},
                  {"processed", facts.processed},
                  {"lag_events", lag_events(facts)},
                  {"stored", facts.stored},
                  {"duplicates", facts.duplicates},
                  {"rejected", facts.rejected},
                  {"last_commit_at", nullable_moment(facts.last_commit_ms)}});
}

std::string render_project(const store::Project& project, const query::ProjectFacts& facts) {
  return text_of({{"project", project.id.value()},
                  {"name", project.name},
                  {"timezone", project.time_zone},
                  {"currency", project.currency},
                  {"created_at", format_iso8601(project.created_ms)},
                  {"first_event_at", nullable_moment(facts.first_event_ms)},
                  {"last_event_at", nullable_moment(facts.last_event_ms)},
                  {"events", facts.events}});
}

std::string render_metric_list(std::string_view currency) {
  Json json = {{"metrics", Json::array()}};
  for (const query::Metric& metric : query::metrics()) {
    json["metrics"].push_back({{"name", metric.name},
                               {"title", metric.title},
                               {"definition", metric.definition},
                               {"source", metric.source},
                               {"unit", metric.unit == query::kCurrencyUnit ? currency : metric.unit},
                               {"window", metric.window}});
  }
  return text_of(json);
}

std::string render_feed_entry(const store::LiveEvent& event) {
  const auto revenue =
      event.revenue_micros ? Json(static_cast<double>(*event.revenue_micros) / query::kMicros) : Json(nullptr);
  std::string text = text_of({{"time", format_iso8601(event.time_ms)},
                              {"received_at", format_iso8601(event.received_ms)},
                              {"event", event.event},
                              {"player_id", event.player},
                              {"country", nullable_text(event.country)},
                              {"platform", nullable_text(event.platform)},
                              {"build", nullable_text(event.build)},
                              {"revenue", revenue},
                              {"currency", nullable_text(event.currency)}});
  text.back() = ',';
  return text + "\"properties\":" + flattened(event.properties) + "}";
}

http::Response invalid_query(const std::vector<Problem>& problems, std::string_view trace_id) {
  const auto told = [](const Problem& problem) {
    return problem.pointer.empty() ? problem.detail : problem.pointer.substr(1) + ": " + problem.detail;
  };
  const std::string detail =
      problems.size() == 1 ? told(problems.front()) : std::to_string(problems.size()) + " query parameters are wrong";
  http::Response response = http::problem(kStatusBadRequest, "gm-query-invalid", detail, trace_id);
  Json json = Json::parse(response.body);
  Json& errors = json["errors"] = Json::array();
  for (const Problem& problem : problems) errors.push_back({{"pointer", problem.pointer}, {"detail", problem.detail}});
  response.body = text_of(json);
  return response;
}

}  // namespace gm::analytics_api
