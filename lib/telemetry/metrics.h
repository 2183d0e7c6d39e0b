#pragma once
// Metrics in the Prometheus model. Every metric is declared once, in lib/telemetry/catalog.h; asking for another is
// impossible.

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gm::telemetry {

enum class Kind : uint8_t { counter, gauge, histogram };

struct MetricDeclaration {
  std::string_view name;
  Kind kind;
  std::string_view help;
  std::vector<std::string_view> labels;
  std::vector<double> buckets;  // histogram only: upper bounds, rising
};

class Counter {
 public:
  void add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double delta) { value_.fetch_add(delta, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

class Histogram {
 public:
  explicit Histogram(const std::vector<double>& bounds);
  void observe(double value);
  const std::vector<double>& bounds() const { return bounds_; }
  uint64_t bucket(size_t i) const {
    return buckets_[i].load(std::memory_order_relaxed);
  }  // not cumulative; i == bounds().size() is +Inf
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<uint64_t>[]> buckets_;
  std::atomic<double> sum_{0};
};

// Hands out metrics by declaration and label values; the references live as long as the registry. Look-ups lock: keep
// the reference.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& counter(const MetricDeclaration& declaration, std::initializer_list<std::string_view> label_values = {});
  Gauge& gauge(const MetricDeclaration& declaration, std::initializer_list<std::string_view> label_values = {});
  Histogram& histogram(const MetricDeclaration& declaration, std::initializer_list<std::string_view> label_values = {});

  // `update` runs at the start of every expose(): the place to set gauges that mirror a value kept elsewhere. What it
  // uses must outlive the registry or be shared with it.
  void before_expose(std::function<void()> update);

  // Prometheus text format 0.0.4.
  std::string expose() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gm::telemetry
