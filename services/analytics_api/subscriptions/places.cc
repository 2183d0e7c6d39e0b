#include "services/analytics_api/subscriptions/places.h"

#include <fmt/format.h>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace gm::analytics_api {

struct Places::Taken {
  explicit Taken(telemetry::Gauge* open) : gauge(open) {}
  std::mutex mutex;
  std::unordered_map<int64_t, size_t> by_key;
  size_t all = 0;
  telemetry::Gauge* const gauge;

  // The mutex is held.
  void show() const {
    if (gauge != nullptr) gauge->set(static_cast<double>(all));
  }
  void give_back(int64_t key) {
    const std::lock_guard lock(mutex);
    --all;
    if (--by_key[key] == 0) by_key.erase(key);
    show();
  }
};

Places::Places(std::string what, std::string code, size_t max, size_t per_key_max, telemetry::Gauge* open)
    : taken_(std::make_shared<Taken>(open)),
      what_(std::move(what)),
      code_(std::move(code)),
      max_(max),
      per_key_max_(per_key_max) {}

Result<Place> Places::take(int64_t key) {
  const std::lock_guard lock(taken_->mutex);
  if (taken_->all >= max_) {
    return Error{code_, fmt::format("{} {} are open, which is all there may be", taken_->all, what_)};
  }
  const auto found = taken_->by_key.find(key);
  const size_t of_key = found == taken_->by_key.end() ? 0 : found->second;
  if (of_key >= per_key_max_) {
    return Error{code_, fmt::format("this key has {} {} open; end one before the next", of_key, what_)};
  }
  ++taken_->by_key[key];
  ++taken_->all;
  taken_->show();
  return Place(taken_.get(), [taken = taken_, key](const void*) { taken->give_back(key); });
}

}  // namespace gm::analytics_api
