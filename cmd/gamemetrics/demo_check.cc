#include "cmd/gamemetrics/demo_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/text_table.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;
using simulated_game::Truth;
using simulated_game::TruthDay;
using Value = std::optional<double>;

constexpr double kMicros = 1e6;
constexpr int kRetentionDaysAtOnce = 20;
constexpr int kRetentionDayMax = 90;
// Both sides divide the same integers; only the last digits of the decimal text may differ.
constexpr double kRelativeError = 1e-9;

double real(int64_t value) { return static_cast<double>(value); }

struct Rule {
  const char* metric;
  std::function<Value(const TruthDay&)> value;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> table = {
      {"dau", [](const TruthDay& d) { return real(d.players); }},
      {"new_players", [](const TruthDay& d) { return real(d.new_players); }},
      {"returning_players", [](const TruthDay& d) { return real(d.players - d.new_players); }},
      {"events", [](const TruthDay& d) { return real(d.events); }},
      {"sessions", [](const TruthDay& d) { return real(d.sessions); }},
      {"session_minutes",
       [](const TruthDay& d) -> Value {
         if (d.sessions == 0) return std::nullopt;
         return real(d.session_ms) / real(kMsPerMinute) / real(d.sessions);
       }},
      {"revenue", [](const TruthDay& d) { return real(d.revenue_micros) / kMicros; }},
      {"payers", [](const TruthDay& d) { return real(d.payers); }},
      {"arpdau",
       [](const TruthDay& d) -> Value {
         if (d.players == 0) return std::nullopt;
         return real(d.revenue_micros) / kMicros / real(d.players);
       }},
      {"wau", [](const TruthDay& d) { return real(d.players_7); }},
      {"mau", [](const TruthDay& d) { return real(d.players_30); }},
      {"stickiness",
       [](const TruthDay& d) -> Value {
         if (d.players_30 == 0) return std::nullopt;
         return real(d.players) / real(d.players_30);
       }},
  };
  return table;
}

bool equal(const Value& a, const Value& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return std::abs(*a - *b) <= kRelativeError * std::max({1.0, std::abs(*a), std::abs(*b)});
}

Value number(const Json& json) { return json.is_number() ? Value(json.get<double>()) : std::nullopt; }

std::string text(const Value& value) { return value ? fmt::format("{:.10g}", *value) : "nothing"; }

class Comparison {
 public:
  explicit Comparison(std::string what) { row_.what = std::move(what); }
  void compare(const std::string& where, const Value& answered, const Value& truth) {
    ++row_.compared;
    if (equal(answered, truth)) return;
    if (row_.different++ == 0)
      row_.first_difference = fmt::format("{}: {} instead of {}", where, text(answered), text(truth));
  }
  ComparedNumbers row() && { return std::move(row_); }

 private:
  ComparedNumbers row_;
};

std::string range_of(const Truth& truth) {
  return fmt::format("from={}&to={}", truth.first().to_string(), truth.last().to_string());
}

Result<ComparedNumbers> compare_metric(ApiClient& api, const Truth& truth, const Rule& rule) {
  const auto answer = api.get(fmt::format("/api/v1/metrics/{}?{}", rule.metric, range_of(truth)));
  if (!answer) return answer.error();
  std::map<std::string, Value> answered;
  for (const Json& point : (*answer)["points"]) answered[point["date"].get<std::string>()] = number(point["value"]);
  Comparison comparison(rule.metric);
  for (const auto& [date, day] : truth.days()) {
    const auto found = answered.find(date.to_string());
    comparison.compare(date.to_string(), found == answered.end() ? std::nullopt : found->second, rule.value(day));
  }
  return std::move(comparison).row();
}

