#pragma once
// For tests: the numbers by their definitions, from all events at once, without deltas, caches or batches.

#include <cmath>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/event/event.h"
#include "services/event_processor/fake_store.h"
#include "services/event_processor/processor_settings.h"
#include "services/event_processor/project_directory.h"

namespace gm::event_processor {

// The rates to EUR of random streams: of USD from the third day on, another every fourth day; none of NZD.
inline std::optional<int64_t> stream_rate(std::string_view currency, Date day) {
  constexpr Date kFirst{20'750};  // 2026-10-24
  if (currency != "USD" || day < kFirst || (day - kFirst) % 4 != 0) return std::nullopt;
  return 870'000'000 + (day - kFirst) * 1'234'567;
}

// Feed it the decoded log in log order.
class NaiveModel {
 public:
  NaiveModel(const std::map<ProjectId, ProjectProfile>& projects, const ProcessorSettings& settings)
      : projects_(projects), settings_(settings) {}

  void add(const event::Batch& batch) {
    for (const event::Event& event : batch.events) {
      if (!seen_.insert({batch.info.project, event.id}).second) {
        ++duplicates;
        continue;
      }
      add_new(batch.info, event);
      add_claim(batch.info.project, event);
    }
  }
  void add(const event::LinkUndo& undo) {
    std::erase_if(links_, [&](const Link& link) { return link.project == undo.project && link.id == undo.link; });
  }

  Answers answers() const {
    Answers answers = flat_;
    std::map<std::pair<ProjectId, std::string>, std::vector<Seen>> joined;
    for (const auto& [key, events] : players_) {
      std::vector<Seen>& all = joined[{key.first, canonical(key.first, key.second)}];
      all.insert(all.end(), events.begin(), events.end());
    }
    for (const auto& [key, events] : joined) add_player(answers, key.first, key.second, events);
    for (const Link& link : links_) add_to(answers, link_key(link.project, link.member, link.player), {1});
    for (const auto& [key, moments] : shapes_) {
      const auto [first, last] = std::minmax_element(moments.begin(), moments.end());
      add_to(answers, key, {static_cast<int64_t>(moments.size()), *first, *last});
    }
    drop_zeros(answers);
    return answers;
  }
  size_t events() const { return seen_.size(); }
  uint64_t duplicates = 0;

 private:
  struct Link {
    ProjectId project;
    Uuid id;
    std::string member, player;
  };

  // All ids that were named in a link, and the player whom each leads to.
  std::map<std::string, std::string> canonical_ids(ProjectId project) const {
    std::map<std::string, std::string> leads_to;
    for (const Link& link : links_) {
      if (link.project != project) continue;
      const std::string from = leads_to.emplace(link.member, link.member).first->second;
      const std::string into = leads_to.emplace(link.player, link.player).first->second;
      for (auto& [id, canonical] : leads_to) {
        if (canonical == from) canonical = into;
      }
    }
    return leads_to;
  }
  std::string canonical(ProjectId project, const std::string& id) const {
    const auto all = canonical_ids(project);
    const auto found = all.find(id);
    return found == all.end() ? id : found->second;
  }
  std::set<std::string> ids_of(ProjectId project, const std::string& id) const {
    std::set<std::string> ids = {id};
    for (const auto& [other, leads_to] : canonical_ids(project)) {
      if (leads_to == canonical(project, id)) ids.insert(other);
    }
    return ids;
  }

  void add_claim(ProjectId project, const event::Event& event) {
    const bool identify = event.name == "$identify";
    const std::string player(event.player);
    const std::string other = claimed_id(event.properties);
    if ((identify || event.name == "$create_alias") && !other.empty() &&
        is_believed(project, identify, player, other)) {
      links_.push_back({project, event.id, other, player});
    }
    if (identify) known_.insert({project, player});
  }
  bool is_believed(ProjectId project, bool identify, const std::string& player, const std::string& other) const {
    if (other == "guest" || canonical(project, player) == canonical(project, other)) return false;
    const std::set<std::string> ids = ids_of(project, other);
    if (identify &&
        std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return known_.contains({project, id}); })) {
      return false;
    }
    return ids.size() + ids_of(project, player).size() <= static_cast<size_t>(settings_.ids_per_player_max);
  }
  // {"<name>":"<id>"}
  static std::string claimed_id(std::string_view properties) {
    const size_t start = properties.find(":\"");
    return start == std::string_view::npos ? ""
                                           : std::string(properties.substr(start + 2, properties.size() - start - 4));
  }

