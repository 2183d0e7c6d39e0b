// What waits to be sent, what is on its way, and what an answer means for it. Nothing here does input or output or
// reads a clock, so that every rule can be tested. Part of gamemetrics/gamemetrics.h. SPDX-License-Identifier:
// Apache-2.0
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gamemetrics/options.h"

namespace gamemetrics::internal {

// One event as it will be sent, however often that takes.
struct Record {
  std::string id, name, json;
};

using Notice = std::variant<Dropped, Failure>;

class Outbox {
 public:
  explicit Outbox(const Options& options) : options_(options), batch_limit_(options.batch_events_max) {}

  Stats stats() const {
    Stats found = counts;
    found.queued = static_cast<int64_t>(queue_.size() + in_flight_.size());
    return found;
  }
  bool idle() const { return queue_.empty() && in_flight_.empty(); }
  std::vector<Record> waiting() const {
    std::vector<Record> all = in_flight_;
    all.insert(all.end(), queue_.begin(), queue_.end());
    return all;
  }

  void add(Record record, int64_t now) {
    if (size_of(record) > options_.event_bytes_max) {
      return drop(record, "event_too_large", std::to_string(record.json.size()) + " bytes");
    }
    if (queue_.empty()) waiting_since_ = now;
    bytes_ += size_of(record);
    queue_.push_back(std::move(record));
    trim();
  }
  void drop(const Record& record, const std::string& reason, const std::string& detail = {}) {
    ++counts.dropped;
    notices.push_back(Dropped{record.id, record.name, reason, detail, false});
  }
  void flush() { hurry_ = !idle(); }
  // From now on nothing is kept: what waits is dropped, what comes back from a failed request, too.
  void refuse(const std::string& reason) {
    refusing = reason;
    while (!queue_.empty()) drop(pop(), reason);
  }
  // When the next request may start; -1 when there is nothing to send.
  int64_t due_at() const {
    if (stopped || !in_flight_.empty() || queue_.empty()) return -1;
    const bool full = static_cast<int64_t>(queue_.size()) >= options_.flush_events || bytes_ >= options_.flush_bytes;
    if (hurry_ || attempts_ > 0 || full) return not_before_;
    return std::max(not_before_, waiting_since_ + options_.flush_interval_ms);
  }
  const std::vector<Record>& take(int64_t now);
  void settle(const Answer& answer, int64_t now);

  bool stopped = false;
  std::string refusing;
  Stats counts;
  std::vector<Notice> notices;

 private:
  static int64_t size_of(const Record& record) { return static_cast<int64_t>(record.json.size()); }
  void delivered(std::vector<Record>& records, const Json& results, int64_t now);
  void too_large(std::vector<Record>& records, const Answer& answer);
  void refused(const std::vector<Record>& records, const Answer& answer);
  Failure failed(const Answer& answer, bool will_retry);
  void put_back(std::vector<Record>& records);
  void wait(const std::string& retry_after, int64_t now);
  void calm() {
    attempts_ = 0;
    not_before_ = 0;
  }
  void trim() {
    while (static_cast<int64_t>(queue_.size()) > options_.queue_events_max || bytes_ > options_.queue_bytes_max)
      drop(pop(), "queue_full");
  }
  Record pop() {
    Record record = std::move(queue_.front());
    queue_.pop_front();
    bytes_ -= size_of(record);
    return record;
  }

