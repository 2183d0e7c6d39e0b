#include "services/notifications/metric_reader.h"

#include <algorithm>

#include "lib/query/event_schema.h"

namespace gm::notifications {
namespace {

using query::Interval;

constexpr int kDaysPerWeek = 7;
constexpr int kMonday = 3;                    // 1970-01-01 was a Thursday: days + 3 is a multiple of 7 on Mondays
constexpr size_t kDayAt = 8, kDayDigits = 2;  // in "2026-11-26"
constexpr int kLongestMonth = 31;

Date week_start(Date date) { return date - ((date.days + kMonday) % kDaysPerWeek + kDaysPerWeek) % kDaysPerWeek; }

Date month_start(Date date) { return date - (std::stoi(date.to_string().substr(kDayAt, kDayDigits)) - 1); }

Date start_of_period(Interval window, Date date) {
  if (window == Interval::week) return week_start(date);
  return window == Interval::month ? month_start(date) : date;
}

Date next_start(Interval window, Date start) {
  if (window == Interval::week) return start + kDaysPerWeek;
  return window == Interval::month ? month_start(start + kLongestMonth) : start + 1;
}

const store::Value& value_in(const query::AnswerTable& table, const std::vector<store::Value>& row,
                             std::string_view column) {
  const auto found = std::ranges::find(table.columns, column, &query::Column::name);
  return row.at(static_cast<size_t>(found - table.columns.begin()));
}

}  // namespace

query::DateRange days_needed(const RuleDefinition& definition, const TimeZone& zone, int64_t cutoff_ms) {
  const Date last = zone.local_date(cutoff_ms);
  // The period of the cutoff may not have ended, so the one before is the judged one, and its start is what counts.
  const Date judged = start_of_period(definition.window, start_of_period(definition.window, last) - 1);
  return {start_of_period(definition.window, judged - static_cast<int32_t>(days_before(definition))), last};
}

Bucket bucket_of(Interval window, const TimeZone& zone, const store::Value& start) {
  if (const auto* moment = std::get_if<int64_t>(&start))
    return {{format_iso8601(*moment), *moment, std::nullopt}, *moment + kMsPerHour};
  const Date date = std::get<Date>(start);
  return {{date.to_string(), zone.start_of(date), std::nullopt}, zone.start_of(next_start(window, date))};
}

StoreReader::StoreReader(Dependencies dependencies, int64_t settle_ms)
    : d_(std::move(dependencies)), settle_ms_(settle_ms), analyst_(d_.store, d_.query, d_.behavior) {}

Result<Reading> StoreReader::read(ProjectId project, const RuleDefinition& definition, int64_t now_ms) const {
  const auto projects = d_.metadata.projects();
  if (!projects) return projects.error();
  const auto known = std::ranges::find(*projects, project, &store::Project::id);
  if (known == projects->end()) return Error{"gm-project-unknown", "the project of the rule is gone"};
  const auto zone = TimeZone::find(known->time_zone);
  if (!zone) return zone.error();
  const int64_t as_of_ms = d_.counted_until(*known, now_ms);
  const int64_t cutoff_ms = definition.incomplete ? now_ms : std::min(now_ms, as_of_ms) - settle_ms_;
  const Look look{*known, *zone, now_ms, as_of_ms, cutoff_ms};
  if (is_of_now(definition.signal)) {
    const auto value = value_of_now(definition, look);
    if (!value) return value.error();
    return Reading{*zone, {{format_iso8601(now_ms), now_ms, *value}}};
  }
  auto periods =
      definition.metric == nullptr ? periods_of_refusals(definition, look) : periods_of_metric(definition, look);
  if (!periods) return periods.error();
  return Reading{*zone, std::move(*periods)};
}

Result<std::vector<Period>> StoreReader::periods_of_metric(const RuleDefinition& definition, const Look& look) const {
  query::Problems problems;
  const auto question = question_of(definition, days_needed(definition, look.zone, look.cutoff_ms), problems);
  if (!question) return Error{"gm-alert-unreadable", problems.front().pointer + ": " + problems.front().detail};
  const auto answer =
      analyst_.answer(*question, {look.project.id, look.zone, look.project.currency, look.now_ms, look.as_of_ms});
  if (!answer) return answer.error();
  std::vector<Period> periods;
  const query::AnswerTable& table = answer->tables.front();
  const char* start = definition.window == Interval::hour ? "time" : "date";
  for (const auto& row : table.rows) {
    Bucket bucket = bucket_of(definition.window, look.zone, value_in(table, row, start));
    if ((definition.incomplete ? bucket.period.start_ms : bucket.end_ms) > look.cutoff_ms) continue;
    const store::Value& value = value_in(table, row, "value");
    if (!store::is_null(value)) bucket.period.value = store::as_double(value);
    periods.push_back(std::move(bucket.period));
  }
  return periods;
}

Result<std::vector<Period>> StoreReader::periods_of_refusals(const RuleDefinition& definition, const Look& look) const {
  std::vector<Period> periods;
  for (Bucket& bucket : buckets_compared(definition, look.zone, look.cutoff_ms)) {
    const auto count = refusals(look.project.id, bucket.period.start_ms, bucket.end_ms);
    if (!count) return count.error();
    bucket.period.value = static_cast<double>(*count);
    periods.push_back(std::move(bucket.period));
  }
  return periods;
}

Result<int64_t> StoreReader::refusals(ProjectId project, int64_t from_ms, int64_t until_ms) const {
  const auto table =
      d_.store.run({"SELECT count(*) FROM rejected_events WHERE project = ? AND received_at >= ? AND received_at < ?",
                    {int64_t{project.value()}, store::TimestampMs{from_ms}, store::TimestampMs{until_ms}}},
                   d_.query.timeout_ms);
  if (!table) return table.error();
  return table->rows.empty() ? 0 : store::as_int(table->rows.front().front());
}

Result<double> StoreReader::value_of_now(const RuleDefinition& definition, const Look& look) const {
  if (definition.signal == Signal::lag_seconds)
    return static_cast<double>(std::max<int64_t>(0, look.now_ms - look.as_of_ms)) / static_cast<double>(kMsPerSecond);
  const auto found =
      query::EventSchema(d_.store, d_.declarations, d_.query.timeout_ms, 0).violations(look.project.id, 1);
  if (!found) return found.error();
  return static_cast<double>(found->total);
}

std::vector<Bucket> buckets_compared(const RuleDefinition& definition, const TimeZone& zone, int64_t cutoff_ms) {
  const auto period_of = [&](int64_t moment_ms) {
    const Date day = zone.local_date(moment_ms);
    if (definition.window != Interval::hour)
      return bucket_of(definition.window, zone, start_of_period(definition.window, day));
    const int64_t midnight_ms = zone.start_of(day);
    return bucket_of(Interval::hour, zone, midnight_ms + (moment_ms - midnight_ms) / kMsPerHour * kMsPerHour);
  };
  Bucket judged = period_of(cutoff_ms);
  if (!definition.incomplete && judged.end_ms > cutoff_ms) judged = period_of(judged.period.start_ms - 1);
  std::vector<Bucket> buckets = {judged};
  if (definition.condition.kind == ConditionKind::change)
    buckets.insert(buckets.begin(), period_of(judged.period.start_ms - 1));
  if (definition.condition.kind == ConditionKind::anomaly) {
    for (int week = 1; week <= definition.condition.weeks; ++week)
      buckets.insert(buckets.begin(), period_of(weeks_earlier(definition, zone, judged.period.start_ms, week)));
  }
  return buckets;
}

}  // namespace gm::notifications
