#include "lib/query/analysis/trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/query/analysis/index_answers.h"
#include "lib/query/analysis/series.h"

namespace gm::query {
namespace {

using store::Value;
using Key = std::vector<Value>;  // of the breakdown, and whether it is "other"

constexpr int kDaysPerWeek = 7;
constexpr int kWeeksPerYear = 52;

// The numbers of one series over one range.
struct Numbers {
  std::map<Key, std::map<Value, std::optional<double>>> points;
  std::map<Key, std::optional<double>> totals;
};

// What to ask and how to put it together: a trend question or one metric.
struct Plan {
  std::vector<Series> series;
  std::vector<NamedFormula> formulas;
  bool show_series = true;
  Interval interval = Interval::day;
  ComparedPeriod compare = ComparedPeriod::none;
  bool totals_add_up = false;  // the whole range's series are the sums of the intervals', before the formula
  bool has_totals = true;
};

// Whole weeks back for weeks, so that the intervals of both periods match one by one.
int days_back(const Plan& plan, DateRange range) {
  if (plan.compare == ComparedPeriod::last_year) return kWeeksPerYear * kDaysPerWeek;
  if (plan.interval != Interval::week) return range.days();
  return (range.days() + kDaysPerWeek - 1) / kDaysPerWeek * kDaysPerWeek;
}

Result<Numbers> read_series(const Plan& plan, size_t index, DateRange range, const Context& context) {
  const Series& series = plan.series[index];
  const Cells cells = series_cells(plan.series, index, plan.interval, range, context);
  const auto table = context.index() ? context.index()->cells(series, range) : context.run(cells.answer());
  if (!table) return table.error();
  Numbers numbers;
  const size_t keys = cells.coordinates.size() - 1;
  for (const auto& row : table->rows) {
    const Key key(row.begin() + 1, row.begin() + 1 + static_cast<long>(keys));
    const auto value = shown_value(series.measure, row.back());
    if (store::as_int(row[keys + 1]) != 0) {
      numbers.totals[key] = value;
    } else {
      numbers.points[key][row.front()] = value;
    }
  }
  return numbers;
}

Result<std::vector<Numbers>> read_all(const Plan& plan, DateRange range, const Context& context) {
  std::vector<Numbers> all;
  for (size_t i = 0; i < plan.series.size(); ++i) {
    auto numbers = read_series(plan, i, range, context);
    if (!numbers) return numbers.error();
    all.push_back(std::move(*numbers));
  }
  return all;
}

template <typename Map, typename K>
std::optional<double> value_at(const Map& map, const K& key, SeriesMeasure measure) {
  const auto found = map.find(key);
  if (found != map.end() && found->second) return found->second;
  return is_zero_when_empty(measure) ? std::optional<double>(0) : std::nullopt;
}

std::optional<double> point_of(const Numbers& numbers, const Key& key, const Value& bucket, SeriesMeasure measure) {
  const auto points = numbers.points.find(key);
  if (points != numbers.points.end()) return value_at(points->second, bucket, measure);
  return is_zero_when_empty(measure) ? std::optional<double>(0) : std::nullopt;
}

double sum_of(const Numbers& numbers, const Key& key) {
  const auto points = numbers.points.find(key);
  if (points == numbers.points.end()) return 0;
  double sum = 0;
  for (const auto& [bucket, value] : points->second) sum += value.value_or(0);
  return sum;
}

// The breakdown's values, largest first, "other" last. Without a breakdown the one empty key.
std::vector<Key> keys_of(const std::vector<Numbers>& all, const Context& context) {
  if (context.frame().breakdown.empty()) return {Key{}};
  std::map<Key, double> weight;
  for (auto numbers = all.rbegin(); numbers != all.rend(); ++numbers) {
    for (const auto& [key, total] : numbers->totals) weight[key] = numbers + 1 == all.rend() ? total.value_or(0) : 0;
  }
  std::vector<Key> keys;
  for (const auto& [key, value] : weight) keys.push_back(key);
  std::stable_sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
    const bool other_a = store::as_int(a.back()) != 0, other_b = store::as_int(b.back()) != 0;
    return other_a != other_b ? other_b : weight[a] > weight[b];
  });
  return keys;
}

