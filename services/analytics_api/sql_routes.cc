#include "services/analytics_api/sql_routes.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "lib/base/time.h"
#include "lib/query/sql_contract.h"
#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_sql.h"
#include "services/analytics_api/access.h"
#include "services/analytics_api/parameters.h"
#include "services/analytics_api/render.h"
#include "services/analytics_api/render_table.h"
#include "services/analytics_api/row_text.h"

namespace gm::analytics_api {
namespace {

using http::Request;
using http::Response;
using Json = nlohmann::ordered_json;

constexpr double kSecondNs = 1e9;
constexpr int kForbidden = 403;

// How many statements of each project run, and of all.
class Running {
 public:
  Running(int64_t project_max, int64_t total_max) : project_max_(project_max), total_max_(total_max) {}

  // Gives its place back when it goes.
  class Place {
   public:
    Place(Running& running, ProjectId project) : running_(&running), project_(project) {}
    Place(Place&& other) noexcept : running_(std::exchange(other.running_, nullptr)), project_(other.project_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (running_ != nullptr) running_->leave(project_);
    }

   private:
    Running* running_;
    ProjectId project_;
  };

  // Error: gm-sql-busy.
  Result<Place> enter(ProjectId project) {
    const std::lock_guard lock(mutex_);
    if (total_ >= total_max_) {
      return busy(fmt::format("{} statements are running (sql.concurrent_total_max)", total_max_));
    }
    const auto found = count_.find(project);
    if ((found == count_.end() ? 0 : found->second) >= project_max_) {
      return busy(fmt::format("{} statements of this project are running (sql.concurrent_max)", project_max_));
    }
    ++count_[project];
    ++total_;
    return Place(*this, project);
  }

 private:
  static Error busy(const std::string& why) { return {"gm-sql-busy", why + "; try again when one has ended"}; }
  void leave(ProjectId project) {
    const std::lock_guard lock(mutex_);
    --total_;
    if (--count_[project] == 0) count_.erase(project);
  }

  const int64_t project_max_, total_max_;
  std::mutex mutex_;
  std::map<ProjectId, int64_t> count_;
  int64_t total_ = 0;
};

int status_of(const Error& error) {
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
  asked.format = table_format(parameters);
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
        access_(d_.keys, d_.metadata, d_.telemetry),
        running_(d_.settings.concurrent_max, d_.settings.concurrent_total_max) {}

  Response ask(const Request& request) {
    auto access = access_.authorise(request);
    if (auto* refusal = std::get_if<Response>(&access)) return std::move(*refusal);
    d_.telemetry.counter(telemetry::kQueryTotal, {"sql"}).add();
    std::vector<Problem> problems;
    const auto asked = read_asked(request, problems);
    if (!asked) {
      d_.telemetry.counter(telemetry::kQueryErrors, {"user"}).add();
      return invalid_query(problems, request.trace_id);
    }
    const int64_t begin_ns = d_.clock.monotonic_ns();
    auto text = answer(std::get<security::Principal>(access), *asked);
    d_.telemetry.histogram(telemetry::kQueryDuration, {"sql"})
        .observe(static_cast<double>(d_.clock.monotonic_ns() - begin_ns) / kSecondNs);
    if (!text) return refuse(request, text.error());
    Response response;
    response.body = std::move(*text);
    response.content_type = content_type(asked->format);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
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
  Result<std::string> answer(security::Principal principal, const Asked& asked) {
    if (!d_.settings.enabled) return Error{"gm-sql-disabled", "SQL is switched off on this server (sql.enabled)"};
    const auto caller = access_.caller_of(principal);
    if (!caller) return caller.error();
    const auto place = running_.enter(caller->project.id);
    if (!place) return place.error();
    const int64_t as_of = as_of_ms(d_.pipeline(), *caller, d_.clock.now_ms());
    auto source = d_.store.ask_sql(
        {asked.sql, query::sql_tables(caller->project.id, caller->project.currency), d_.settings.limits});
    if (!source) return source.error();
    return render_rows(**source, asked.format, as_of);
  }

  Result<std::string> render_rows(store::RowSource& source, TableFormat format, int64_t as_of) const {
    RowText rows(format, source.columns());
    std::string text = rows.head();
    int64_t count = 0;
    while (true) {
      const auto block = source.next();
      if (!block) return block.error();
      if (block->empty()) break;
      count += static_cast<int64_t>(block->size());
      if (count > d_.settings.rows_max) {
        return Error{"gm-sql-too-large", fmt::format("the answer has more than {} rows (sql.rows_max); add a LIMIT, or "
                                                     "group",
                                                     d_.settings.rows_max)};
      }
      for (const auto& row : *block) rows.append(row, text);
      if (text.size() > static_cast<size_t>(d_.settings.answer_bytes_max)) {
        return Error{"gm-sql-too-large",
                     fmt::format("the answer is longer than {} bytes (sql.answer_bytes_max); ask for fewer columns or "
                                 "rows",
                                 d_.settings.answer_bytes_max)};
      }
    }
    if (format != TableFormat::json) return text;
    return fmt::format(R"({{"contract":{},"as_of":"{}","row_count":{},{}]}})", query::kSqlContractVersion,
                       format_iso8601(as_of), count, text);
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
    d_.telemetry.counter(telemetry::kQueryErrors, {timeout ? "timeout" : status == 503 ? "internal" : "user"}).add();
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
  Running running_;
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
  router.add(http::Method::post, "/api/v1/sql", [api](const Request& request) { return api->ask(request); });
  router.add(http::Method::get, "/api/v1/sql/tables", [api](const Request& request) { return api->tables(request); });
}

}  // namespace gm::analytics_api
