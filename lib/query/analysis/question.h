#pragma once
// Questions as they are after reading: checked, bounded, without text that nobody understands.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lib/query/language/date_range.h"
#include "lib/query/language/formula.h"
#include "lib/query/language/predicate.h"
#include "lib/query/language/series_measure.h"
#include "lib/query/metric.h"

namespace gm::query {

// What most questions share.
struct Frame {
  DateRange range;
  std::optional<Predicate> filter;
  std::vector<Field> breakdown;
  int top = 10;           // values of the breakdown shown by themselves; the rest is "other"
  bool sql_only = false;  // SQL shall answer, even what the behaviour index can
};

// Events by name and by a condition on them.
struct EventChoice {
  std::string event;  // empty: any
  std::optional<Predicate> where;
};

struct Series {
  EventChoice events;
  SeriesMeasure measure = SeriesMeasure::events;
  std::optional<Field> field;  // of_property() measures
};

enum class ComparedPeriod : uint8_t { none, previous, last_year };

struct NamedFormula {
  std::string name;
  Formula formula;
};

struct TrendQuestion {
  std::vector<Series> series;  // "A", "B", ...
  std::vector<NamedFormula> formulas;
  Interval interval = Interval::day;
  ComparedPeriod compare = ComparedPeriod::none;
};

struct MetricsQuestion {
  std::vector<const Metric*> metrics;
  std::optional<Interval> interval;  // nullopt: each metric's own
  ComparedPeriod compare = ComparedPeriod::none;
};

enum class RetentionKind : uint8_t { classic, rolling, bracket, return_within, full, up_to };
enum class RetentionWindow : uint8_t { calendar_day, hours_24 };

// Days after the start: first..last, both included.
struct Bracket {
  int first = 0;
  int last = 0;
};

struct RetentionQuestion {
  RetentionKind kind = RetentionKind::classic;
  RetentionWindow window = RetentionWindow::calendar_day;
  std::optional<EventChoice> start;     // nullopt: the player's first event ever
  std::optional<EventChoice> comeback;  // nullopt: any event
  std::vector<Bracket> brackets;        // rising
};

enum class FunnelOrder : uint8_t { ordered, strict, any };

struct FunnelQuestion {
  std::vector<EventChoice> steps;
  std::vector<EventChoice> exclusions;
  FunnelOrder order = FunnelOrder::ordered;
  int64_t window_ms = 7 * kMsPerDay;  // from the first step
  bool per_session = false;
};

struct PathsQuestion {
  std::string from;  // empty: a unit's first event
  std::string to;    // empty: not asked; otherwise paths end here and are counted backwards
  int depth = 5;     // steps between two events
  bool collapse_repeats = true;
  bool per_session = true;
  int events_max = 20;  // names shown by themselves
};

struct SegmentQuestion {};
struct LifecycleQuestion {
  Interval interval = Interval::day;
};
struct StickinessQuestion {};  // players by number of active days

struct ChurnQuestion {
  int days = 7;
};

struct LtvQuestion {
  std::vector<int> days;  // rising
  int horizon_days = 365;
};

struct SpendersQuestion {
  int days = 30;                                       // that end with the range's last day
  double whale = 0.1;                                  // share of payers, from the top
  double dolphin = 0.5;                                // share of payers that are dolphins or whales
  std::optional<double> whale_amount, dolphin_amount;  // thresholds in the reporting currency instead
};

struct FirstPurchaseQuestion {
  std::vector<int> days;  // rising
};

struct ProgressionQuestion {
  int drop_off_days = 7;
  int64_t players_min = 30;  // fewer players say nothing about a wall
};

struct Question {
  Frame frame;
  std::variant<TrendQuestion, MetricsQuestion, RetentionQuestion, FunnelQuestion, PathsQuestion, SegmentQuestion,
               LifecycleQuestion, StickinessQuestion, ChurnQuestion, LtvQuestion, SpendersQuestion,
               FirstPurchaseQuestion, ProgressionQuestion>
      what;
};

}  // namespace gm::query
