#include "services/analytics_api/graphql_questions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "lib/query/analysis/question_reader.h"
#include "lib/query/metric.h"
#include "services/analytics_api/answer_limits.h"
#include "services/analytics_api/graphql_fields.h"
#include "services/analytics_api/graphql_schema.h"
#include "services/analytics_api/render.h"
#include "services/analytics_api/render_table.h"

namespace gm::analytics_api {
namespace {

using namespace graphql_fields;  // what all of a schema's declarations are made of

struct ConnectionView {
  query::PlayersAnswer answer;
  bool continued = false;  // some page lies before
};

// One error tells everything that is wrong with the question, each with the JSON pointer of its place.
Error told_of(const query::Problems& problems) {
  std::vector<std::string> lines;
  for (const auto& problem : problems) lines.push_back(problem.pointer + ": " + problem.detail);
  return {"gm-query-invalid", fmt::format("{}", fmt::join(lines, "; "))};
}

Result<nlohmann::json> json_argument(const Call& call, std::string_view name) {
  std::string text;
  graphql::append_json(*call.arguments.find(name), text);
  if (text.size() > query::kQuestionBytesMax) {
    return Error{"gm-query-invalid", fmt::format("{} is longer than {} bytes", name, query::kQuestionBytesMax)};
  }
  return nlohmann::json::parse(text);
}

query::QuestionLimits limits_of(const GraphqlContext& context) { return {context.range_days_max}; }

// The caller sees what of the question was wrong; only the store's own errors are kept from him.
Error told_of(const Error& error) { return error.code == "gm-query-refused" ? error : told(error); }

Answer question(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const std::string& kind = call.arguments.text("kind");
  const auto body = json_argument(call, "query");
  if (!body) return body.error();
  query::Problems problems;
  const auto asked = query::read_question(kind, *body, "", limits_of(context), problems);
  if (!asked) return told_of(problems);
  auto fresh = context.answers.question(kind, body->dump(), *asked, context.scope, context.cache_use);
  if (!fresh) return told_of(fresh.error());
  return Value::object(std::make_shared<const query::TableAnswer>(std::move(fresh->answer)));
}

Answer connection(Result<query::PlayersAnswer> answer, bool continued) {
  if (!answer) return told_of(answer.error());
  return Value::object(std::make_shared<const ConnectionView>(ConnectionView{std::move(*answer), continued}));
}

Answer players_behind(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  nlohmann::json body = {{"kind", call.arguments.text("kind")}, {"limit", call.arguments.integer("first")}};
  for (const char* name : {"query", "cell"}) {
    if (!call.arguments.given(name)) continue;
    auto argument = json_argument(call, name);
    if (!argument) return argument.error();
    body[name] = std::move(*argument);
  }
  const bool continued = call.arguments.given("after");
  if (continued) {
    body["after"] = nlohmann::json::parse(call.arguments.text("after"), nullptr, false);
    if (!body["after"].is_number_unsigned()) return Error{"gm-query-invalid", "after is no cursor of a player"};
  }
  query::Problems problems;
  const auto wanted = query::read_players_question(body, limits_of(context), problems);
  if (!wanted) return told_of(problems);
  auto answer = context.analyst.players(wanted->question, wanted->cell, wanted->page, context.scope, problems);
  if (!problems.empty()) return told_of(problems);
  return connection(std::move(answer), continued);
}

Answer players(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto limit = first(call, kPlayersMax);
  if (!limit) return limit.error();
  std::optional<std::string> search;
  if (call.arguments.given("search")) search = call.arguments.text("search");
  return connection(context.analyst.find_players(context.scope, search, *limit), false);
}

Answer timeline(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto limit = first(call, kTimelineMax);
  if (!limit) return limit.error();
  std::optional<query::TimelineCursor> before;
  if (call.arguments.given("after")) {
    before = query::parse_timeline_cursor(call.arguments.text("after"));
    if (!before) return Error{"gm-query-invalid", "after is no cursor of a timeline"};
  }
  auto timeline = context.analyst.timeline(context.scope, call.arguments.text("player"), before, *limit);
  if (!timeline && timeline.error().code == "gm-player-unknown") return Value();
  return kept(std::move(timeline));
}

void add_answer(graphql::Schema& schema) {
  using query::TableAnswer, query::AnswerTable, query::Column;
  const auto rows = [](const AnswerTable& table) {
    std::vector<Value> values;
    for (const auto& row : rows_json(table)) values.push_back(Value::Json{json_text(row)});
    return values;
  };
  Fields(schema, "Answer")
      .read<TableAnswer>("engine", [](const TableAnswer& a) { return std::string(a.explanation.engine); })
      .read<TableAnswer>("engineReason",
                         [](const TableAnswer& a) { return text_or_null(std::string(a.explanation.engine_reason)); })
      .read<TableAnswer>("facts", [](const TableAnswer& a) { return Value::Json{json_text(facts_json(a))}; })
      .part("explanation", &TableAnswer::explanation)
      .list("tables", &TableAnswer::tables)
      .read<TableAnswer>("rows", [rows](const TableAnswer& a) { return rows(a.tables.front()); });
  schema.resolve("Answer", "columns", [](const Call& call) -> Answer {
    return Fields::items(call, call.object<TableAnswer>().tables.front().columns);
  });
  Fields(schema, "AnswerTable")
      .member("name", &AnswerTable::name)
      .list("columns", &AnswerTable::columns)
      .read<AnswerTable>("rows", rows);
  Fields(schema, "Column")
      .member("name", &Column::name)
      .read<Column>("type", [](const Column& c) { return std::string(column_type_name(c.type)); })
      .member("coordinate", &Column::coordinate);
}

void add_players(graphql::Schema& schema) {
  using V = ConnectionView;
  using P = query::ListedPlayer;
  const auto players = [](const Call& call) -> Answer { return Fields::items(call, call.object<V>().answer.players); };
  const auto cursor = [](const P& player) { return std::to_string(player.key); };
  schema.resolve("PlayerConnection", "edges", players);
  schema.resolve("PlayerConnection", "nodes", players);
  schema.resolve("PlayerConnection", "pageInfo", [cursor](const Call& call) -> Answer {
    const auto& [answer, continued] = call.object<V>();
    return page_of(answer.players, answer.next.has_value(), continued, cursor);
  });
  schema.resolve("PlayerEdge", "node", [](const Call& call) -> Answer { return call.part(call.object<P>()); });
  Fields(schema, "PlayerConnection").read<V>("totalCount", [](const V& v) { return v.answer.total; });
  Fields(schema, "PlayerEdge").read<P>("cursor", cursor);
  Fields(schema, "Player")
      .member("playerId", &P::id)
      .read<P>("firstSeenAt", [](const P& p) { return moment(p.first_seen_ms); })
      .read<P>("lastSeenAt", [](const P& p) { return moment(p.last_seen_ms); })
      .read<P>("country", [](const P& p) { return text_or_null(p.country); })
      .read<P>("platform", [](const P& p) { return text_or_null(p.platform); })
      .read<P>("build", [](const P& p) { return text_or_null(p.build); })
      .member("events", &P::events)
      .member("sessions", &P::sessions)
      .read<P>("revenue", [](const P& p) { return static_cast<double>(p.revenue_micros) / query::kMicros; });
}

void add_timeline(graphql::Schema& schema) {
  using query::PlayerTimeline;
  Fields(schema, "PlayerTimeline").list("nodes", &PlayerTimeline::events).member("endCursor", &PlayerTimeline::next);
}

}  // namespace

void add_questions(graphql::Schema& schema) {
  schema.resolve("Query", "question", question);
  schema.resolve("Query", "playersBehind", players_behind);
  schema.resolve("Query", "players", players);
  schema.resolve("Query", "timeline", timeline);
  add_answer(schema);
  add_players(schema);
  add_timeline(schema);
}

}  // namespace gm::analytics_api
