#include "lib/query/analysis/question_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lib/query/language/predicate_reader.h"

namespace gm::query {
namespace {

constexpr size_t kEventNameBytesMax = 200;
constexpr size_t kBreakdownMax = 3;
constexpr int64_t kTopMax = 100;
constexpr size_t kSeriesMax = 8;
constexpr size_t kFormulasMax = 8;
constexpr size_t kStepsMax = 12;
constexpr size_t kExclusionsMax = 8;
constexpr size_t kDaysMax = 32;
constexpr int64_t kDayMax = 730;
constexpr int64_t kWindowSecondsMax = 90 * 24 * 3600;
constexpr int kHourRangeDaysMax = 62;
constexpr int64_t kPlayersPageMax = 1000;
constexpr double kAmountMax = 1e9;

const std::vector<std::string_view> kIntervals = {"hour", "day", "week", "month"};
const std::vector<std::string_view> kCompared = {"none", "previous", "same_weekdays_last_year"};
const std::vector<std::string_view> kMeasures = {"events",
                                                 "players",
                                                 "new_players",
                                                 "returning_players",
                                                 "players_7_days",
                                                 "players_30_days",
                                                 "payers",
                                                 "purchases",
                                                 "revenue",
                                                 "sessions",
                                                 "session_ms",
                                                 "session_median_ms",
                                                 "sum",
                                                 "mean",
                                                 "median",
                                                 "p90",
                                                 "min",
                                                 "max"};

class QuestionReader {
 public:
  QuestionReader(const Json& body, const std::string& pointer, const QuestionLimits& limits, Problems& problems)
      : object_(body, pointer, problems), limits_(limits) {}

  Question read(std::string_view kind);

 private:
  void read_frame();
  void read_range();
  void read_breakdown();
  std::optional<Predicate> filter(ObjectReader& object, std::string_view name);
  std::optional<EventChoice> choice(const Json& value, const std::string& pointer);
  std::vector<EventChoice> choices(std::string_view name, size_t count_max);
  std::vector<int> days(std::string_view name, std::vector<int> fallback);
  Interval interval(ObjectReader& object, Interval fallback);
  ComparedPeriod compare(Interval interval);
  void only_player_fields(bool filter_too);

  Series series(const Json& value, const std::string& pointer);
  TrendQuestion trend();
  MetricsQuestion metrics();
  RetentionQuestion retention();
  std::vector<Bracket> brackets(RetentionKind kind);
  FunnelQuestion funnel();
  PathsQuestion paths();
  LifecycleQuestion lifecycle();
  ChurnQuestion churn();
  LtvQuestion ltv();
  SpendersQuestion spenders();
  ProgressionQuestion progression();