  struct Seen {
    int64_t time_ms;
    Date date;
    std::string session;
    int64_t revenue_micros;
    std::string name;
    std::optional<double> seconds;
  };

  int64_t true_time(const event::BatchInfo& info, const event::Event& event) const {
    int64_t time_ms = event.time_ms;
    const int64_t skew = info.sent_ms == 0 || info.historical ? 0 : info.received_ms - info.sent_ms;
    if (std::abs(skew) > settings_.skew_tolerance_ms && time_ms != info.received_ms) time_ms += skew;
    return time_ms > info.received_ms + settings_.future_max_ms ? info.received_ms : time_ms;
  }

  // nullopt: money without a rate.
  static std::optional<int64_t> revenue_of(const event::Event& event, const ProjectProfile& profile, Date date) {
    if (!event.revenue_micros || event.currency == profile.currency) return event.revenue_micros.value_or(0);
    std::optional<int64_t> rate;
    for (Date day = date; profile.rates && !rate && day.days > date.days - 400; day = day - 1)
      rate = stream_rate(event.currency, day);
    if (!rate) return std::nullopt;
    return std::llround(static_cast<long double>(*event.revenue_micros) * *rate / event::kRateOne);
  }

  void add_shape(const event::BatchInfo& info, const event::Event& event) {
    shapes_[event_shape_key(info.project, event.name)].push_back(info.received_ms);
    if (event.properties.empty()) return;
    const auto properties = nlohmann::json::parse(event.properties);
    for (const auto& [name, value] : properties.items()) {
      const std::string type = value.is_array() ? "list" : value.type_name();
      shapes_[property_shape_key(info.project, event.name, name, type)].push_back(info.received_ms);
    }
  }

  void add_new(const event::BatchInfo& info, const event::Event& event) {
    const ProjectProfile& profile = projects_.at(info.project);
    const int64_t time_ms = true_time(info, event);
    const Date date = profile.zone.local_date(time_ms);
    const bool late = !info.historical && info.received_ms - time_ms > settings_.late_after_ms;
    const int64_t revenue = revenue_of(event, profile, date).value_or(0);
    if (!revenue_of(event, profile, date))
      add_to(flat_, unconverted_key(info.project, date, event.currency), {1, *event.revenue_micros});
    add_shape(info, event);
    const std::string project = std::to_string(info.project.value()) + " ";
    add_to(flat_, "event " + project + date.to_string() + " " + std::string(event.name), {1});
    add_to(flat_, "day " + project + date.to_string(), {0, 0, 1, late ? 1 : 0, 0, 0, 0, revenue > 0 ? 1 : 0, revenue});
    players_[{info.project, std::string(event.player)}].push_back(
        {time_ms, date, std::string(event.session), revenue, std::string(event.name), seconds_of(event)});
  }

  // Only what counts as a length.
  static std::optional<double> seconds_of(const event::Event& event) {
    if (event.properties.empty()) return std::nullopt;
    const auto properties = nlohmann::json::parse(event.properties);
    const auto found = properties.find("seconds");
    if (found == properties.end() || !found->is_number() || found->get<double>() < 0) return std::nullopt;
    return found->get<double>();
  }

  // A mark is said of all events of its moment.
  static bool has(const std::vector<Seen>& events, const Seen& at, std::string_view name) {
    return std::any_of(events.begin(), events.end(),
                       [&](const Seen& e) { return e.time_ms == at.time_ms && e.name == name; });
  }
  bool belong_together(const std::vector<Seen>& all, const Seen& a, const Seen& b) const {
    const int64_t silence = b.time_ms - a.time_ms;
    if (!a.session.empty()) return silence <= settings_.session_named_gap_ms;
    if (silence == 0) return true;
    const bool marked = has(all, a, "session_end") || has(all, b, "session_start");
    return silence <= settings_.session_gap_ms && (!marked || silence <= settings_.session_marked_gap_ms);
  }
  int64_t length_of(std::span<const Seen> session) const {
    double longest_end = -1, updates = 0;
    for (const Seen& e : session) {
      if (e.name == "session_end") longest_end = std::max(longest_end, e.seconds.value_or(-1));
      if (e.name == "session_update") updates += e.seconds.value_or(0);
    }
    const double told = (longest_end + updates) * 1000;
    const auto most = static_cast<double>(settings_.session_length_max_ms);
    if (longest_end >= 0) return std::llround(std::min(told, most));
    return std::min(session.back().time_ms - session.front().time_ms, settings_.session_length_max_ms);
  }

