#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <variant>

#include "lib/event/refused_players.h"
#include "lib/query/analysis/analyst.h"
#include "lib/query/analysis/question_reader.h"
#include "lib/query/event_schema.h"
#include "lib/query/link_log.h"
#include "lib/store/stopped_by.h"
#include "lib/telemetry/catalog.h"
#include "services/analytics_api/access.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/answer_limits.h"
#include "services/analytics_api/answers.h"
#include "services/analytics_api/caller.h"
#include "services/analytics_api/event_schema_request.h"
#include "services/analytics_api/graphql_endpoint.h"
#include "services/analytics_api/live_streams.h"
#include "services/analytics_api/paged_rows.h"
#include "services/analytics_api/parameters.h"
#include "services/analytics_api/project_readers.h"
#include "services/analytics_api/query_refusals.h"
#include "services/analytics_api/render.h"
#include "services/analytics_api/render_event_schema.h"
#include "services/analytics_api/render_links.h"
#include "services/analytics_api/render_table.h"
#include "services/analytics_api/table_rows.h"

namespace gm::analytics_api {
namespace {

using http::Request;
using http::Response;
using StreamPtr = std::shared_ptr<http::ResponseStream>;

constexpr double kNanosecondsPerSecond = 1e9;
constexpr int64_t kMsPerSecond = 1000;
constexpr int64_t kQuarterHourMs = 15 * 60 * kMsPerSecond;
constexpr int kTopEventsDefault = 10;
constexpr int kRejectedDefault = 50;
constexpr std::string_view kRetentionDaysDefault = "0,1,3,7,14,30";
constexpr size_t kReasonLengthMax = 100;
constexpr int kLinksDefault = 50;
constexpr int kLinksMax = 500;
constexpr int kPlayersDefault = 50;
constexpr size_t kPlayerIdBytesMax = 200;
constexpr int kTimelineDefault = 100;
constexpr size_t kCursorBytesMax = 100;

// Rows as a file: a table that is in memory, or rows that are read as they are sent.
struct Rows {
  std::unique_ptr<store::RowSource> source;
  TableFormat format;
  std::string name;
  bool streamed = false;
};

// A body that may have been made before.
struct Kept {
  std::string text;
  Freshness freshness;
};

// A body, or what is wrong: with the request (problems), or with the store (error).
using Outcome = std::variant<std::string, std::vector<Problem>, Error, Rows, Kept>;

template <typename Answer>
Outcome outcome_of(const Result<Fresh<Answer>>& fresh) {
  if (!fresh) return fresh.error();
  return Kept{render(fresh->answer), fresh->freshness};
}

Outcome whole(query::AnswerTable table, TableFormat format, std::string_view name) {
  return Rows{std::make_unique<TableRows>(std::move(table)), format, std::string(name)};
}

template <typename Answer>
Outcome outcome_of(const Result<Answer>& answer) {
  if (!answer) return answer.error();
  return render(*answer);
}

Response answered(std::string body, std::string_view content_type = "application/json") {
  Response response;
  response.body = std::move(body);
  response.content_type = content_type;
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response store_problem(const Error& error, std::string_view trace_id) {
  if (const auto status = refusal_status(error)) {
    Response response = http::problem(*status, error.code, error.message, trace_id);
    if (*status == 429) response.headers.emplace_back("Retry-After", "1");
    return response;
  }
  if (error.code == "gm-player-unknown" || error.code == "gm-link-unknown" || error.code == "gm-schema-unknown")
    return http::problem(404, error.code, error.message, trace_id);
  if (error.code == "gm-query-refused") return http::problem(400, "gm-query-invalid", error.message, trace_id);
  if (error.code == "gm-query-too-large" || error.code == "gm-schema-full")
    return http::problem(422, error.code, error.message, trace_id);
  if (error.code == "gm-query-timeout") return http::problem(504, error.code, error.message, trace_id);
  // The statement is ours: that the store cannot read it is no fault of the request.
  if (error.code == "gm-query-invalid")
    return http::problem(500, "gm-internal", "the query could not be run; the server's log says why", trace_id);
  Response response = http::problem(503, "gm-store-unavailable", error.message, trace_id);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

void tell_freshness(const Freshness& freshness, Response& response) {
  response.headers.emplace_back("Age", std::to_string(freshness.age_ms / kMsPerSecond));
  response.headers.emplace_back("X-Cache", !freshness.cached ? "miss" : freshness.current ? "hit" : "stale");
}

// At the end of such a slot a day may end, become complete or stop being provisional in some zone: zones are whole
// quarters of an hour apart.
CacheSettings cache_settings(const ApiSettings& settings) {
  return {settings.cache_bytes_max, std::gcd(kQuarterHourMs, settings.query.late_window_ms)};
}

class Api {
 public:
  Api(Dependencies dependencies, const identity::ProjectAccess* people)
      : d_(std::move(dependencies)),
        access_(d_.keys, d_.metadata, d_.telemetry, people),
        queries_(d_.store, d_.settings.query),
        analyst_(d_.store, d_.settings.query, d_.behavior),
        cache_(d_.versions, cache_settings(d_.settings), d_.clock, d_.telemetry),
        answers_(queries_, analyst_, cache_, d_.telemetry),
        links_(d_.store, d_.settings.query.timeout_ms),
        event_schema_(d_.store, d_.declarations, d_.settings.query.timeout_ms, d_.settings.schema_declarations_max),
        streams_(d_.live, static_cast<size_t>(d_.settings.live_streams_max), d_.settings.live_keep_alive_ms,
                 d_.telemetry) {}

  using Read = Outcome (Api::*)(const Request&, const Caller&, Parameters&);
  // Checks the key, runs `read`, turns what comes of it into a response, and counts.
  Response handle(std::string_view kind, Read read, const Request& request, StreamPtr stream = nullptr);
  Response metric(const Request& request);
  Response query(const Request& request, StreamPtr stream);
  Response live_stream(const Request& request, std::shared_ptr<http::ResponseStream> stream);

  void add_graphql(http::Router& router);

  Outcome project(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome metric_list(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome metric_by_day(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome retention(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome top_events(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome live(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome rejected(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome pipeline(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome ask(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome players_behind(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome find_players(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome timeline(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome links(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome undo_link(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome event_schema(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome violations(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome declare(const Request& request, const Caller& caller, Parameters& parameters);
  Outcome forget(const Request& request, const Caller& caller, Parameters& parameters);

 private:
  query::QuestionLimits question_limits() const { return {d_.settings.range_days_max}; }
  query::Scope scope_of(const Caller& caller) const;
  Response respond(Outcome outcome, const Request& request);
  Result<Response> file(Rows rows, const Caller& caller, const std::shared_ptr<RunningQuery>& running,
                        StreamPtr stream);
  // Where whoever was given a trace id with a 5xx finds what happened.
  void tell(const Request& request, const Error& error, int status) const;

  Dependencies d_;
  Access access_;
  query::Queries queries_;
  query::Analyst analyst_;
  AnswerCache cache_;
  Answers answers_;
  query::LinkLog links_;
  query::EventSchema event_schema_;
  LiveStreams streams_;
};

query::Scope Api::scope_of(const Caller& caller) const {
  query::Scope scope{caller.project.id, caller.zone, caller.project.currency, d_.clock.now_ms(), 0};
  scope.as_of_ms = as_of_ms(d_.pipeline(), caller, scope.now_ms);
  return scope;
}

void Api::tell(const Request& request, const Error& error, int status) const {
  d_.logger.log(telemetry::Level::error, "a request could not be answered",
                {{"route", request.path}, {"status", status}, {"code", error.code}, {"detail", error.message}},
                request.trace_id);
}

Response Api::respond(Outcome outcome, const Request& request) {
  if (auto* body = std::get_if<std::string>(&outcome)) return answered(std::move(*body));
  if (auto* kept = std::get_if<Kept>(&outcome)) {
    Response response = answered(std::move(kept->text));
    tell_freshness(kept->freshness, response);
    return response;
  }
  if (const auto* problems = std::get_if<std::vector<Problem>>(&outcome)) {
    d_.telemetry.counter(telemetry::kQueryErrors, {"user"}).add();
    return invalid_query(*problems, request.trace_id);
  }
  const Error& error = std::get<Error>(outcome);
  Response response = store_problem(error, request.trace_id);
  const std::string_view whose = error.code == "gm-query-timeout" ? "timeout"
                                 : response.status < 500          ? "user"
                                                                  : "internal";
  if (error.code != "gm-query-cancelled") d_.telemetry.counter(telemetry::kQueryErrors, {whose}).add();
  if (response.status >= 500) tell(request, error, response.status);
  return response;
}

// What stands for a question in the list of those that run.
std::string asked_text(const Request& request) {
  std::string text(request.path);
  if (!request.query.empty()) text += fmt::format("?{}", request.query);
  if (!request.body.empty()) text += fmt::format(" {}", request.body);
  return text;
}

Response Api::handle(std::string_view kind, Read read, const Request& request, StreamPtr stream) {
  auto access = access_.authorise(request);
  if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
  d_.telemetry.counter(telemetry::kQueryTotal, {kind}).add();
  const auto running = d_.running.enter(request, std::get<security::Principal>(access), kind, asked_text(request));
  if (!running) return respond(running.error(), request);
  const store::StoppedBy stopped_by((*running)->stop());
  const int64_t begin_ns = d_.clock.monotonic_ns();
  const auto caller = access_.caller_of(std::get<security::Principal>(access));
  Parameters parameters(request.query);
  Outcome outcome = caller ? (this->*read)(request, *caller, parameters) : Outcome(caller.error());
  Result<Response> response = Response();
  if (auto* rows = std::get_if<Rows>(&outcome)) {
    response = file(std::move(*rows), *caller, *running, std::move(stream));
    if (!response) outcome = response.error();
  }
  d_.telemetry.histogram(telemetry::kQueryDuration, {kind})
      .observe(static_cast<double>(d_.clock.monotonic_ns() - begin_ns) / kNanosecondsPerSecond);
  if (!std::holds_alternative<Rows>(outcome)) response = respond(std::move(outcome), request);
  response->headers.emplace_back("X-Query-Id", (*running)->id());
  return std::move(*response);
}

Result<Response> Api::file(Rows rows, const Caller& caller, const std::shared_ptr<RunningQuery>& running,
                           StreamPtr stream) {
  if (rows.streamed) {
    auto place = d_.exports.take_place(caller.project.id);
    if (!place) return place.error();
    return d_.exports.begin({std::move(*place), running, std::move(rows.source), rows.format, std::move(rows.name)},
                            std::move(stream));
  }
  auto text = d_.exports.whole(*rows.source, rows.format);
  if (!text) return text.error();
  Response response = file_response(rows.format, rows.name);
  response.body = std::move(*text);
  return response;
}

Response Api::metric(const Request& request) {
  const std::string_view name = request.path_parameters.empty() ? std::string_view() : request.path_parameters.front();
  if (query::find_metric(name)) return handle("metric", &Api::metric_by_day, request);
  // Whoever has no key learns nothing about what exists.
  auto access = access_.authorise(request);
  if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
  d_.telemetry.counter(telemetry::kQueryErrors, {"user"}).add();
  return http::problem(404, "gm-metric-unknown",
                       fmt::format("there is no metric '{}'; GET /api/v1/metrics lists them", name), request.trace_id);
}

Response Api::query(const Request& request, StreamPtr stream) {
  const std::string_view kind = request.path_parameters.empty() ? std::string_view() : request.path_parameters.front();
  if (kind == "players") return handle("players", &Api::players_behind, request, std::move(stream));
  if (query::is_question_kind(kind)) return handle(kind, &Api::ask, request);
  auto access = access_.authorise(request);
  if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
  d_.telemetry.counter(telemetry::kQueryErrors, {"user"}).add();
  return http::problem(
      404, "gm-route-unknown",
      fmt::format("there is no such question; there are: players, {}", fmt::join(query::question_kinds(), ", ")),
      request.trace_id);
}

Response Api::live_stream(const Request& request, std::shared_ptr<http::ResponseStream> stream) {
  auto access = access_.authorise(request);
  if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
  if (const auto problems = Parameters(request.query).problems(); !problems.empty()) {
    return respond(problems, request);
  }
  if (!streams_.add(std::get<security::Principal>(access).project, std::move(stream))) {
    const Error error{"gm-overloaded", "too many live streams are open"};
    Response response = http::problem(503, error.code, error.message, request.trace_id);
    tell(request, error, response.status);
    response.headers.emplace_back("Retry-After", "15");
    return response;
  }
  Response response = answered(": live\n\n");
  response.content_type = "text/event-stream";
  response.headers.emplace_back("X-Accel-Buffering", "no");
  return response;
}

Outcome Api::project(const Request&, const Caller& caller, Parameters& parameters) {
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  const auto facts = queries_.project_facts(caller.project.id);
  if (!facts) return facts.error();
  return render_project(caller.project, *facts);
}

Outcome Api::metric_list(const Request&, const Caller& caller, Parameters& parameters) {
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return render_metric_list(caller.project.currency);
}

Outcome Api::metric_by_day(const Request& request, const Caller& caller, Parameters& parameters) {
  const TableFormat format = wanted_format(request, parameters);
  const query::DateRange range = parameters.range(d_.settings.range_days_max);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  const query::Metric& metric = *query::find_metric(request.path_parameters.front());
  const auto fresh = answers_.metric(metric, scope_of(caller), range, cache_use(request));
  if (!fresh || format == TableFormat::json) return outcome_of(fresh);
  return whole(points_table(fresh->answer), format, metric.name);
}

Outcome Api::retention(const Request& request, const Caller& caller, Parameters& parameters) {
  const query::DateRange range = parameters.range(d_.settings.range_days_max);
  const std::vector<int> days =
      parameters.integers("days", kRetentionDaysDefault, 0, kRetentionDayMax, kRetentionDaysMax);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return outcome_of(answers_.retention(scope_of(caller), range, days, cache_use(request)));
}

Outcome Api::top_events(const Request& request, const Caller& caller, Parameters& parameters) {
  const query::DateRange range = parameters.range(d_.settings.range_days_max);
  const int64_t limit = parameters.integer("limit", kTopEventsDefault, 1, kTopEventsMax);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return outcome_of(answers_.top_events(scope_of(caller), range, static_cast<int>(limit), cache_use(request)));
}

Outcome Api::live(const Request&, const Caller& caller, Parameters& parameters) {
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return render(d_.live.snapshot(caller.project.id, d_.clock.now_ms()));
}

Outcome Api::rejected(const Request&, const Caller& caller, Parameters& parameters) {
  const int64_t limit = parameters.integer("limit", kRejectedDefault, 1, kRejectedMax);
  const auto before = parameters.optional_integer("before", 0, INT64_MAX);
  const auto reason = parameters.tag("reason", kReasonLengthMax);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return outcome_of(queries_.rejected(caller.project.id, before, reason, static_cast<int>(limit)));
}

Outcome Api::ask(const Request& request, const Caller& caller, Parameters& parameters) {
  const TableFormat format = wanted_format(request, parameters);
  std::vector<Problem> problems = parameters.problems();
  const auto body = read_body(request, problems);
  if (!body) return problems;
  const auto question = query::read_question(request.path_parameters.front(), *body, "", question_limits(), problems);
  if (!question || !problems.empty()) return problems;
  const std::string_view kind = request.path_parameters.front();
  auto fresh = answers_.question(kind, body->dump(), *question, scope_of(caller), cache_use(request));
  if (!fresh) return fresh.error();
  if (format == TableFormat::json) return outcome_of(fresh);
  return whole(std::move(fresh->answer.tables.front()), format, kind);
}

Outcome Api::players_behind(const Request& request, const Caller& caller, Parameters& parameters) {
  const TableFormat format = wanted_format(request, parameters);
  std::vector<Problem> problems = parameters.problems();
  const auto body = read_body(request, problems);
  if (!body) return problems;
  const auto wanted = query::read_players_question(*body, question_limits(), problems);
  if (!wanted || !problems.empty()) return problems;
  const query::Scope scope = scope_of(caller);
  if (format == TableFormat::json) {
    const auto answer = analyst_.players(wanted->question, wanted->cell, wanted->page, scope, problems);
    if (!problems.empty()) return problems;
    return outcome_of(answer);
  }
  // The first player tells what is wrong with the question; a file is the whole list, whatever page was asked for.
  const auto first = analyst_.players(wanted->question, wanted->cell, {1, std::nullopt}, scope, problems);
  if (!problems.empty()) return problems;
  if (!first) return first.error();
  const auto read = [this, wanted = *wanted, scope](const query::PlayerPage& page) {
    std::vector<Problem> none;
    return analyst_.players(wanted.question, wanted.cell, page, scope, none);
  };
  return Rows{std::make_unique<PlayerRows>(read), format, "players", true};
}

Outcome Api::find_players(const Request&, const Caller& caller, Parameters& parameters) {
  const int64_t limit = parameters.integer("limit", kPlayersDefault, 1, kPlayersMax);
  const auto search = parameters.text("search", kPlayerIdBytesMax);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return outcome_of(analyst_.find_players(scope_of(caller), search, static_cast<int>(limit)));
}

Outcome Api::timeline(const Request& request, const Caller& caller, Parameters& parameters) {
  const TableFormat format = wanted_format(request, parameters);
  const int64_t limit = parameters.integer("limit", kTimelineDefault, 1, kTimelineMax);
  const auto before = parameters.text("before", kCursorBytesMax);
  const auto cursor = before ? query::parse_timeline_cursor(*before) : std::nullopt;
  if (before && !cursor) parameters.complain("before", "not the `next` of an earlier answer");
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  const std::string player(request.path_parameters.empty() ? std::string_view() : request.path_parameters.front());
  const query::Scope scope = scope_of(caller);
  if (format == TableFormat::json) return outcome_of(analyst_.timeline(scope, player, cursor, static_cast<int>(limit)));
  const auto read = [this, scope, player](const std::optional<query::TimelineCursor>& at, int count) {
    return analyst_.timeline(scope, player, at, count);
  };
  return Rows{std::make_unique<TimelineRows>(read, cursor), format, "events", true};
}

Outcome Api::links(const Request&, const Caller& caller, Parameters& parameters) {
  const int64_t limit = parameters.integer("limit", kLinksDefault, 1, kLinksMax);
  const auto before = parameters.optional_integer("before", 0, INT64_MAX);
  const auto player = parameters.text("player", kPlayerIdBytesMax);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  const auto page = links_.page(caller.project.id, player, before, static_cast<int>(limit));
  if (!page) return page.error();
  return render_links(*page);
}

Outcome Api::undo_link(const Request& request, const Caller& caller, Parameters& parameters) {
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  const std::string_view text = request.path_parameters.empty() ? std::string_view() : request.path_parameters.front();
  const auto link = Uuid::parse(text);
  const auto joins = link ? links_.joins(caller.project.id, *link) : Result<bool>(false);
  if (!joins) return joins.error();
  if (!*joins) return Error{"gm-link-unknown", fmt::format("no link '{}' joins two ids at the moment", text)};
  if (const Status kept = d_.undo_link(caller.project.id, *link); !kept) return kept.error();
  return render_undo(link->to_string());
}

Outcome Api::event_schema(const Request&, const Caller& caller, Parameters& parameters) {
  query::EventSchemaQuestion question;
  question.event = parameters.text("event", event::kNameBytesMax);
  question.after = parameters.text("after", event::kNameBytesMax);
  question.limit = static_cast<size_t>(parameters.integer("limit", kSchemaEventsDefault, 1, kSchemaEventsMax));
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return outcome_of(event_schema_.page(caller.project.id, question));
}

Outcome Api::violations(const Request&, const Caller& caller, Parameters& parameters) {
  const int64_t limit = parameters.integer("limit", kSchemaViolationsDefault, 1, kSchemaViolationsMax);
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return outcome_of(event_schema_.violations(caller.project.id, static_cast<size_t>(limit)));
}

Outcome Api::declare(const Request& request, const Caller& caller, Parameters& parameters) {
  std::vector<Problem> problems = parameters.problems();
  const auto body = read_body(request, problems);
  if (!body) return problems;
  const DeclareRequest asked = read_declare_request(*body, problems);
  if (!problems.empty()) return problems;
  const ProjectId project = caller.project.id;
  if (asked.types.empty()) {
    const auto frozen = event_schema_.freeze(project, asked.event, asked.property, d_.clock.now_ms());
    if (!frozen) return frozen.error();
    return render_declared(*frozen);
  }
  const Status kept = event_schema_.declare(
      project, {asked.event, *asked.property, asked.types, store::DeclarationOrigin::declared, d_.clock.now_ms()});
  if (!kept) return kept.error();
  return render_declared(1);
}

Outcome Api::forget(const Request& request, const Caller& caller, Parameters& parameters) {
  std::vector<Problem> problems = parameters.problems();
  const auto body = read_body(request, problems);
  if (!body) return problems;
  const ForgetRequest asked = read_forget_request(*body, problems);
  if (!problems.empty()) return problems;
  const auto forgotten = event_schema_.forget(caller.project.id, asked.event, asked.property);
  if (!forgotten) return forgotten.error();
  return render_forgotten(*forgotten);
}

Outcome Api::pipeline(const Request&, const Caller&, Parameters& parameters) {
  if (auto problems = parameters.problems(); !problems.empty()) return problems;
  return render(d_.pipeline());
}

void Api::add_graphql(http::Router& router) {
  register_graphql(router, d_.sockets,
                   {.queries = queries_,
                    .event_schema = event_schema_,
                    .live = d_.live,
                    .clock = d_.clock,
                    .telemetry = d_.telemetry,
                    .pipeline = d_.pipeline,
                    .principal_of = [this](const std::string& key) { return access_.principal_of(key); },
                    .authorise = [this](const Request& request) { return access_.authorise(request); },
                    .caller_of = [this](security::Principal principal) { return access_.caller_of(principal); },
                    .scope_of = [this](const Caller& caller) { return scope_of(caller); },
                    .range_days_max = d_.settings.range_days_max,
                    .settings = d_.settings.graphql,
                    .declared = d_.documents,
                    .running = d_.running,
                    .answers = answers_,
                    .analyst = analyst_});
}

}  // namespace

ApiSettings ApiSettings::from(const config::Settings& settings) {
  return {query::QuerySettings::from(settings),
          static_cast<int>(settings.integer("query.range_days_max")),
          static_cast<int>(settings.integer("live.streams_max")),
          settings.duration_ms("live.keep_alive"),
          settings.bytes("query.cache_bytes_max"),
          GraphqlSettings::from(settings),
          static_cast<size_t>(settings.integer("schema.declarations_max"))};
}

Status ApiSettings::check(const config::Settings& settings) {
  const auto origins = WebOrigins::parse(settings.text("graphql.origins"));
  return origins ? Status() : origins.error();
}

GraphqlSettings GraphqlSettings::from(const config::Settings& settings) {
  GraphqlSettings made;
  made.limits.parse.tokens_max = static_cast<size_t>(settings.integer("graphql.tokens_max"));
  made.limits.operation = {settings.integer("graphql.depth_max"), settings.integer("graphql.aliases_max"),
                           settings.integer("graphql.root_fields_max"), settings.integer("graphql.cost_max")};
  made.limits.response_bytes_max = static_cast<size_t>(settings.bytes("graphql.response_bytes_max"));
  made.limits.introspection = settings.boolean("graphql.introspection");
  made.timeout_ms = settings.duration_ms("query.timeout");
  made.subscriptions = {static_cast<size_t>(settings.integer("graphql.subscriptions_max")),
                        static_cast<size_t>(settings.integer("graphql.subscriptions_per_key_max")),
                        static_cast<size_t>(settings.integer("graphql.subscription_threads")),
                        settings.duration_ms("live.keep_alive")};
  made.live_queue = {static_cast<size_t>(settings.bytes("graphql.subscription_queue_bytes_max")), 0,
                     settings.duration_ms("graphql.subscription_interval")};
  made.sockets = {static_cast<size_t>(settings.integer("graphql.sockets_max")),
                  static_cast<size_t>(settings.integer("graphql.sockets_per_key_max")),
                  static_cast<size_t>(settings.integer("graphql.socket_operations_max")),
                  static_cast<size_t>(settings.bytes("graphql.socket_message_bytes_max")),
                  settings.duration_ms("graphql.socket_init_timeout"),
                  settings.duration_ms("graphql.socket_ping_interval")};
  made.persisted_only = settings.boolean("graphql.persisted_only");
  made.persisted_bytes_max = static_cast<size_t>(settings.bytes("graphql.persisted_bytes_max"));
  made.origins = WebOrigins::parse(settings.text("graphql.origins")).value();
  return made;
}

void register_routes(http::Router& router, Dependencies dependencies, const identity::ProjectAccess* people) {
  const auto api = std::make_shared<Api>(std::move(dependencies), people);
  const auto add = [&](const char* pattern, std::string_view kind, Api::Read read) {
    router.add(http::Method::get, pattern,
               [api, kind, read](const Request& request) { return api->handle(kind, read, request); });
  };
  add("/api/v1/project", "project", &Api::project);
  add("/api/v1/metrics", "metric_list", &Api::metric_list);
  add("/api/v1/retention", "retention", &Api::retention);
  add("/api/v1/events/top", "top_events", &Api::top_events);
  add("/api/v1/live", "live", &Api::live);
  add("/api/v1/rejected", "rejected", &Api::rejected);
  add("/api/v1/pipeline", "pipeline", &Api::pipeline);
  add("/api/v1/players", "find_players", &Api::find_players);
  add("/api/v1/identity/links", "links", &Api::links);
  add("/api/v1/schema", "event_schema", &Api::event_schema);
  add("/api/v1/schema/violations", "schema_violations", &Api::violations);
  const auto add_change = [&](const char* pattern, std::string_view kind, Api::Read change) {
    router.add(http::Method::post, pattern,
               [api, kind, change](const Request& request) { return api->handle(kind, change, request); });
  };
  add_change("/api/v1/identity/links/{id}/undo", "undo_link", &Api::undo_link);
  add_change("/api/v1/schema/declare", "schema_declare", &Api::declare);
  add_change("/api/v1/schema/forget", "schema_forget", &Api::forget);
  router.add_stream(http::Method::post, "/api/v1/query/{kind}",
                    [api](const Request& request, StreamPtr stream) { return api->query(request, std::move(stream)); });
  router.add_stream(http::Method::get, "/api/v1/players/{id}/events", [api](const Request& request, StreamPtr stream) {
    return api->handle("timeline", &Api::timeline, request, std::move(stream));
  });
  router.add(http::Method::get, "/api/v1/metrics/{name}",
             [api](const Request& request) { return api->metric(request); });
  // The routes share `api`; it lives as long as one of them.
  api->add_graphql(router);
  router.add_stream(http::Method::get, "/api/v1/live/stream",
                    [api](const Request& request, std::shared_ptr<http::ResponseStream> stream) {
                      return api->live_stream(request, std::move(stream));
                    });
}

}  // namespace gm::analytics_api
