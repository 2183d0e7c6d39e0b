#include "services/analytics_api/answer_cache.h"

#include <algorithm>
#include <charconv>

#include "lib/store/stopped_by.h"
#include "lib/telemetry/catalog_queries.h"
#include "services/analytics_api/accept.h"

namespace gm::analytics_api {
namespace {

constexpr std::string_view kMaxAge = "max-age=";
constexpr int64_t kMaxAgeSeconds = 24 * 3600;  // nobody means more, and it cannot overflow
constexpr int64_t kMsPerSecond = 1000;
// An entry's own cost beside its key and its answer.
constexpr size_t kEntryBytes = 256;

}  // namespace

CacheUse cache_use(const http::Request& request) {
  CacheUse use;
  for (const std::string& word : header_words(request.header("cache-control"), ',')) {
    if (word == "no-cache" || word == "no-store") use.bypass = true;
    if (!word.starts_with(kMaxAge)) continue;
    int64_t seconds = 0;
    const char* end = word.data() + word.size();
    const auto read = std::from_chars(word.data() + kMaxAge.size(), end, seconds);
    if (read.ec == std::errc() && read.ptr == end) {
      use.max_age_ms = std::clamp<int64_t>(seconds, 0, kMaxAgeSeconds) * kMsPerSecond;
    }
  }
  return use;
}

// Ends a flight for those who wait for it, also when computing threw.
class AnswerCache::Landing {
 public:
  Landing(AnswerCache& cache, const Key& key, std::shared_ptr<Flight> flight)
      : cache_(cache), key_(key), flight_(std::move(flight)) {}
  ~Landing() {
    const std::lock_guard lock(cache_.mutex_);
    if (!flight_->result) flight_->result = Error{"gm-internal", "an answer could not be computed"};
    const auto found = cache_.flights_.find(key_);
    if (found != cache_.flights_.end() && found->second == flight_) cache_.flights_.erase(found);
    flight_->landed.notify_all();
  }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

 private:
  AnswerCache& cache_;
  const Key key_;
  const std::shared_ptr<Flight> flight_;
};

AnswerCache::AnswerCache(const store::DataVersion* versions, CacheSettings settings, const Clock& clock,
                         telemetry::Registry& telemetry)
    : versions_(versions), settings_(settings), clock_(clock), telemetry_(telemetry) {}

std::optional<AnswerCache::Found> AnswerCache::look(const Key& key, const Stamp& stamp, const CacheUse& use) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  const Entry& entry = *found->second;
  const int64_t age_ms = std::max<int64_t>(0, clock_.now_ms() - entry.made_ms);
  const bool current = entry.stamp == stamp;
  if (!current && age_ms >= use.max_age_ms) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  telemetry_.counter(telemetry::kCacheHits, {current ? "current" : "allowed_age"}).add();
  return Found{entry.computed.answer, {true, current, age_ms}};
}

void AnswerCache::drop(std::list<Entry>::iterator entry, std::string_view reason) {
  bytes_ -= entry->computed.bytes;
  telemetry_.counter(telemetry::kCacheEvictions, {reason}).add();
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void AnswerCache::keep(const Key& key, const Stamp& stamp, const Computed& computed) {
  if (const auto old = by_key_.find(key); old != by_key_.end()) {
    // Whoever began before it and ended after it has the older data.
    if (old->second->stamp.version > stamp.version) return;
    drop(old->second, "outdated");
  }
  const size_t bytes = computed.bytes + key.second.size() + kEntryBytes;
  const auto bytes_max = static_cast<size_t>(settings_.bytes_max);
  if (bytes <= bytes_max) {
    while (bytes_ + bytes > bytes_max) drop(std::prev(entries_.end()), "room");
    entries_.push_front({key, stamp, {computed.answer, bytes}, clock_.now_ms()});
    by_key_[key] = entries_.begin();
    bytes_ += bytes;
  }
  telemetry_.gauge(telemetry::kCacheBytes).set(static_cast<double>(bytes_));
}

void AnswerCache::count_miss(const Key& key, const CacheUse& use) {
  const std::string_view why = use.bypass ? "bypassed" : by_key_.contains(key) ? "changed" : "unknown";
  telemetry_.counter(telemetry::kCacheMisses, {why}).add();
}

Result<AnswerCache::Found> AnswerCache::compute_now(const Key& key, std::shared_ptr<Flight> flight,
                                                    const Compute& compute) {
  const Landing landing(*this, key, flight);
  Result<Computed> computed = compute();
  const std::lock_guard lock(mutex_);
  flight->result = computed;
  if (!computed) return computed.error();
  keep(key, flight->stamp, *computed);
  return Found{computed->answer, {}};
}

Result<AnswerCache::Found> AnswerCache::get(ProjectId project, const std::string& question, int64_t now_ms,
                                            const CacheUse& use, const Compute& compute) {
  if (versions_ == nullptr || settings_.bytes_max == 0) {
    const auto computed = compute();
    if (!computed) return computed.error();
    return Found{computed->answer, {}};
  }
  const Key key{project, question};
  const std::stop_token stop = store::StoppedBy::current();
  while (true) {
    const Stamp stamp{versions_->data_version(project), now_ms / settings_.slot_ms};
    std::unique_lock lock(mutex_);
    if (!use.bypass) {
      if (auto found = look(key, stamp, use)) return std::move(*found);
      const auto flying = flights_.find(key);
      if (flying != flights_.end() && flying->second->stamp == stamp) {
        const std::shared_ptr<Flight> flight = flying->second;
        if (!flight->landed.wait(lock, stop, [&] { return flight->result.has_value(); })) {
          return Error{"gm-query-cancelled", "cancelled while another asker's equal question was computed"};
        }
        const Result<Computed>& result = *flight->result;
        if (result) {
          telemetry_.counter(telemetry::kCacheHits, {"shared"}).add();
          return Found{result->answer, {true, true, 0}};
        }
        // That its asker did not want it any more is no reason for this one.
        if (result.error().code != "gm-query-cancelled") return result.error();
        continue;
      }
    }
    count_miss(key, use);
    const auto flight = std::make_shared<Flight>();
    flight->stamp = stamp;
    flights_[key] = flight;
    lock.unlock();
    return compute_now(key, flight, compute);
  }
}

}  // namespace gm::analytics_api
