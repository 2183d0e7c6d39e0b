#include "lib/telemetry/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <mutex>

namespace gm::telemetry {
namespace {

// HELP text escapes backslash and newline; label values the double quote as well.
void append_escaped(std::string& out, std::string_view text, bool quote) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quote) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

void append_number(std::string& out, double value) {
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else if (std::isnan(value)) {
    out += "NaN";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::histogram:
      return "histogram";
  }
  return "untyped";
}

struct Series {
  std::vector<std::string> label_values;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
};

struct Family {
  const MetricDeclaration* declaration;
  std::map<std::vector<std::string>, Series> series;
};

// `name{a="b",le="0.5"} `; `le` is empty for everything but buckets.
void append_series_name(std::string& out, const MetricDeclaration& declaration, std::string_view suffix,
                        const std::vector<std::string>& values, std::string_view le) {
  out += declaration.name;
  out += suffix;
  if (!values.empty() || !le.empty()) {
    char separator = '{';
    for (size_t i = 0; i < values.size(); ++i) {
      out += separator;
      out += declaration.labels[i];
      out += "=\"";
      append_escaped(out, values[i], true);
      out += '"';
      separator = ',';
    }
    if (!le.empty()) {
      out += separator;
      out += "le=\"";
      out += le;
      out += '"';
    }
    out += '}';
  }
  out += ' ';
}

void append_histogram(std::string& out, const MetricDeclaration& declaration, const Series& series) {
  const Histogram& histogram = *series.histogram;
  uint64_t cumulative = 0;
  for (size_t i = 0; i <= histogram.bounds().size(); ++i) {
    cumulative += histogram.bucket(i);
    std::string le;
    append_number(le, i < histogram.bounds().size() ? histogram.bounds()[i] : HUGE_VAL);
    append_series_name(out, declaration, "_bucket", series.label_values, le);
    fmt::format_to(std::back_inserter(out), "{}\n", cumulative);
  }
  append_series_name(out, declaration, "_sum", series.label_values, "");
  append_number(out, histogram.sum());
  out += '\n';
  // The count is the +Inf bucket as read above, so that the two never disagree within one answer.
  append_series_name(out, declaration, "_count", series.label_values, "");
  fmt::format_to(std::back_inserter(out), "{}\n", cumulative);
}

void append_family(std::string& out, const Family& family) {
  const MetricDeclaration& declaration = *family.declaration;
  out += "# HELP ";
  out += declaration.name;
  out += ' ';
  append_escaped(out, declaration.help, false);
  fmt::format_to(std::back_inserter(out), "\n# TYPE {} {}\n", declaration.name, kind_name(declaration.kind));
  for (const auto& [values, series] : family.series) {
    if (declaration.kind == Kind::histogram) {
      append_histogram(out, declaration, series);
      continue;
    }
    append_series_name(out, declaration, "", values, "");
    if (declaration.kind == Kind::counter) {
      fmt::format_to(std::back_inserter(out), "{}", series.counter->value());
    } else {
      append_number(out, series.gauge->value());
    }
    out += '\n';
  }
}

}  // namespace

Histogram::Histogram(const std::vector<double>& bounds)
    : bounds_(bounds), buckets_(std::make_unique<std::atomic<uint64_t>[]>(bounds.size() + 1)) {}

void Histogram::observe(double value) {
  size_t i = 0;
  while (i < bounds_.size() && value > bounds_[i]) ++i;
  buckets_[i].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

struct Registry::State {
  static void create(Series& series, const MetricDeclaration& declaration, std::vector<std::string> values) {
    series.label_values = std::move(values);
    switch (declaration.kind) {
      case Kind::counter:
        series.counter = std::make_unique<Counter>();
        break;
      case Kind::gauge:
        series.gauge = std::make_unique<Gauge>();
        break;
      case Kind::histogram:
        series.histogram = std::make_unique<Histogram>(declaration.buckets);
        break;
    }
  }

  mutable std::mutex mutex;
  std::map<std::string_view, Family> families;
  std::vector<std::function<void()>> updates;

  Series& series(const MetricDeclaration& declaration, std::initializer_list<std::string_view> values) {
    assert(values.size() == declaration.labels.size());
    const std::lock_guard lock(mutex);
    Family& family = families.try_emplace(declaration.name, Family{&declaration, {}}).first->second;
    std::vector<std::string> key(values.begin(), values.end());
    auto [place, is_new] = family.series.try_emplace(key);
    if (is_new) create(place->second, declaration, std::move(key));
    return place->second;
  }
};

Registry::Registry() : state_(std::make_unique<State>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(const MetricDeclaration& declaration, std::initializer_list<std::string_view> label_values) {
  assert(declaration.kind == Kind::counter);
  return *state_->series(declaration, label_values).counter;
}

Gauge& Registry::gauge(const MetricDeclaration& declaration, std::initializer_list<std::string_view> label_values) {
  assert(declaration.kind == Kind::gauge);
  return *state_->series(declaration, label_values).gauge;
}

Histogram& Registry::histogram(const MetricDeclaration& declaration,
                               std::initializer_list<std::string_view> label_values) {
  assert(declaration.kind == Kind::histogram);
  return *state_->series(declaration, label_values).histogram;
}

void Registry::before_expose(std::function<void()> update) {
  const std::lock_guard lock(state_->mutex);
  state_->updates.push_back(std::move(update));
}

std::string Registry::expose() const {
  // The updates run without the lock: they may look metrics up themselves.
  std::vector<std::function<void()>> updates;
  {
    const std::lock_guard lock(state_->mutex);
    updates = state_->updates;
  }
  for (const auto& update : updates) update();

  std::string out;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [name, family] : state_->families) append_family(out, family);
  return out;
}

}  // namespace gm::telemetry
