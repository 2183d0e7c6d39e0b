#include "services/analytics_api/sql_routes.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "lib/base/time.h"
#include "lib/query/sql_contract.h"
#include "lib/store/stopped_by.h"
#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_sql.h"
#include "services/analytics_api/access.h"
#include "services/analytics_api/parameters.h"
#include "services/analytics_api/query_refusals.h"
#include "services/analytics_api/render.h"
#include "services/analytics_api/render_table.h"
#include "services/analytics_api/row_text.h"

namespace gm::analytics_api {
namespace {

using http::Request;
using http::Response;
using Json = nlohmann::ordered_json;
using StreamPtr = std::shared_ptr<http::ResponseStream>;

constexpr double kSecondNs = 1e9;
constexpr int kForbidden = 403;

int status_of(const Error& error) {
  if (const auto status = refusal_status(error)) return *status;
  if (error.code == "gm-sql-malformed" || error.code == "gm-sql-refused" || error.code == "gm-sql-failed") return 400;
  if (error.code == "gm-sql-disabled") return kForbidden;
  if (error.code == "gm-sql-too-large" || error.code == "gm-sql-out-of-memory") return 422;
  if (error.code == "gm-sql-busy") return 429;
  if (error.code == "gm-sql-timeout") return 504;
  return 503;
}

struct Asked {
  std::string sql;
  TableFormat format = TableFormat::json;
};

std::optional<Asked> read_asked(const Request& request, std::vector<Problem>& problems) {
  Parameters parameters(request.query);
  Asked asked;
  asked.format = wanted_format(request, parameters);
  problems = parameters.problems();
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    problems.push_back({"", "the body is no JSON object such as {\"sql\":\"SELECT ...\"}"});
    return std::nullopt;
  }
  for (const auto& [name, value] : body.items()) {
    if (name == "sql" && value.is_string()) {
      asked.sql = value.get<std::string>();
    } else {
      problems.push_back({"/" + name, name == "sql" ? "not a text" : "no such member"});
    }
  }
  if (!body.contains("sql")) problems.push_back({"/sql", "required: a SELECT statement"});
  return problems.empty() ? std::optional<Asked>(std::move(asked)) : std::nullopt;
}

class SqlApi {
 public:
  explicit SqlApi(SqlDependencies dependencies)
      : d_(std::move(dependencies)),
        access_(d_.keys, d_.metadata, d_.telemetry, d_.people),
        places_({"gm-sql-busy", "statements", "sql.concurrent_max", "sql.concurrent_total_max"},
                d_.settings.concurrent_max, d_.settings.concurrent_total_max) {}

  Response ask(const Request& request, StreamPtr stream) {
    auto access = access_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    d_.telemetry.counter(telemetry::kQueryTotal, {"sql"}).add();
    std::vector<Problem> problems;
    const auto asked = read_asked(request, problems);
    if (!asked) {
      d_.telemetry.counter(telemetry::kQueryErrors, {"user"}).add();
      return invalid_query(problems, request.trace_id);
    }
    const auto principal = std::get<security::Principal>(access);
    const auto running = d_.running.enter(request, principal, "sql", asked->sql);
    if (!running) return refuse(request, running.error());
    const store::StoppedBy stopped_by((*running)->stop());
    const int64_t begin_ns = d_.clock.monotonic_ns();
    auto response = answer(principal, *asked, *running, std::move(stream));
    d_.telemetry.histogram(telemetry::kQueryDuration, {"sql"})
        .observe(static_cast<double>(d_.clock.monotonic_ns() - begin_ns) / kSecondNs);
    if (!response) response = refuse(request, response.error());
    response->headers.emplace_back("X-Query-Id", (*running)->id());
    return std::move(*response);
  }

  Response tables(const Request& request) {
    auto access = access_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    if (const auto problems = Parameters(request.query).problems(); !problems.empty()) {
      return invalid_query(problems, request.trace_id);
    }
    Response response;
    response.body = contract(std::get<security::Principal>(access).project);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }

 private:
  Result<Response> answer(security::Principal principal, const Asked& asked,
                          const std::shared_ptr<RunningQuery>& running, StreamPtr stream) {
    if (!d_.settings.enabled) return Error{"gm-sql-disabled", "SQL is switched off on this server (sql.enabled)"};
    const auto caller = access_.caller_of(principal);
    if (!caller) return caller.error();
    if (asked.format != TableFormat::json) return begin_export(*caller, asked, running, std::move(stream));
    const auto place = places_.enter(caller->project.id);
    if (!place) return place.error();
    const int64_t as_of = as_of_ms(d_.pipeline(), *caller, d_.clock.now_ms());
    auto source = d_.store.ask_sql(question(*caller, asked, d_.settings.limits));
    if (!source) return source.error();
    auto text = render_rows(**source, as_of);
    if (!text) return text.error();
    Response response;
    response.body = std::move(*text);
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("Vary", "Accept");
    return response;
  }