  const Options& options_;
  std::deque<Record> queue_;
  int64_t bytes_ = 0;
  std::vector<Record> in_flight_;
  int64_t batch_limit_;
  int attempts_ = 0;
  int64_t not_before_ = 0;
  int64_t waiting_since_ = 0;
  bool hurry_ = false;
};

inline const std::vector<Record>& Outbox::take(int64_t now) {
  int64_t size = 0;
  while (!queue_.empty() && static_cast<int64_t>(in_flight_.size()) < batch_limit_) {
    size += size_of(queue_.front());
    if (!in_flight_.empty() && size > options_.batch_bytes_max) break;
    in_flight_.push_back(pop());
  }
  waiting_since_ = now;
  ++counts.requests;
  return in_flight_;
}

inline void Outbox::settle(const Answer& answer, int64_t now) {
  std::vector<Record> records = std::exchange(in_flight_, {});
  const bool success = answer.status >= 200 && answer.status < 300;
  const Json body = success ? Json::parse(answer.body) : Json{};
  // Unless the server says how many events it took it took none: a hotel's login page also answers 200.
  if (body["accepted"].kind == '0') {
    delivered(records, body["results"], now);
  } else if (answer.status == 413) {
    too_large(records, answer);
  } else if (answer.status >= 400 && answer.status < 500 && answer.status != 408 && answer.status != 429) {
    refused(records, answer);
  } else {
    failed(answer, true);
    put_back(records);
    wait(answer.retry_after, now);
  }
  if (queue_.empty()) hurry_ = false;
}

inline void Outbox::delivered(std::vector<Record>& records, const Json& results, int64_t now) {
  std::map<int64_t, const Json*> verdicts;
  for (const Json& one : results.items) verdicts[one["index"].number] = &one;
  std::vector<Record> again;
  for (size_t i = 0; i < records.size(); ++i) {
    const auto found = verdicts.find(static_cast<int64_t>(i));
    const std::string verdict = found == verdicts.end() ? "ok" : (*found->second)["verdict"].text;
    if (verdict == "retry") {
      again.push_back(std::move(records[i]));
    } else if (verdict == "drop") {
      ++counts.rejected;
      const Json& result = *found->second;
      notices.push_back(Dropped{records[i].id, records[i].name, result["tag"].text, result["detail"].text, true});
    } else {
      ++counts.delivered;
      counts.warned += verdict == "warning";
    }
  }
  again.empty() ? calm() : wait("", now);
  put_back(again);
}

inline void Outbox::too_large(std::vector<Record>& records, const Answer& answer) {
  failed(answer, records.size() > 1);
  if (records.size() > 1) {
    batch_limit_ = static_cast<int64_t>(records.size() / 2);
    put_back(records);
    hurry_ = true;
    return;
  }
  // The event that did not fit is gone; its neighbours need not travel alone for it.
  drop(records.front(), "event_too_large", "the server refuses it");
  batch_limit_ = options_.batch_events_max;
}

inline void Outbox::refused(const std::vector<Record>& records, const Answer& answer) {
  const bool key_refused = answer.status == 401 || answer.status == 403;
  stopped = stopped || key_refused;
  const Failure failure = failed(answer, false);
  for (const Record& record : records) {
    drop(record, key_refused ? "key_refused" : "http_" + std::to_string(answer.status), failure.detail);
  }
  calm();
}

inline Failure Outbox::failed(const Answer& answer, bool will_retry) {
  const Json problem = Json::parse(answer.body);
  Failure failure{answer.status, problem["code"].text, problem["detail"].text, will_retry};
  if (failure.code.empty()) {
    const bool success = answer.status >= 200 && answer.status < 300;
    failure.code = answer.status == 0 ? "network"
                   : success          ? "answer_unreadable"
                                      : "http_" + std::to_string(answer.status);
  }
  ++counts.failures;
  notices.push_back(failure);
  return failure;
}

inline void Outbox::put_back(std::vector<Record>& records) {
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (!refusing.empty()) {
      drop(*record, refusing);
      continue;
    }
    bytes_ += size_of(*record);
    queue_.push_front(std::move(*record));
  }
  trim();
}

// Full jitter: clients that failed together do not come back together.
inline void Outbox::wait(const std::string& retry_after, int64_t now) {
  const int64_t ceiling = std::min(options_.retry_max_ms, options_.retry_base_ms << std::min(attempts_++, 20));
  const bool seconds = !retry_after.empty() && retry_after.size() < 10 &&
                       retry_after.find_first_not_of("0123456789") == std::string::npos;
  const int64_t asked = seconds ? std::min<int64_t>(std::stoll(retry_after) * 1000, options_.retry_after_max_ms) : 0;
  const auto jitter = static_cast<int64_t>(random_bits() % static_cast<uint64_t>(std::max<int64_t>(ceiling, 1)));
  not_before_ = now + std::max(jitter, asked);
}

}  // namespace gamemetrics::internal
