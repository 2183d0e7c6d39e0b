#include "lib/simulated_game/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace gm::simulated_game {
namespace {

constexpr int64_t kSessionGapMs = 30 * kMsPerMinute;
constexpr int64_t kMarkedGapMs = 5 * kMsPerSecond;
constexpr int64_t kLengthMaxMs = kMsPerDay;

void append_counts(std::string& out, std::string_view name, const Truth::Counts& counts) {
  fmt::format_to(std::back_inserter(out), ",\n\"{}\":{{", name);
  const char* separator = "";
  for (const auto& [key, count] : counts) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", separator, key, count);
    separator = ",";
  }
  out += '}';
}

}  // namespace

Truth::Truth(TimeZone zone, Date first, Date last) : zone_(std::move(zone)), first_(first), last_(last) {
  for (Date day = first; day <= last; day = day + 1) days_[day] = {};
}

int64_t& Truth::count_of(Counts& counts, std::string_view key) {
  const auto found = counts.find(key);
  return found != counts.end() ? found->second : counts.emplace(key, 0).first->second;
}

void Truth::add_player(const std::vector<TruthEvent>& events) {
  if (events.empty()) return;
  ++players_;
  std::set<Date> active;
  std::set<Date> paid;
  for (const TruthEvent& event : events) {
    const Date day = zone_.local_date(event.time_ms);
    active.insert(day);
    ++events_;
    ++count_of(event_counts_, event.name);
    if (event.revenue_micros > 0) paid.insert(day);
    if (const auto found = days_.find(day); found != days_.end()) {
      ++found->second.events;
      found->second.revenue_micros += event.revenue_micros;
    }
  }
  const Date cohort = *active.begin();
  for (auto& [day, row] : days_) {
    row.players += active.count(day) ? 1 : 0;
    row.payers += paid.count(day) ? 1 : 0;
    row.new_players += day == cohort ? 1 : 0;
    const auto since = [&](int back) {
      const auto it = active.lower_bound(day - back);
      return it != active.end() && *it <= day;
    };
    row.players_7 += since(6) ? 1 : 0;
    row.players_30 += since(29) ? 1 : 0;
  }
  for (const Date day : active) ++retention_[cohort][day - cohort];
  std::vector<TruthEvent> by_time = events;
  std::sort(by_time.begin(), by_time.end(), [](const auto& a, const auto& b) { return a.time_ms < b.time_ms; });
  add_sessions(by_time);
}

void Truth::add_sessions(const std::vector<TruthEvent>& by_time) {
  std::map<std::string, std::vector<TruthEvent>> named;
  std::vector<TruthEvent> unnamed;
  for (const TruthEvent& event : by_time) {
    if (!event.session.empty()) {
      named[event.session].push_back(event);
      continue;
    }
    if (!unnamed.empty()) {
      const bool marked = unnamed.back().name == "session_end" || event.name == "session_start";
      if (event.time_ms - unnamed.back().time_ms > (marked ? kMarkedGapMs : kSessionGapMs)) {
        add_session(unnamed);
        unnamed.clear();
      }
    }
    unnamed.push_back(event);
  }
  for (const auto& [id, events] : named) add_session(events);
  if (!unnamed.empty()) add_session(unnamed);
}

void Truth::add_session(const std::vector<TruthEvent>& events) {
  const auto found = days_.find(zone_.local_date(events.front().time_ms));
  if (found == days_.end()) return;
  int64_t told_ms = -1;
  for (const TruthEvent& event : events) told_ms = std::max(told_ms, event.told_ms);
  const int64_t length_ms = told_ms >= 0 ? told_ms : events.back().time_ms - events.front().time_ms;
  ++found->second.sessions;
  found->second.session_ms += std::min(length_ms, kLengthMaxMs);
}

std::string Truth::to_json() const {
  std::string out;
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "{{\"timezone\":\"{}\",\"from\":\"{}\",\"to\":\"{}\",\"players\":{},\"events\":{}", zone_.name(),
                 first_.to_string(), last_.to_string(), players_, events_);
  append_counts(out, "event_counts", event_counts_);
  append_counts(out, "refused", refused_);
  out += ",\n\"days\":[";
  const char* separator = "\n";
  for (const auto& [day, row] : days_) {
    fmt::format_to(
        to,
        "{}{{\"date\":\"{}\",\"dau\":{},\"new_players\":{},\"returning_players\":{},\"events\":{},\"sessions\":{},"
        "\"session_ms\":{},\"revenue_micros\":{},\"payers\":{},\"wau\":{},\"mau\":{}}}",
        separator, day.to_string(), row.players, row.new_players, row.players - row.new_players, row.events,
        row.sessions, row.session_ms, row.revenue_micros, row.payers, row.players_7, row.players_30);
    separator = ",\n";
  }
  out += "],\n\"retention\":[";
  separator = "\n";
  for (const auto& [cohort, cells] : retention_) {
    fmt::format_to(to, "{}{{\"cohort_date\":\"{}\",\"cells\":{{", separator, cohort.to_string());
    const char* comma = "";
    for (const auto& [day, players] : cells) {
      fmt::format_to(to, "{}\"{}\":{}", comma, day, players);
      comma = ",";
    }
    out += "}}";
    separator = ",\n";
  }
  out += "]}\n";
  return out;
}

}  // namespace gm::simulated_game