  ObjectReader object_;
  const QuestionLimits& limits_;
  Frame frame_;
};

void QuestionReader::read_range() {
  const auto from = object_.date("from"), to = object_.date("to");
  if (!from && !object_.has("from")) object_.complain("from", "required: a date such as 2026-11-23");
  if (!to && !object_.has("to")) object_.complain("to", "required: a date such as 2026-11-23");
  if (!from || !to) return;
  frame_.range = {*from, *to};
  if (*from > *to) {
    object_.complain("from", "lies after to");
  } else if (frame_.range.days() > limits_.range_days_max) {
    object_.complain("to", fmt::format("the range holds {} days; at most {} are answered at once", frame_.range.days(),
                                       limits_.range_days_max));
  }
}

void QuestionReader::read_breakdown() {
  const auto fields = object_.list("breakdown", kBreakdownMax);
  int player_properties = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string pointer = child_pointer(object_.pointer_to("breakdown"), std::to_string(i));
    const auto field = read_field(*fields[i], pointer, object_.problems());
    if (!field) continue;
    if (std::find(frame_.breakdown.begin(), frame_.breakdown.end(), *field) != frame_.breakdown.end()) {
      object_.problems().push_back({pointer, "named twice"});
    }
    player_properties += field->kind == FieldKind::player_property ? 1 : 0;
    frame_.breakdown.push_back(*field);
  }
  if (player_properties > 1) object_.complain("breakdown", "at most one of its fields may be a player.property");
  frame_.top = static_cast<int>(object_.integer("top", 10, 1, kTopMax));
}

std::optional<Predicate> QuestionReader::filter(ObjectReader& object, std::string_view name) {
  const Json* value = object.take(name);
  if (!value || value->is_null()) return std::nullopt;
  return read_predicate(*value, object.pointer_to(name), object.problems());
}

void QuestionReader::read_frame() {
  read_range();
  frame_.filter = filter(object_, "filter");
  read_breakdown();
  frame_.sql_only = object_.word("engine", {"auto", "sql"}, 0) == 1;
}

std::optional<EventChoice> QuestionReader::choice(const Json& value, const std::string& pointer) {
  EventChoice result;
  if (value.is_string() && !value.get_ref<const std::string&>().empty() &&
      value.get_ref<const std::string&>().size() <= kEventNameBytesMax) {
    result.event = value.get<std::string>();
    return result;
  }
  const size_t before = object_.problems().size();
  ObjectReader reader(value, pointer, object_.problems());
  result.event = reader.text_or("event", kEventNameBytesMax, "");
  result.where = filter(reader, "where");
  if (object_.problems().size() > before) return std::nullopt;
  return result;
}

std::vector<EventChoice> QuestionReader::choices(std::string_view name, size_t count_max) {
  std::vector<EventChoice> result;
  const auto values = object_.list(name, count_max);
  for (size_t i = 0; i < values.size(); ++i) {
    auto each = choice(*values[i], child_pointer(object_.pointer_to(name), std::to_string(i)));
    if (each) result.push_back(std::move(*each));
  }
  return result;
}

std::vector<int> QuestionReader::days(std::string_view name, std::vector<int> fallback) {
  if (!object_.has(name)) {
    object_.take(name);
    return fallback;
  }
  std::vector<int> result;
  for (const Json* value : object_.list(name, kDaysMax)) {
    if (!value->is_number_integer() || value->get<double>() < 0 || value->get<double>() > kDayMax) {
      object_.complain(name, fmt::format("not a list of integers from 0 to {}", kDayMax));
      return fallback;
    }
    result.push_back(value->get<int>());
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  if (result.empty()) object_.complain(name, "holds no day");
  return result.empty() ? fallback : result;
}

Interval QuestionReader::interval(ObjectReader& object, Interval fallback) {
  const auto value = static_cast<Interval>(object.word("interval", kIntervals, static_cast<size_t>(fallback)));
  if (value == Interval::hour && frame_.range.days() > kHourRangeDaysMax) {
    object.complain("interval", fmt::format("hours are answered for at most {} days at once", kHourRangeDaysMax));
  }
  return value;
}

ComparedPeriod QuestionReader::compare(Interval interval) {
  const auto value = static_cast<ComparedPeriod>(object_.word("compare", kCompared, 0));
  if (value != ComparedPeriod::none && interval == Interval::month) {
    object_.complain("compare", "months differ in length; compare hours, days or weeks");
  }
  return value;
}

void QuestionReader::only_player_fields(bool filter_too) {
  for (const Field& field : frame_.breakdown) {
    if (!field.of_player()) object_.complain("breakdown", "this question is about players; divide it by player fields");
  }
  if (filter_too && frame_.filter && !about_players(*frame_.filter)) {
    object_.complain("filter", "this question is about players; use player fields, did and did_not");
  }
}

Series QuestionReader::series(const Json& value, const std::string& pointer) {
  Series result;
  ObjectReader reader(value, pointer, object_.problems());
  if (!value.is_object()) return result;
  result.events.event = reader.text_or("event", kEventNameBytesMax, "");
  result.events.where = filter(reader, "where");
  result.measure = static_cast<SeriesMeasure>(reader.word("measure", kMeasures, 0));
  if (const Json* field = reader.take("field"))
    result.field = read_field(*field, reader.pointer_to("field"), object_.problems());
  if (of_property(result.measure) != result.field.has_value()) {
    reader.complain("field", of_property(result.measure) ? "required: the field whose values count"
                                                         : "this measure is of no field");
  } else if (result.field && (result.field->of_player() || result.field->type() == FieldType::text)) {
    reader.complain("field", "not a number of an event: revenue or property.<name>");
  }
  return result;
}

TrendQuestion QuestionReader::trend() {
  TrendQuestion question;
  question.interval = interval(object_, Interval::day);
  question.compare = compare(question.interval);
  const auto values = object_.list("series", kSeriesMax);
  if (values.empty()) object_.complain("series", "required: a list of at least one series");
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string pointer = child_pointer(object_.pointer_to("series"), std::to_string(i));
    question.series.push_back(series(*values[i], pointer));
    if (rolling_days(question.series.back().measure) > 1 && question.interval != Interval::day) {
      object_.problems().push_back({pointer + "/measure", "a rolling window ends with a day: use the interval day"});
    }
  }
  const auto formulas = object_.list("formulas", kFormulasMax);
  for (size_t i = 0; i < formulas.size(); ++i) {
    const std::string pointer = child_pointer(object_.pointer_to("formulas"), std::to_string(i));
    if (!formulas[i]->is_string()) {
      object_.problems().push_back({pointer, "not a text such as A/B"});
      continue;
    }
    const auto& text = formulas[i]->get_ref<const std::string&>();
    auto formula = Formula::parse(text, static_cast<int>(question.series.size()));
    if (formula) {
      question.formulas.push_back({text, std::move(*formula)});
    } else {
      object_.problems().push_back({pointer, formula.error().message});
    }
  }
  return question;
}

MetricsQuestion QuestionReader::metrics() {
  MetricsQuestion question;
  const auto names = object_.list("metrics", kSeriesMax);
  if (names.empty()) object_.complain("metrics", "required: a list of names, see GET /api/v1/metrics");
  for (size_t i = 0; i < names.size(); ++i) {
    const Metric* metric = names[i]->is_string() ? find_metric(names[i]->get_ref<const std::string&>()) : nullptr;
    if (metric) {
      question.metrics.push_back(metric);
    } else {
      object_.problems().push_back({child_pointer(object_.pointer_to("metrics"), std::to_string(i)),
                                    "no such metric; GET /api/v1/metrics lists them"});
    }
  }
  if (question.metrics.empty()) return question;
  const Interval first = question.metrics.front()->intervals.front();
  const Interval asked = interval(object_, first);
  question.interval = asked;
  for (const Metric* metric : question.metrics) {
    if (std::find(metric->intervals.begin(), metric->intervals.end(), asked) == metric->intervals.end()) {
      object_.complain("interval", fmt::format("{} is not defined for it", metric->name));
    }
  }
  question.compare = compare(asked);
  return question;
}

std::vector<Bracket> QuestionReader::brackets(RetentionKind kind) {
  std::vector<Bracket> result;
  if (kind != RetentionKind::bracket) {
    for (const int day : days("days", {0, 1, 3, 7, 14, 30})) result.push_back({day, day});
    return result;
  }
  const auto values = object_.list("brackets", kDaysMax);
  if (values.empty()) object_.complain("brackets", "required: a list of [first day, last day]");
  int next = 0;
  for (const Json* value : values) {
    const bool pair = value->is_array() && value->size() == 2 && (*value)[0].is_number_integer() &&
                      (*value)[1].is_number_integer() && (*value)[0].get<double>() >= next &&
                      (*value)[1].get<double>() >= (*value)[0].get<double>() && (*value)[1].get<double>() <= kDayMax;
    if (!pair) {
      object_.complain("brackets", fmt::format("not rising pairs of days from 0 to {} that do not overlap", kDayMax));
      return {};
    }
    result.push_back({(*value)[0].get<int>(), (*value)[1].get<int>()});
    next = result.back().last + 1;
  }
  return result;
}

RetentionQuestion QuestionReader::retention() {
  RetentionQuestion question;
  question.kind =
      static_cast<RetentionKind>(object_.word("type", {"classic", "rolling", "bracket", "return", "full"}, 0));
  question.window = static_cast<RetentionWindow>(object_.word("window", {"calendar_day", "24_hours"}, 0));
  question.brackets = brackets(question.kind);
  if (const Json* start = object_.take("start")) question.start = choice(*start, object_.pointer_to("start"));
  if (const Json* comeback = object_.take("return"))
    question.comeback = choice(*comeback, object_.pointer_to("return"));
  return question;
}

FunnelQuestion QuestionReader::funnel() {
  FunnelQuestion question;
  question.steps = choices("steps", kStepsMax);
  if (question.steps.size() < 2) object_.complain("steps", fmt::format("required: 2 to {} steps", kStepsMax));
  question.exclusions = choices("exclusions", kExclusionsMax);
  question.order = static_cast<FunnelOrder>(object_.word("order", {"ordered", "strict", "any"}, 0));
  question.window_ms = object_.integer("window_seconds", 7 * 24 * 3600, 1, kWindowSecondsMax) * kMsPerSecond;
  question.per_session = object_.word("per", {"player", "session"}, 0) == 1;
  if (question.order == FunnelOrder::any && !question.exclusions.empty()) {
    object_.complain("exclusions", "an exclusion lies between two steps, so it needs an order");
  }
  const Field event{FieldKind::event, {}};
  if (std::find(frame_.breakdown.begin(), frame_.breakdown.end(), event) != frame_.breakdown.end()) {
    object_.complain("breakdown", "each row of a funnel has the event of its step; divide it by another field");
  }
  return question;
}

PathsQuestion QuestionReader::paths() {
  PathsQuestion question;
  question.from = object_.text_or("begin", kEventNameBytesMax, "");
  question.to = object_.text_or("end", kEventNameBytesMax, "");
  question.depth = static_cast<int>(object_.integer("depth", 5, 1, 20));
  question.collapse_repeats = object_.flag("collapse_repeats", true);
  question.per_session = object_.word("per", {"player", "session"}, 1) == 1;
  question.events_max = static_cast<int>(object_.integer("events_max", 20, 1, kTopMax));
  if (!frame_.breakdown.empty()) object_.complain("breakdown", "paths are not divided; filter them instead");
  return question;
}

LifecycleQuestion QuestionReader::lifecycle() {
  only_player_fields(false);
  const Interval asked = interval(object_, Interval::day);
  if (asked == Interval::hour) object_.complain("interval", "not one of: day, week, month");
  return {asked};
}

ChurnQuestion QuestionReader::churn() {
  only_player_fields(false);
  return {static_cast<int>(object_.integer("days", 7, 1, 180))};
}

LtvQuestion QuestionReader::ltv() {
  only_player_fields(true);
  return {days("days", {0, 1, 3, 7, 14, 30, 60, 90}), static_cast<int>(object_.integer("horizon_days", 365, 1, 3650))};
}

SpendersQuestion QuestionReader::spenders() {
  only_player_fields(false);
  SpendersQuestion question;
  question.days = static_cast<int>(object_.integer("days", 30, 1, kDayMax));
  question.whale = object_.number("whale", 0.1, 0, 1);
  question.dolphin = object_.number("dolphin", 0.5, 0, 1);
  if (object_.has("whale_amount")) question.whale_amount = object_.number("whale_amount", 0, 0, kAmountMax);
  if (object_.has("dolphin_amount")) question.dolphin_amount = object_.number("dolphin_amount", 0, 0, kAmountMax);
  if (question.whale_amount.has_value() != question.dolphin_amount.has_value()) {
    object_.complain("whale_amount", "give whale_amount and dolphin_amount, or neither");
  } else if (question.whale_amount ? *question.whale_amount < *question.dolphin_amount
                                   : question.whale > question.dolphin) {
    object_.complain("dolphin", "whales are the upper part of the dolphins' share");
  }
  return question;
}

ProgressionQuestion QuestionReader::progression() {
  only_player_fields(false);
  return {static_cast<int>(object_.integer("drop_off_days", 7, 1, 90)),
          object_.integer("players_min", 30, 1, 1'000'000)};
}

Question QuestionReader::read(std::string_view kind) {
  read_frame();
  Question question;
  if (kind == "trend") question.what = trend();
  if (kind == "metrics") question.what = metrics();
  if (kind == "retention") question.what = retention();
  if (kind == "funnel") question.what = funnel();
  if (kind == "paths") question.what = paths();
  if (kind == "segment") only_player_fields(true), question.what = SegmentQuestion{};
  if (kind == "lifecycle") question.what = lifecycle();
  if (kind == "stickiness") only_player_fields(false), question.what = StickinessQuestion{};
  if (kind == "churn") question.what = churn();
  if (kind == "ltv") question.what = ltv();
  if (kind == "spenders") question.what = spenders();
  if (kind == "first_purchase") question.what = FirstPurchaseQuestion{days("days", {0, 1, 3, 7, 14, 30})};
  if (kind == "progression") question.what = progression();
  question.frame = std::move(frame_);
  return question;
}

}  // namespace