Status compare_cohorts(ApiClient& api, const Truth& truth, int from_day, int to_day, Comparison& comparison) {
  std::string days;
  for (int day = from_day; day <= to_day; ++day) days += (days.empty() ? "" : ",") + std::to_string(day);
  const auto answer = api.get(fmt::format("/api/v1/retention?{}&days={}", range_of(truth), days));
  if (!answer) return answer.error();
  std::map<std::string, std::map<int, Value>> answered;
  for (const Json& cohort : (*answer)["cohorts"]) {
    for (const Json& cell : cohort["cells"])
      answered[cohort["cohort_date"].get<std::string>()][cell["day"].get<int>()] = number(cell["players"]);
  }
  for (const auto& [date, day_row] : truth.days()) {
    const auto cells = truth.retention().find(date);
    for (int day = from_day; day <= to_day && date + day <= truth.last(); ++day) {
      int64_t players = 0;
      if (cells != truth.retention().end() && cells->second.count(day)) players = cells->second.at(day);
      // A cohort without players may be left out of the answer.
      const Value value = answered[date.to_string()].count(day) ? answered[date.to_string()][day] : Value(0.0);
      comparison.compare(fmt::format("cohort {} day {}", date.to_string(), day), value, real(players));
    }
  }
  return {};
}

Result<ComparedNumbers> compare_retention(ApiClient& api, const Truth& truth) {
  Comparison comparison("retention");
  const int last = std::min(truth.last() - truth.first(), kRetentionDayMax);
  for (int day = 0; day <= last; day += kRetentionDaysAtOnce) {
    const auto done = compare_cohorts(api, truth, day, std::min(day + kRetentionDaysAtOnce - 1, last), comparison);
    if (!done) return done.error();
  }
  return std::move(comparison).row();
}

// Both ways: what is missing and what should not be there.
ComparedNumbers compare_counts(const char* what, const Json& rows, const char* name, const Truth::Counts& truth) {
  Comparison comparison(what);
  std::map<std::string, Value> answered;
  for (const Json& row : rows) answered[row[name].get<std::string>()] = number(row["events"]);
  for (const auto& [key, count] : truth) {
    const auto found = answered.find(key);
    comparison.compare(key, found == answered.end() ? std::nullopt : found->second, real(count));
  }
  for (const auto& [key, value] : answered) {
    if (!truth.count(key)) comparison.compare(key, value, std::nullopt);
  }
  return std::move(comparison).row();
}

}  // namespace

Result<std::vector<ComparedNumbers>> compare_with_truth(ApiClient& api, const Truth& truth) {
  std::vector<ComparedNumbers> rows;
  for (const Rule& rule : rules()) {
    auto row = compare_metric(api, truth, rule);
    if (!row) return row.error();
    rows.push_back(std::move(*row));
  }
  auto retention = compare_retention(api, truth);
  if (!retention) return retention.error();
  rows.push_back(std::move(*retention));
  const auto top = api.get(fmt::format("/api/v1/events/top?{}&limit=100", range_of(truth)));
  if (!top) return top.error();
  rows.push_back(compare_counts("events by name", (*top)["rows"], "event", truth.event_counts()));
  const auto rejected = api.get("/api/v1/rejected?limit=1");
  if (!rejected) return rejected.error();
  rows.push_back(compare_counts("rejected by reason", (*rejected)["reasons"], "reason", truth.refused()));
  const auto project = api.get("/api/v1/project");
  if (!project) return project.error();
  Comparison all("events of all time");
  all.compare("project", number((*project)["events"]), real(truth.events()));
  rows.push_back(std::move(all).row());
  return rows;
}

uint64_t differences(const std::vector<ComparedNumbers>& rows) {
  uint64_t sum = 0;
  for (const ComparedNumbers& row : rows) sum += row.different;
  return sum;
}

std::string render_comparison(const std::vector<ComparedNumbers>& rows) {
  TextTable table{{"number", "compared", "different", "first difference"}, {}};
  uint64_t compared = 0;
  for (const ComparedNumbers& row : rows) {
    compared += row.compared;
    table.rows.push_back({row.what, std::to_string(row.compared), std::to_string(row.different), row.first_difference});
  }
  const uint64_t different = differences(rows);
  return render_aligned(table) + fmt::format("verified: {} difference{} in {} numbers\n", different,
                                             different == 1 ? "" : "s", grouped(compared));
}

}  // namespace gm::gamemetrics