class Assembly {
 public:
  Assembly(const Plan& plan, const Context& context, std::vector<Numbers> now,
           std::optional<std::vector<Numbers>> before)
      : plan_(plan),
        context_(context),
        now_(std::move(now)),
        before_(std::move(before)),
        keys_(keys_of(now_, context)) {
    const DateRange range = context.frame().range;
    buckets_ = buckets_of(plan.interval, range, context.calendar());
    const int back = days_back(plan, range);
    if (before_) earlier_ = buckets_of(plan.interval, {range.from - back, range.to - back}, context.calendar());
  }

  // Of points: every interval has one, also where nothing happened, which no statement's own limit sees.
  size_t row_count() const {
    return (plan_.formulas.size() + (plan_.show_series ? plan_.series.size() : 0)) * keys_.size() * buckets_.size();
  }

  // Adds (label, date, breakdown..., value, previous, provisional) and (label, breakdown..., value, previous).
  void add_rows(const std::optional<std::string>& label, AnswerTable& points, AnswerTable& totals) const {
    if (plan_.show_series) {
      for (size_t i = 0; i < plan_.series.size(); ++i) {
        const std::string name(1, static_cast<char>('A' + i));
        add(label ? *label : name, points, totals, [i](const auto& values) { return values[i]; });
      }
    }
    for (const NamedFormula& formula : plan_.formulas) {
      add(label ? *label : formula.name, points, totals,
          [&](const auto& values) { return formula.formula.value(values); });
    }
  }

 private:
  using Values = std::vector<std::optional<double>>;

  Values points_at(const std::vector<Numbers>& all, const Key& key, const Value& bucket) const {
    Values values;
    for (size_t i = 0; i < all.size(); ++i) values.push_back(point_of(all[i], key, bucket, plan_.series[i].measure));
    return values;
  }
  Values totals_at(const std::vector<Numbers>& all, const Key& key) const {
    Values values;
    for (size_t i = 0; i < all.size(); ++i) {
      values.push_back(plan_.totals_add_up ? sum_of(all[i], key)
                                           : value_at(all[i].totals, key, plan_.series[i].measure));
    }
    return values;
  }

  template <typename Combine>
  Value total_of(const std::vector<Numbers>& all, const Key& key, const Combine& combine) const {
    return plan_.has_totals ? nullable(combine(totals_at(all, key))) : Value{};
  }

  template <typename Combine>
  void add(const std::string& label, AnswerTable& points, AnswerTable& totals, const Combine& combine) const {
    for (const Key& key : keys_) {
      for (size_t i = 0; i < buckets_.size(); ++i) {
        std::vector<Value> row = {label, buckets_[i]};
        row.insert(row.end(), key.begin(), key.end());
        row.push_back(nullable(combine(points_at(now_, key, buckets_[i]))));
        if (before_) {
          row.push_back(i < earlier_.size() ? nullable(combine(points_at(*before_, key, earlier_[i]))) : Value{});
        }
        const Date last = last_day_of(plan_.interval, buckets_[i], context_.scope());
        row.emplace_back(int64_t{context_.calendar().provisional(last)});
        points.rows.push_back(std::move(row));
      }
      std::vector<Value> row = {label};
      row.insert(row.end(), key.begin(), key.end());
      row.push_back(total_of(now_, key, combine));
      if (before_) row.push_back(total_of(*before_, key, combine));
      totals.rows.push_back(std::move(row));
    }
  }

  const Plan& plan_;
  const Context& context_;
  std::vector<Numbers> now_;
  std::optional<std::vector<Numbers>> before_;
  std::vector<Key> keys_;
  std::vector<Value> buckets_, earlier_;
};

std::pair<AnswerTable, AnswerTable> empty_tables(const char* label, Interval interval, bool compared,
                                                 const Context& context) {
  std::vector<Coordinate> coordinates;
  context.add_breakdown(coordinates);
  AnswerTable points{"rows", {{label, ColumnType::text, true}}, {}};
  AnswerTable totals{"totals", {{label, ColumnType::text, true}}, {}};
  points.columns.push_back(interval == Interval::hour ? Column{"time", ColumnType::moment, true}
                                                      : Column{"date", ColumnType::date, true});
  for (AnswerTable* table : {&points, &totals}) {
    for (Column& column : columns_of(coordinates)) table->columns.push_back(std::move(column));
    table->columns.push_back({"value", ColumnType::number, false});
    if (compared) table->columns.push_back({"previous", ColumnType::number, false});
  }
  points.columns.push_back({"provisional", ColumnType::flag, false});
  return {std::move(points), std::move(totals)};
}