const std::vector<std::string_view>& question_kinds() {
  static const std::vector<std::string_view> kinds = {"trend",    "metrics",        "retention",  "funnel", "paths",
                                                      "segment",  "lifecycle",      "stickiness", "churn",  "ltv",
                                                      "spenders", "first_purchase", "progression"};
  return kinds;
}

bool is_question_kind(std::string_view kind) {
  const auto& kinds = question_kinds();
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::optional<Question> read_question(std::string_view kind, const Json& body, const std::string& pointer,
                                      const QuestionLimits& limits, Problems& problems) {
  const size_t before = problems.size();
  // The reader complains about unknown members when it goes.
  Question question = QuestionReader(body, pointer, limits, problems).read(kind);
  if (problems.size() > before) return std::nullopt;
  return question;
}

std::optional<PlayersQuestion> read_players_question(const Json& body, const QuestionLimits& limits,
                                                     Problems& problems) {
  PlayersQuestion result;
  {
    ObjectReader object(body, "", problems);
    const std::string kind = object.text_or("kind", kEventNameBytesMax, "");
    if (!is_question_kind(kind)) {
      object.complain("kind", fmt::format("not one of: {}", fmt::join(question_kinds(), ", ")));
    }
    result.page.limit = static_cast<int>(object.integer("limit", 100, 1, kPlayersPageMax));
    // The `next` of the last page is null.
    if (const Json* after = object.take("after"); after && !after->is_null()) {
      result.page.after = object.integer("after", 0, 0, INT64_MAX);
    }
    const Json* cell = object.take("cell");
    result.cell = cell ? *cell : Json::object();
    if (!result.cell.is_object()) object.complain("cell", "not an object");
    const Json* query = object.take("query");
    if (!query) {
      object.complain("query", "required: the question, as it was asked");
    } else if (is_question_kind(kind)) {
      auto question = read_question(kind, *query, "/query", limits, problems);
      if (question) result.question = std::move(*question);
    }
  }
  if (!problems.empty()) return std::nullopt;
  return result;
}

}  // namespace gm::query