  Result<Response> begin_export(const Caller& caller, const Asked& asked, const std::shared_ptr<RunningQuery>& running,
                                StreamPtr stream) {
    auto place = d_.exports.take_place(caller.project.id);
    if (!place) return place.error();
    store::SqlLimits limits = d_.settings.limits;
    limits.timeout_ms = d_.exports.settings().timeout_ms;
    limits.timeout_setting = "export.timeout";
    auto source = d_.store.ask_sql(question(caller, asked, limits));
    if (!source) return source.error();
    return d_.exports.begin({std::move(*place), running, std::move(*source), asked.format, "sql"}, std::move(stream));
  }

  static store::SqlQuestion question(const Caller& caller, const Asked& asked, const store::SqlLimits& limits) {
    return {asked.sql, query::sql_tables(caller.project.id, caller.project.currency), limits};
  }

  Result<std::string> render_rows(store::RowSource& source, int64_t as_of) const {
    RowText rows(TableFormat::json, source.columns());
    std::string text = rows.head();
    int64_t count = 0;
    while (true) {
      const auto block = source.next();
      if (!block) return block.error();
      if (block->empty()) break;
      count += static_cast<int64_t>(block->size());
      for (const auto& row : *block) rows.append(row, text);
      if (const Status fits = check_size(count, text.size()); !fits) return fits.error();
    }
    return fmt::format(R"({{"contract":{},"as_of":"{}","row_count":{},{}]}})", query::kSqlContractVersion,
                       format_iso8601(as_of), count, text);
  }

  Status check_size(int64_t rows, size_t bytes) const {
    if (rows > d_.settings.rows_max) {
      return Error{"gm-sql-too-large",
                   fmt::format("the answer has more than {} rows (sql.rows_max); add a LIMIT, group, or export it: "
                               "format=csv, ndjson or parquet",
                               d_.settings.rows_max)};
    }
    if (bytes > static_cast<size_t>(d_.settings.answer_bytes_max)) {
      return Error{"gm-sql-too-large",
                   fmt::format("the answer is longer than {} bytes (sql.answer_bytes_max); ask for fewer columns or "
                               "rows, or export it: format=csv, ndjson or parquet",
                               d_.settings.answer_bytes_max)};
    }
    return {};
  }

  static std::string contract(ProjectId project) {
    static constexpr std::string_view kTypes[] = {"VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"};
    Json json = {{"contract", query::kSqlContractVersion}, {"tables", Json::array()}};
    for (const store::SqlTable& table : query::sql_tables(project, "")) {
      Json columns = Json::array();
      for (const store::SqlColumn& column : table.columns) {
        columns.push_back(
            {{"name", column.name}, {"type", kTypes[static_cast<size_t>(column.kind)]}, {"meaning", column.meaning}});
      }
      json["tables"].push_back({{"name", table.name}, {"meaning", table.meaning}, {"columns", std::move(columns)}});
    }
    return json_text(json);
  }

  Response refuse(const Request& request, const Error& error) const {
    const int status = status_of(error);
    d_.telemetry.counter(telemetry::kSqlRefused, {error.code}).add();
    const bool timeout = error.code == "gm-sql-timeout";
    if (error.code != "gm-query-cancelled") {
      d_.telemetry.counter(telemetry::kQueryErrors, {timeout ? "timeout" : status == 503 ? "internal" : "user"}).add();
    }
    if (status < 500 || timeout) {
      Response response = http::problem(status, error.code, error.message, request.trace_id);
      if (status == 429) response.headers.emplace_back("Retry-After", "1");
      return response;
    }
    d_.logger.log(telemetry::Level::error, "a request could not be answered",
                  {{"route", request.path}, {"status", status}, {"code", error.code}, {"detail", error.message}},
                  request.trace_id);
    Response response = http::problem(status, "gm-store-unavailable", "the store cannot answer now", request.trace_id);
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }

  SqlDependencies d_;
  Access access_;
  StatementPlaces places_;
};

}  // namespace

SqlSettings SqlSettings::from(const config::Settings& settings) {
  return {settings.boolean("sql.enabled"),
          {settings.duration_ms("sql.timeout"), settings.bytes("sql.memory_max"), settings.bytes("sql.text_bytes_max")},
          settings.integer("sql.rows_max"),
          settings.bytes("sql.answer_bytes_max"),
          settings.integer("sql.concurrent_max"),
          settings.integer("sql.concurrent_total_max")};
}

void register_sql_routes(http::Router& router, SqlDependencies dependencies) {
  const auto api = std::make_shared<SqlApi>(std::move(dependencies));
  router.add_stream(http::Method::post, "/api/v1/sql",
                    [api](const Request& request, StreamPtr stream) { return api->ask(request, std::move(stream)); });
  router.add(http::Method::get, "/api/v1/sql/tables", [api](const Request& request) { return api->tables(request); });
}

}  // namespace gm::analytics_api