Status add_plan(const Plan& plan, const std::optional<std::string>& label, const Context& context, AnswerTable& points,
                AnswerTable& totals) {
  const DateRange range = context.frame().range;
  auto now = read_all(plan, range, context);
  if (!now) return now.error();
  std::optional<std::vector<Numbers>> before;
  if (plan.compare != ComparedPeriod::none) {
    const int back = days_back(plan, range);
    auto earlier = read_all(plan, {range.from - back, range.to - back}, context);
    if (!earlier) return earlier.error();
    before = std::move(*earlier);
  }
  const Assembly assembly(plan, context, std::move(*now), std::move(before));
  if (points.rows.size() + assembly.row_count() > static_cast<size_t>(context.rows_max())) {
    return Error{"gm-query-too-large",
                 fmt::format("the answer has more than {} rows (query.rows_max); ask for fewer or longer intervals, "
                             "fewer series, or a smaller top",
                             context.rows_max())};
  }
  assembly.add_rows(label, points, totals);
  return {};
}

std::string interval_name(Interval interval) {
  switch (interval) {
    case Interval::hour:
      return "hour";
    case Interval::week:
      return "calendar week";
    case Interval::month:
      return "calendar month";
    case Interval::day:
      break;
  }
  return "calendar day";
}

// What part of the players of the days before an interval's end are active in it: over a longer range the part grows
// towards all of them, which is no share of any day.
bool is_share_of_rolling(const Metric& metric) {
  return metric.series.size() > 1 && std::any_of(metric.series.begin(), metric.series.end(),
                                                 [](const auto& series) { return rolling_days(series.measure) > 1; });
}

Plan plan_of(const MetricsQuestion& question, const Metric& metric) {
  // The catalogue's formulas are checked by a test.
  auto formula = Formula::parse(metric.formula, static_cast<int>(metric.series.size()));
  return {series_of(metric),
          {{std::string(metric.name), std::move(*formula)}},
          false,
          interval_of(question, metric),
          question.compare,
          metric.total == TotalRule::mean,
          !is_share_of_rolling(metric)};
}

template <typename Measured, typename IsMoney>
std::optional<DateRange> money_of(const std::vector<Measured>& all, const Context& context, const IsMoney& is) {
  return std::any_of(all.begin(), all.end(), is) ? std::optional(context.frame().range) : std::nullopt;
}

KindText text_of_metrics(const std::vector<const Metric*>& metrics, Interval interval) {
  if (metrics.size() == 1) {
    const Metric& metric = *metrics.front();
    const bool own = metric.intervals.front() == interval;
    return {std::string(metric.name), std::string(metric.title), std::string(metric.definition),
            std::string(metric.unit), own ? std::string(metric.window) : interval_name(interval)};
  }
  KindText text{"metrics", "Metrics", "", "", interval_name(interval)};
  for (const Metric* metric : metrics) {
    text.definition += fmt::format("{}{}: {}", text.definition.empty() ? "" : " ", metric->name, metric->definition);
  }
  return text;
}