  void add_player(Answers& answers, ProjectId id, const std::string& player, std::vector<Seen> events) const {
    const std::string project = std::to_string(id.value()) + " ";
    add_to(answers, "events_of " + project + player, {static_cast<int64_t>(events.size())});
    std::sort(events.begin(), events.end(), [](const Seen& a, const Seen& b) { return a.time_ms < b.time_ms; });
    const Date cohort = events.front().date;
    const std::string prefix = "player_day " + project + player + " " + cohort.to_string() + " ";
    std::map<Date, int64_t> revenue_by_day;
    std::set<Date> payer_days;
    int64_t revenue = 0;
    for (const Seen& e : events) {
      add_to(answers, prefix + e.date.to_string(), {0, 0, 1, 0, 0, e.revenue_micros});
      revenue_by_day[e.date] += e.revenue_micros;
      if (e.revenue_micros > 0) payer_days.insert(e.date);
      revenue += e.revenue_micros;
    }
    add_to(answers, "day " + project + cohort.to_string(), {0, 1, 0, 0, 0, 0, 0, 0, 0});
    for (const auto& [date, sum] : revenue_by_day) {
      const int64_t payer = payer_days.contains(date) ? 1 : 0;
      add_to(answers, prefix + date.to_string(), {1, payer, 0, 0, 0, 0});
      add_to(answers, "day " + project + date.to_string(), {1, 0, 0, 0, 0, 0, payer, 0, 0});
      add_to(answers, "cohort " + project + cohort.to_string() + " " + date.to_string(), {1, sum});
    }
    const int64_t sessions = add_sessions(answers, project, player, prefix, events);
    add_to(answers, "player " + project + player + " " + cohort.to_string(),
           {events.front().time_ms, events.back().time_ms, static_cast<int64_t>(events.size()), sessions, revenue});
  }

  // `events` by time.
  int64_t add_sessions(Answers& answers, const std::string& project, const std::string& player,
                       const std::string& prefix, const std::vector<Seen>& events) const {
    std::map<std::string, std::vector<Seen>> by_id;
    for (const Seen& e : events) by_id[e.session].push_back(e);
    int64_t sessions = 0;
    for (const auto& [id, all] : by_id) {
      for (size_t i = 0; i < all.size();) {
        size_t last = i;
        while (last + 1 < all.size() && belong_together(all, all[last], all[last + 1])) ++last;
        const int64_t length = length_of(std::span(all).subspan(i, last - i + 1));
        add_to(answers, prefix + all[i].date.to_string(), {0, 0, 0, 1, length, 0});
        add_to(answers, "day " + project + all[i].date.to_string(), {0, 0, 0, 0, 1, length, 0, 0, 0});
        add_to(answers,
               "session " + project + player + " '" + id + "' " + all[i].date.to_string() + " " +
                   std::to_string(all[i].time_ms) + " " + std::to_string(all[last].time_ms) + " " +
                   std::to_string(last - i + 1) + " " + std::to_string(length),
               {1});
        ++sessions;
        i = last + 1;
      }
    }
    return sessions;
  }

  std::map<ProjectId, ProjectProfile> projects_;
  ProcessorSettings settings_;
  std::set<std::pair<ProjectId, Uuid>> seen_;
  std::vector<Link> links_;  // that join now, in the order they were made
  std::set<std::pair<ProjectId, std::string>> known_;
  std::map<std::pair<ProjectId, std::string>, std::vector<Seen>> players_;
  Answers flat_;
  std::map<std::string, std::vector<int64_t>> shapes_;  // moments of receipt, by key
};

}  // namespace gm::event_processor
