#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/api_client.h"
#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/event_sender.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/query_export.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/base/time.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRejectedPageMax = 500;  // the API's

struct QueryOptions {
  ServerOptions server;
  std::string what;
  std::string from, to;
  std::string days = "0,1,3,7,14,30";
  std::string reason;
  std::string question;  // JSON: POST /api/v1/query/{what}
  std::string sql;       // POST /api/v1/sql
  int limit = 20;
  std::string output;
  std::string file;
  std::string id;  // of a running question: cancel
};

std::string text_of(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.10g}", value.get<double>());
  return value.dump();
}

TextTable metric_table(const Json& answer) {
  TextTable table{{"date", answer.value("metric", "value"), "provisional"}, {}};
  for (const Json& point : answer["points"]) {
    table.rows.push_back(
        {text_of(point["date"]), text_of(point["value"]), point.value("provisional", false) ? "yes" : ""});
  }
  if (!answer["total"].is_null()) table.rows.push_back({"total", text_of(answer["total"]), ""});
  return table;
}

TextTable retention_table(const Json& answer) {
  TextTable table{{"cohort", "size"}, {}};
  for (const Json& day : answer["days"]) table.columns.push_back("day " + text_of(day));
  for (const Json& cohort : answer["cohorts"]) {
    std::vector<std::string> row{text_of(cohort["cohort_date"]), text_of(cohort["size"])};
    for (const Json& day : answer["days"]) {
      const auto cell =
          std::find_if(cohort["cells"].begin(), cohort["cells"].end(), [&](const Json& c) { return c["day"] == day; });
      row.push_back(cell == cohort["cells"].end() ? "" : text_of((*cell)["players"]));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

TextTable rows_table(const Json& rows, std::initializer_list<const char*> columns) {
  TextTable table{{columns.begin(), columns.end()}, {}};
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const char* column : columns) cells.push_back(row.contains(column) ? text_of(row[column]) : "");
    table.rows.push_back(std::move(cells));
  }
  return table;
}

TextTable table_of(const std::string& what, const Json& answer) {
  if (what == "retention") return retention_table(answer);
  if (what == "top-events") return rows_table(answer["rows"], {"event", "events", "share"});
  if (what == "rejected")
    return rows_table(answer["rows"], {"offset", "received_at", "reason", "detail", "source", "raw"});
  if (what == "metrics") return rows_table(answer["metrics"], {"name", "unit", "window", "definition"});
  return metric_table(answer);
}

// Without --from and --to: the 30 days that end today, as the game counts days.
Status fill_range(ApiClient& api, QueryOptions& options) {
  if (!options.from.empty() && !options.to.empty()) return {};
  const auto project = api.get("/api/v1/project");
  if (!project) return project.error();
  const auto zone = TimeZone::find(project->value("timezone", "UTC"));
  if (!zone) return zone.error();
  const Date today = zone->local_date(SystemClock().now_ms());
  if (options.to.empty()) options.to = today.to_string();
  const auto to = Date::parse(options.to);
  if (!to) return Error{"gm-usage-invalid", "--to must be a date such as 2026-11-23"};
  if (options.from.empty()) options.from = (*to - 29).to_string();
  return {};
}

std::string path_of(const QueryOptions& options) {
  const std::string range = fmt::format("from={}&to={}", options.from, options.to);
  if (options.what == "metrics") return "/api/v1/metrics";
  if (options.what == "retention") return fmt::format("/api/v1/retention?{}&days={}", range, options.days);
  if (options.what == "top-events") return fmt::format("/api/v1/events/top?{}&limit={}", range, options.limit);
  return fmt::format("/api/v1/metrics/{}?{}", options.what, range);
}

// The newest `options.limit` refused events, page by page as the server gives them.
Result<Json> rejected_events(ApiClient& api, const QueryOptions& options) {
  const std::string reason = options.reason.empty() ? "" : "&reason=" + options.reason;
  Json whole;
  std::string before;
  for (int left = options.limit; left > 0;) {
    auto page = api.get(fmt::format("/api/v1/rejected?limit={}{}{}", std::min(left, kRejectedPageMax), reason, before));
    if (!page) return page.error();
    const Json rows = (*page)["rows"];
    left -= static_cast<int>(rows.size());
    if (whole.is_null()) {
      whole = *page;
    } else {
      for (const Json& row : rows) whole["rows"].push_back(row);
      whole["next"] = (*page)["next"];
    }
    if ((*page)["next"].is_null()) break;
    before = fmt::format("&before={}", text_of((*page)["next"]));
  }
  return whole;
}

// The first table of an answer, or the list of players behind a cell.
TextTable question_table(const Json& answer) {
  TextTable table;
  const Json& rows = answer.contains("rows") ? answer["rows"] : answer["players"];
  if (answer.contains("columns")) {
    for (const Json& column : answer["columns"]) table.columns.push_back(column.value("name", ""));
  } else if (!rows.empty()) {
    for (const auto& [name, value] : rows.front().items()) table.columns.push_back(name);
  }
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& column : table.columns) cells.push_back(text_of(row.value(column, Json())));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

int ask(const QueryOptions& options) {
  const std::string path = "/api/v1/query/" + options.what;
  if (is_file_format(options.output)) {
    return export_answer(options.server, {"POST", path + "?format=" + options.output, options.question, options.file});
  }
  ApiClient api(options.server);
  const auto text = api.post_text(path, options.question);
  if (!text) return fail(text.error());
  const Json answer = Json::parse(*text, nullptr, false);
  if (answer.is_discarded()) return fail(Error{"gm-server-unreachable", "the answer is not JSON"});
  if (options.output == "json") {
    print(answer.dump(2) + "\n");
    return kExitOk;
  }
  const TextTable table = question_table(answer);
  print(render_aligned(table));
  if (answer.contains("definition")) {
    say("{} ({}, {}). {}", answer.value("title", ""), answer.value("window", ""), answer.value("timezone", ""),
        answer.value("definition", ""));
  }
  return kExitOk;
}

TextTable sql_table(const Json& answer) {
  TextTable table;
  for (const Json& column : answer["columns"]) table.columns.push_back(column.value("name", ""));
  for (const Json& row : answer["rows"]) {
    std::vector<std::string> cells;
    for (const Json& cell : row) cells.push_back(text_of(cell));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

int ask_sql(const QueryOptions& options) {
  const std::string body = Json{{"sql", options.sql}}.dump();
  if (is_file_format(options.output)) {
    return export_answer(options.server, {"POST", "/api/v1/sql?format=" + options.output, body, options.file});
  }
  ApiClient api(options.server);
  const auto text = api.post_text("/api/v1/sql", body);
  if (!text) return fail(text.error());
  const Json answer = Json::parse(*text, nullptr, false);
  if (!answer.is_object() || !answer.contains("columns")) {
    return fail(Error{"gm-server-unreachable", "the answer is none to SQL"});
  }
  print(options.output == "json" ? answer.dump(2) + "\n" : render_aligned(sql_table(answer)));
  return kExitOk;
}

int list_running(const QueryOptions& options) {
  ApiClient api(options.server);
  const auto answer = api.get("/api/v1/queries");
  if (!answer) return fail(answer.error());
  if (options.output == "json") {
    print(answer->dump(2) + "\n");
    return kExitOk;
  }
  print(render_aligned(
      rows_table((*answer)["queries"], {"id", "kind", "key", "running_ms", "rows", "bytes", "cancelled", "text"})));
  return kExitOk;
}

int cancel_running(const QueryOptions& options) {
  if (options.id.empty()) return fail(Error{"gm-usage-invalid", "name the question's id; gamemetrics query list"});
  const auto answer = ApiClient(options.server).erase("/api/v1/queries/" + options.id);
  if (!answer) return fail(answer.error());
  say("{} ends", options.id);
  return kExitOk;
}

// A mistake in how the options go together.
Status check_options(const QueryOptions& options) {
  if (options.sql.empty() == options.what.empty()) {
    return Error{"gm-usage-invalid", "name what to ask for, such as dau, or give --sql"};
  }
  if (!options.id.empty() && options.what != "cancel") return Error{"gm-usage-invalid", "only cancel takes an id"};
  const bool whole = !options.sql.empty() || !options.question.empty();
  if (!whole && (options.output == "ndjson" || options.output == "parquet")) {
    return Error{"gm-usage-invalid", "ndjson and parquet are for --sql and --question"};
  }
  if (!options.file.empty() && (!whole || !is_file_format(options.output))) {
    return Error{"gm-usage-invalid", "--file takes an answer to --sql or --question as csv, ndjson or parquet"};
  }
  return {};
}

int query(QueryOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  if (const Status fits = check_options(options); !fits) return fail(fits.error());
  if (options.what == "list") return list_running(options);
  if (options.what == "cancel") return cancel_running(options);
  if (!options.sql.empty()) return ask_sql(options);
  if (!options.question.empty()) return ask(options);
  ApiClient api(options.server);
  if (options.what != "rejected" && options.what != "metrics") {
    if (const auto filled = fill_range(api, options); !filled) return fail(filled.error());
  }
  const auto answer = options.what == "rejected" ? rejected_events(api, options) : api.get(path_of(options));
  if (!answer) return fail(answer.error());
  if (options.output == "json") {
    print(answer->dump(2) + "\n");
    return kExitOk;
  }
  const TextTable table = table_of(options.what, *answer);
  print(options.output == "csv" ? render_csv(table) : render_aligned(table));
  if (options.output == "table" && answer->contains("definition")) {
    say("{} ({}, {}{}). {}", answer->value("title", ""), answer->value("window", ""), answer->value("timezone", ""),
        answer->value("complete", true) ? "" : ", not complete yet", answer->value("definition", ""));
  }
  return kExitOk;
}

}  // namespace

void add_query_command(Cli& cli) {
  CLI::App* command = cli.app.add_subcommand("query", "Ask a running server for numbers");
  const auto options = std::make_shared<QueryOptions>();
  command->add_option("what", options->what,
                      "A metric such as dau, or: retention, top-events, rejected, metrics (the list), list (the "
                      "questions that are running), cancel; with --question: "
                      "trend, metrics, "
                      "retention, funnel, paths, segment, lifecycle, stickiness, churn, ltv, spenders, first_purchase, "
                      "progression, "
                      "players");
  add_server_options(*command, options->server, security::KeyKind::project);
  command->add_option("--from", options->from, "First day, YYYY-MM-DD (default: 30 days)");
  command->add_option("--to", options->to, "Last day, YYYY-MM-DD (default: today)");
  command->add_option("--days", options->days, "Retention: days after the first")->capture_default_str();
  command->add_option("--limit", options->limit, "Rows of top-events and rejected")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--reason", options->reason, "Rejected: this reason only");
  command->add_option("--question", options->question, "A question as JSON, see docs/reference/queries.md");
  command->add_option("--sql", options->sql, "A SELECT on the game's own tables, see docs/reference/sql.md");
  command->add_option("id", options->id, "cancel: which, see list");
  command->add_option("--file", options->file, "Write csv, ndjson or parquet there; it appears when it is whole");
  options->output = "table";
  command->add_option("-o,--output,--format", options->output, "Form of the answer")
      ->check(CLI::IsMember({"table", "json", "csv", "ndjson", "parquet"}))
      ->capture_default_str();
  add_examples(*command,
               {"gamemetrics query dau --key gm_pk_... --from 2026-11-01 --to 2026-11-23",
                "gamemetrics query retention --days 0,1,7 -o csv",
                "gamemetrics query funnel --question "
                "'{\"from\":\"2026-11-01\",\"to\":\"2026-11-23\",\"steps\":[\"store_open\",\"purchase\"]}'",
                "gamemetrics query --sql 'SELECT country, count(*) FROM players GROUP BY ALL ORDER BY 2 DESC'",
                "gamemetrics query --sql 'SELECT * FROM events' --format parquet --file events.parquet",
                "gamemetrics query cancel 4bf92f3577b34da6a3ce929d0e0e4736-12",
                "gamemetrics query rejected --reason player_id_missing -o json"});
  command->callback([&cli, options] { cli.chosen = [options] { return query(*options); }; });
}

}  // namespace gm::gamemetrics