// Takes the coordinate out of the choice.
std::optional<std::string> taken(CellChoice& choice, std::string_view name) {
  const auto found = std::find_if(choice.coordinates.begin(), choice.coordinates.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (found == choice.coordinates.end()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&found->second);
  const std::string value = text ? *text : std::string();
  choice.coordinates.erase(found);
  return value;
}

// Takes the coordinate that names it out of the choice.
Result<size_t> chosen_index(const Plan& plan, CellChoice& choice) {
  const std::string name = taken(choice, "series").value_or("A");
  const size_t index = name.size() == 1 && name[0] >= 'A' ? static_cast<size_t>(name[0] - 'A') : plan.series.size();
  if (index < plan.series.size()) return index;
  return Error{"gm-query-invalid",
               "players stand behind a series, not behind a formula: series must be a letter such as A"};
}

Result<Plan> chosen_plan(const TrendQuestion& question, CellChoice& /*choice*/) {
  return Plan{question.series, {}, true, question.interval, question.compare};
}

Result<Plan> chosen_plan(const MetricsQuestion& question, CellChoice& choice) {
  const std::string name = taken(choice, "metric").value_or(std::string(question.metrics.front()->name));
  const auto found = std::find_if(question.metrics.begin(), question.metrics.end(),
                                  [&](const Metric* metric) { return metric->name == name; });
  if (found == question.metrics.end())
    return Error{"gm-query-invalid", "the question does not ask for the metric " + name};
  return plan_of(question, **found);
}

template <typename Kind>
Result<Cells> chosen_cells(const Kind& question, CellChoice& choice, const Context& context) {
  const auto plan = chosen_plan(question, choice);
  if (!plan) return plan.error();
  const auto index = chosen_index(*plan, choice);
  if (!index) return index.error();
  return series_cells(plan->series, *index, plan->interval, context.frame().range, context);
}

template <typename Kind>
Result<Series> series_in(const Kind& question, CellChoice& choice) {
  const auto plan = chosen_plan(question, choice);
  if (!plan) return plan.error();
  const auto index = chosen_index(*plan, choice);
  if (!index) return index.error();
  return plan->series[*index];
}

}  // namespace

std::vector<Series> series_of(const Metric& metric) {
  std::vector<Series> series;
  for (const DeclaredSeries& declared : metric.series) {
    Series each;
    each.measure = declared.measure;
    each.events.event = declared.event;
    if (!declared.property.empty()) each.field = Field{FieldKind::property, std::string(declared.property)};
    series.push_back(std::move(each));
  }
  return series;
}

Interval interval_of(const MetricsQuestion& question, const Metric& metric) {
  return question.interval.value_or(metric.intervals.front());
}

Result<TableAnswer> answer(const TrendQuestion& question, const Context& context) {
  const Plan plan{question.series, question.formulas, true, question.interval, question.compare};
  auto [points, totals] = empty_tables("series", plan.interval, plan.compare != ComparedPeriod::none, context);
  if (const Status added = add_plan(plan, std::nullopt, context, points, totals); !added) return added.error();
  const auto explanation = context.explain(
      {"trend", "Events over time",
       "Each series counts the accepted events it names, or their players, money, sessions or a property's values, in "
       "each interval by the event's own time in the project's time zone. Formulas are worked out from the series of "
       "the "
       "same interval; a division by 0 has no value.",
       "", interval_name(plan.interval), money_of(plan.series, context, [](const Series& series) {
         return of_money(series.measure) || (series.field && series.field->kind == FieldKind::revenue);
       })});
  if (!explanation) return explanation.error();
  return TableAnswer{*explanation, {std::move(points), std::move(totals)}, {}};
}

Result<TableAnswer> answer(const MetricsQuestion& question, const Context& context) {
  const Interval interval = interval_of(question, *question.metrics.front());
  auto [points, totals] = empty_tables("metric", interval, question.compare != ComparedPeriod::none, context);
  for (const Metric* metric : question.metrics) {
    const Status added = add_plan(plan_of(question, *metric), std::string(metric->name), context, points, totals);
    if (!added) return added.error();
  }
  KindText text = text_of_metrics(question.metrics, interval);
  text.money_of = money_of(question.metrics, context, [](const Metric* metric) { return is_money(*metric); });
  const auto explanation = context.explain(text);
  if (!explanation) return explanation.error();
  return TableAnswer{*explanation, {std::move(points), std::move(totals)}, {}};
}

Result<Cells> cells_of(const TrendQuestion& question, CellChoice& choice, const Context& context) {
  return chosen_cells(question, choice, context);
}
Result<Cells> cells_of(const MetricsQuestion& question, CellChoice& choice, const Context& context) {
  return chosen_cells(question, choice, context);
}

Result<Series> chosen_series(const TrendQuestion& question, CellChoice choice) { return series_in(question, choice); }
Result<Series> chosen_series(const MetricsQuestion& question, CellChoice choice) { return series_in(question, choice); }

}  // namespace gm::query
